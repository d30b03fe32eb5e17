"""Transfers by the API: once, between two members, refused with a code."""

import pytest

from points.models import Transfer
from tests.api.bodies import purchase
from tests.api.conftest import Till, new_key
from tests.factories import make_member
from tests.points.books import available, differences, everything


@pytest.fixture
def shop(till):
    return Till(new_key("transfers:write"))


def body(sender, receiver, /, **changes):
    return {
        "sender": {"number": sender.number},
        "receiver": {"number": receiver.number},
        "points": 30,
    } | changes


def test_points_arrive_and_the_answer_says_when_they_expire(shop):
    sender, receiver = make_member(balance=50), make_member()
    answer = shop.post("/transfers", body(sender, receiver), key="k")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(Transfer.objects.get().public_id),
        "sender": sender.number,
        "receiver": receiver.number,
        "points": 30,
        "at": "2026-06-15T12:00:00+00:00",
        "lots": [{"points": 30, "expires_at": None}],
    }
    again = shop.post("/transfers", body(sender, receiver), key="k")
    assert again.json() == answer.json()
    assert again["Idempotency-Replayed"] == "true"
    assert (available(sender), available(receiver)) == (20, 30)
    assert differences() == []


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"points": 51}, (409, "insufficient_points", "points")),
        ({"points": 0}, (422, "not_valid", "points")),
        ({"points": "30"}, (422, "not_valid", "points")),
        ({"receiver": {"card": "x"}}, (404, "unknown_member", "receiver")),
        ({"sender": {"card": "x"}}, (404, "unknown_member", "sender")),
    ],
)
def test_refusals_name_the_field_and_write_nothing(shop, changes, refusal):
    sender, receiver = make_member(balance=50), make_member()
    before = everything()
    answer = shop.post("/transfers", body(sender, receiver, **changes))
    problem = answer.json()
    found = (answer.status_code, problem["code"], problem["field"])
    assert found == refusal
    assert everything() == before


def test_to_oneself_nothing_moves(shop):
    member = make_member(balance=50)
    answer = shop.post("/transfers", body(member, member))
    assert (answer.status_code, answer.json()["code"]) == (409, "same_member")


def test_a_key_for_purchases_moves_no_points_between_members(shop):
    sender, receiver = make_member(balance=50), make_member()
    till = Till(new_key("purchases:write"))
    assert till.post("/transfers", body(sender, receiver)).status_code == 403
    assert shop.post("/purchases", purchase(sender)).status_code == 403
    assert not Transfer.objects.exists()
