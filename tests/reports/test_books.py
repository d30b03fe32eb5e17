"""The arithmetic of the books: roll-forward and ageing, without a database."""

from datetime import date

import pytest

from reports.statistics.books import (
    BookRow,
    Group,
    Holding,
    Move,
    State,
    VintageRow,
    age_of,
    expiry_of,
    left_after,
    outstanding,
    roll_forward,
    state_of,
)

SEP, OCT, NOV = (date(2026, month, 1) for month in (9, 10, 11))
NEVER = date(9999, 12, 1)


def month(key):
    return date.fromisoformat(f"{key}-01")


def test_the_roll_forward_names_every_line_and_closes():
    rows = [
        BookRow(SEP, "earn", 100, 0),
        BookRow(SEP, "redeem", 0, 20),
        BookRow(OCT, "earn", 60, 0),
        BookRow(OCT, "bonus", 5, 0),
        BookRow(OCT, "adjust", 7, 3),
        BookRow(OCT, "claw_back", 0, 9),
        BookRow(OCT, "redeem", 0, 40),
        BookRow(OCT, "redeem_reversal", 10, 0),
        BookRow(OCT, "expire", 0, 2),
        BookRow(NOV, "earn", 1000, 0),
    ]
    rolled = roll_forward(rows, OCT, OCT)
    assert (rolled.opening, rolled.closing) == (80, 108)
    assert {group: rolled.total(group) for group in Group} == {
        "issued": 72,
        "reversed": -12,
        "redeemed": -30,
        "expired": -2,
        "other": 0,
    }
    assert [move.name for move in rolled.moves] == [
        "earn",
        "bonus",
        "adjust.in",
        "claw_back",
        "adjust.out",
        "redeem",
        "redeem_reversal",
        "expire",
    ]


def test_a_kind_nobody_told_the_books_of_is_a_line_of_its_own():
    rows = [BookRow(OCT, "earn", 10, 0), BookRow(OCT, "lottery", 3, 1)]
    rolled = roll_forward(rows, OCT, OCT)
    assert rolled.moves[-1] == Move("lottery", Group.OTHER, 2)
    assert rolled.closing == 12


def test_months_follow_each_other_without_a_gap():
    rows = [
        BookRow(month(key), kind, came, went)
        for key, kind, came, went in (
            ("2026-01", "earn", 10, 0),
            ("2026-02", "expire", 0, 4),
            ("2026-03", "transfer_in", 8, 0),
            ("2026-03", "transfer_out", 0, 8),
            ("2026-04", "redeem", 0, 1),
        )
    ]
    each = [
        roll_forward(rows, month(key), month(key))
        for key in ("2026-01", "2026-02", "2026-03", "2026-04")
    ]
    assert [rolled.opening for rolled in each[1:]] == [
        rolled.closing for rolled in each[:-1]
    ]
    whole = roll_forward(rows, month("2026-01"), month("2026-04"))
    assert (whole.opening, whole.closing) == (0, each[-1].closing)


# issued, effective, last month of life; as of the end of, is over: state, age, left
AGEING = [
    ("2026-10", "2026-10", "2027-10", "2026-10", True, "active", "age-0", "left-7"),
    ("2026-10", "2026-11", "2027-10", "2026-10", True, "pending", "age-0", "left-7"),
    ("2026-07", "2026-07", "2026-11", "2026-10", True, "active", "age-3", "left-1"),
    ("2026-04", "2026-04", "2027-01", "2026-10", True, "active", "age-6", "left-2"),
    ("2025-10", "2025-10", "2027-02", "2026-10", True, "active", "age-12", "left-4"),
    ("2024-10", "2024-10", "2027-11", "2026-10", True, "active", "age-24", "left-13"),
    ("2026-10", "2026-10", "9999-12", "2026-10", True, "active", "age-0", "left-never"),
    # Its last month is over, and so are the points; while it runs they can be spent.
    ("2026-01", "2026-01", "2026-10", "2026-10", True, "over", "age-6", "left-1"),
    ("2026-01", "2026-01", "2026-10", "2026-10", False, "active", "age-6", "left-1"),
    ("2026-01", "2026-01", "2026-09", "2026-10", False, "over", "age-6", "left-1"),
]


@pytest.mark.parametrize("case", AGEING)
def test_state_age_and_time_left(case):
    issued, effective, expiry, end, is_over, *expected = case
    holding = Holding(month(issued), "sale", month(effective), month(expiry), 5)
    at = month(end)
    state = state_of(holding, at, is_over=is_over)
    assert [state, age_of(holding, at), expiry_of(holding, at)] == expected


def row(flow, **points):
    given = dict.fromkeys(("issued", "taken_back", "redeemed", "expired", "other"), 0)
    return VintageRow(SEP, "sale", SEP, NOV, flow, **given | points)


def test_what_is_left_is_told_for_each_month_at_its_end():
    rows = [
        row(NOV, expired=-20),
        row(SEP, issued=100, redeemed=-30),
        row(OCT, redeemed=-55, taken_back=-1, other=6),
    ]
    left = left_after(rows, [SEP, OCT, NOV])
    assert [[each.points for each in left[at]] for at in (SEP, OCT, NOV)] == [
        [70],
        [20],
        [],
    ]


def test_points_that_are_over_are_in_no_bucket_and_not_lost():
    holdings = [
        Holding(SEP, "sale", SEP, OCT, 7),
        Holding(SEP, "gift", NOV, NEVER, 11),
        Holding(OCT, "sale", OCT, NOV, 13),
    ]
    found = outstanding(holdings, OCT, is_over=True)
    assert (found.active, found.pending, found.over, found.in_lots) == (13, 11, 7, 31)
    for rows in (found.by_age, found.by_expiry):
        assert sum(each.points for each in rows) == 24
    assert State.OVER not in {each.slug for each in found.by_age}
