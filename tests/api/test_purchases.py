from decimal import Decimal

import pytest

from members.services import close_member
from points.models import Entry, Purchase, PurchaseLine
from points.selectors.balances import balance_of
from tests.api.bodies import purchase, quote
from tests.factories import CLERK, NOON, make_member, make_rule


def test_a_purchase_earns_and_explains_itself(till):
    member = make_member()
    answer = till.post("/purchases", purchase(member))

    assert answer.status_code == 201
    assert answer.json() | {"id": "?"} == {
        "id": "?",
        "member": member.number,
        "source": "till-7",
        "source_id": "000123",
        "amount": "128.50",
        "currency": "HKD",
        "occurred_at": "2026-06-15T19:00:00+08:00",
        "points": 128,
        "is_new": True,
    }
    assert Entry.objects.get(account_id=member.pk).trace["points"] == 128


def test_a_member_is_named_in_any_of_five_ways(till):
    enrolled = till.post(
        "/members",
        {
            "email": "a@example.org",
            "phone": "+85251234567",
            "identifiers": [
                {"system": "card", "value": "9001"},
                {"system": "shop", "value": "u-7"},
            ],
        },
    ).json()
    ways = (
        {"number": enrolled["number"]},
        {"card": "9001"},
        {"phone": "5123 4567"},
        {"email": "A@example.org"},
        {"identifier": {"system": "shop", "value": "u-7"}},
    )
    for n, way in enumerate(ways):
        body = purchase(make_member(), member=way, source_id=f"way-{n}")
        assert till.post("/purchases", body).json()["member"] == enrolled["number"]


def test_lines_keep_their_share_of_the_points(till):
    member = make_member()
    lines = [
        {"amount": "28.50", "sku": "tea", "quantity": "0.250"},
        {"amount": "100", "name": "米"},
    ]
    till.post("/purchases", purchase(member, lines=lines))

    kept = PurchaseLine.objects.order_by("position")
    assert [line.amount_minor for line in kept] == [2850, 10000]
    assert kept[0].quantity == Decimal("0.250")
    assert sum(line.points for line in kept) == 128


def test_one_receipt_under_two_keys_is_booked_once(till):
    member = make_member()
    first = till.post("/purchases", purchase(member), key="a")
    second = till.post("/purchases", purchase(member), key="b")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["is_new"] is False
    assert second.json()["id"] == first.json()["id"]
    assert balance_of(member_id=member.pk, at=NOON).available == 128


REFUSED = [
    ({"amount": "1.00"}, 409, "purchase_conflict", "source_id"),
    ({"source_id": "x", "currency": "USD"}, 422, "wrong_currency", "currency"),
    ({"source_id": "x", "amount": "-0.01"}, 422, "amount_negative", "amount"),
    ({"source_id": "x", "amount": "1.001"}, 422, "amount_not_readable", "amount"),
    (
        {"source_id": "x", "amount": "99999999999.99"},
        422,
        "amount_not_readable",
        "amount",
    ),
    ({"source_id": "x", "member": {"number": "MX"}}, 404, "unknown_member", "member"),
    (
        {"source_id": "x", "occurred_at": "2026-06-15T12:06:00Z"},
        422,
        "in_the_future",
        "occurred_at",
    ),
    (
        {"source_id": "x", "occurred_at": "2026-05-01T00:00:00Z"},
        422,
        "too_long_ago",
        "occurred_at",
    ),
    (
        {"source_id": "x", "lines": [{"amount": "1"}]},
        422,
        "lines_do_not_add_up",
        "lines",
    ),
    (
        {"source_id": "x", "lines": [{"amount": "100.001"}]},
        422,
        "amount_not_readable",
        "lines.0.amount",
    ),
]


@pytest.mark.parametrize("refused", REFUSED, ids=lambda refused: refused[2])
def test_a_refused_purchase_writes_nothing(till, refused):
    changes, status, code, field = refused
    member = make_member()
    till.post("/purchases", purchase(member))
    answer = till.post("/purchases", purchase(member, **changes))

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert problem["field"] == field
    assert (Purchase.objects.count(), Entry.objects.count()) == (1, 1)


def test_a_closed_membership_takes_no_purchase(till):
    member = make_member()
    close_member(member=member, reason="asked", at=NOON, actor=CLERK)
    answer = till.post("/purchases", purchase(member))

    assert (answer.status_code, answer.json()["code"]) == (409, "member_closed")
    assert not Purchase.objects.exists()


def test_an_amount_of_zero_is_kept_and_earns_nothing(till):
    answer = till.post("/purchases", purchase(make_member(), amount="0"))

    assert (answer.status_code, answer.json()["points"]) == (201, 0)
    assert answer.json()["amount"] == "0.00"


def test_a_quote_says_why_and_writes_nothing(till):
    make_rule(kind="multiplier", factor="2", minimum="500")
    answer = till.ask("/purchases/quote", quote(make_member()))

    shown = answer.json()
    assert (answer.status_code, shown["points"]) == (200, 128)
    assert [step["fired"] for step in shown["steps"]] == [True, False]
    assert shown["steps"][1]["reason"] == "its condition was not met"
    assert not Purchase.objects.exists()
    assert not Entry.objects.exists()


def test_a_quote_comes_true(till):
    member = make_member()
    quoted = till.ask("/purchases/quote", quote(member)).json()["points"]

    assert till.post("/purchases", purchase(member)).json()["points"] == quoted
