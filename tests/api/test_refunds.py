"""Refunds by the API: by line, by amount, whole; once; refused with a code."""

import pytest

from points.models import Purchase, Refund
from points.services.voids import void_purchases
from tests.api.bodies import purchase
from tests.factories import CLERK, NOON, make_member, set_programme
from tests.points.books import available, differences

LINES = [{"amount": "28.50"}, {"amount": "100", "quantity": "4"}]


def refund(bought, /, **changes):
    return {
        "purchase": {"id": bought["id"]},
        "source": "till-7",
        "source_id": "R-000124",
        "currency": "HKD",
        "occurred_at": "2026-06-15T19:30:00+08:00",
        "reason": "Damaged",
    } | changes


@pytest.fixture
def member(till):
    return make_member()


@pytest.fixture
def bought(till, member):
    return till.post("/purchases", purchase(member, lines=LINES)).json()


def test_a_whole_refund_takes_all_points_back(till, member, bought):
    answer = till.post("/refunds", refund(bought))
    assert answer.status_code == 201
    assert answer.json() | {"id": "?"} == {
        "id": "?",
        "purchase": bought["id"],
        "source": "till-7",
        "source_id": "R-000124",
        "amount": "128.50",
        "currency": "HKD",
        "occurred_at": "2026-06-15T19:30:00+08:00",
        "points": 128,
        "due": 128,
        "collected": 128,
        "owed": 0,
        "returned": 0,
        "is_new": True,
    }
    assert available(member) == 0
    assert differences() == []


def test_lines_come_back_by_quantity_and_by_amount(till, bought):
    lines = [{"position": 2, "quantity": "3"}, {"position": 1, "amount": "8.50"}]
    answer = till.post("/refunds", refund(bought, lines=lines)).json()
    assert (answer["amount"], answer["points"]) == ("83.50", 83)


def test_a_till_that_knows_its_own_receipt_needs_no_other_id(till, bought):
    by_receipt = {"source": "till-7", "source_id": "000123"}
    answer = till.post("/refunds", refund(bought, purchase=by_receipt, amount="1.00"))
    assert answer.json()["purchase"] == bought["id"]


def test_the_same_refund_under_two_keys_is_posted_once(till, bought):
    first = till.post("/refunds", refund(bought, amount="10"), key="a")
    second = till.post("/refunds", refund(bought, amount="10"), key="b")
    assert (first.status_code, second.status_code) == (201, 200)
    same = ("id", "amount", "points", "due", "collected")
    assert [first.json()[name] for name in same] == [
        second.json()[name] for name in same
    ]
    assert second.json()["is_new"] is False
    assert Refund.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"amount": "128.51"}, (422, "refund_too_large")),
        ({"amount": "0"}, (422, "nothing_to_refund")),
        ({"amount": "-5"}, (422, "nothing_to_refund")),
        ({"amount": "1.001"}, (422, "amount_not_readable")),
        ({"lines": [{"position": 3}]}, (422, "unknown_line")),
        ({"lines": [{"position": 1}, {"position": 1}]}, (422, "unknown_line")),
        ({"lines": [{"position": 0}]}, (422, "not_valid")),
        ({"lines": [{"position": 1}], "amount": "1"}, (422, "not_valid")),
        ({"currency": "USD"}, (422, "wrong_currency")),
        ({"occurred_at": "2026-06-15T18:59:00+08:00"}, (422, "refund_too_early")),
        ({"occurred_at": "2026-06-16T19:00:00+08:00"}, (422, "in_the_future")),
        (
            {"purchase": {"source": "till-7", "source_id": "no"}},
            (404, "unknown_purchase"),
        ),
        ({"purchase": {}}, (422, "not_valid")),
        ({"purchase": {"source": "till-7"}}, (422, "not_valid")),
        ({"surprise": 1}, (422, "not_valid")),
    ],
)
def test_what_cannot_be_is_refused_with_a_code(till, bought, changes, refusal):
    answer = till.post("/refunds", refund(bought, **changes))
    assert (answer.status_code, answer.json()["code"]) == refusal
    assert not Refund.objects.exists()


def test_a_voided_purchase_is_not_refunded(till, bought):
    posted = Purchase.objects.get()
    void_purchases(purchase_ids=[posted.pk], reason="x", at=NOON, actor=CLERK)
    answer = till.post("/refunds", refund(bought))
    assert (answer.status_code, answer.json()["code"]) == (409, "purchase_voided")


def test_it_needs_the_scope(make_till, till, bought):
    set_programme(currency="HKD")
    answer = make_till("points:read").post("/refunds", refund(bought))
    assert answer.status_code == 403
    assert not Refund.objects.exists()
