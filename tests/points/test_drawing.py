"""The arithmetic of a draw: fair, repeatable, and as the documentation says it."""

import re
import subprocess
import sys
from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest
from scipy.stats import chisquare

from points import drawing
from points.drawing import Ticket, commitment_of, digest_of, draw, written_list

SEED = bytes(range(32))
POLICY = Path(__file__).parents[2] / "docs/policies/lotteries.md"


def tickets(*numbers):
    return [Ticket(number, f"HOLDER{number}") for number in numbers]


def numbers_of(winners):
    return [ticket.number for ticket in winners]


def test_the_list_is_hashed_as_it_is_written():
    written = b"1,HOLDER1\n4,HOLDER4\n"
    assert written_list(tickets(1, 4)) == written
    assert digest_of(tickets(1, 4)) == sha256(written).hexdigest()
    assert commitment_of(SEED) == sha256(SEED).hexdigest()


@pytest.mark.parametrize(
    ("sold", "prizes", "drawn"),
    [(0, 3, 0), (1, 1, 1), (1, 5, 1), (4, 9, 4), (9, 4, 4), (3, 0, 0)],
)
def test_nobody_wins_twice_and_nobody_is_drawn_who_is_not_there(sold, prizes, drawn):
    winners = draw(
        tickets(*range(1, sold + 1)), prizes=prizes, seed=SEED, public_value="x"
    )
    assert len(winners) == len(set(winners)) == drawn
    assert {ticket.number for ticket in winners} <= set(range(1, sold + 1))


def test_every_part_of_what_is_published_decides():
    mine = tickets(*range(1, 1001))
    drawn = draw(mine, prizes=5, seed=SEED, public_value="25,113.60")
    assert draw(mine, prizes=5, seed=SEED, public_value="25,113.60") == drawn
    for others, seed, value in (
        (tickets(*range(1, 1000)), SEED, "25,113.60"),
        (mine, SEED[::-1], "25,113.60"),
        (mine, SEED, "25,113.61"),
    ):
        assert draw(others, prizes=5, seed=seed, public_value=value) != drawn


@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_ticket_is_as_likely_for_every_prize(place):
    """By fixed seeds, so that chance cannot fail the test; 7 tickets, 4,200 draws."""
    mine = tickets(*range(1, 8))
    won = Counter(
        draw(mine, prizes=3, seed=n.to_bytes(32, "big"), public_value="x")[place].number
        for n in range(4200)
    )
    assert len(won) == 7
    assert chisquare(list(won.values())).pvalue > 0.01


def test_hashes_that_would_favour_the_first_places_are_passed_over(monkeypatch):
    """Of eight numbers and three places the last two numbers would be the first places'."""
    monkeypatch.setattr(drawing, "HASHES", 8)
    assert [drawing._place(iter([7, 6, 5]), 3)] == [2]
    assert [drawing._place(iter([each, 0]), 3) for each in range(6)] == [0, 1, 2] * 2


def test_the_documented_check_stands_alone_and_agrees():
    """The program of the documentation, with its worked example, and ours."""
    text = POLICY.read_text()
    [program] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    [output] = re.findall(r"```text\n(.*?)```", text, re.DOTALL)
    assert len([line for line in program.splitlines() if line.strip()]) <= 20
    ran = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == output
    listed = [Ticket(1, "K7QX2MWB"), Ticket(2, "9TRDHFG4")]
    listed += [Ticket(4, "K7QX2MWB"), Ticket(5, "VW3PNJ6C")]
    ours = draw(listed, prizes=3, seed=SEED, public_value="25,113.60")
    shown = [f"{ticket.number} {ticket.holder}" for ticket in ours]
    assert ran.stdout.splitlines()[-3:] == shown
    assert commitment_of(SEED) in output
    assert digest_of(listed) in output
