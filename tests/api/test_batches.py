"""Many purchases in one call: a result for each, the bad ones alone refused."""

import pytest

from members.services import close_member
from points import sql
from points.models import Entry, Purchase
from tests.api.bodies import purchase
from tests.factories import CLERK, NOON, make_member
from tests.points.books import available, differences


def batch(*purchases):
    return {"purchases": list(purchases)}


def results(answer):
    return [
        (each["status"], (each["problem"] or {}).get("code"))
        for each in answer.json()["results"]
    ]


def test_every_purchase_has_its_result_in_the_order_sent(till):
    members = [make_member() for _ in range(3)]
    sent = [purchase(each, source_id=f"r{n}") for n, each in enumerate(members)]
    answer = till.post("/purchases/batch", batch(*sent[::-1]))
    body = answer.json()
    assert answer.status_code == 200
    assert (body["posted"], body["known"], body["refused"]) == (3, 0, 0)
    named = [each["purchase"]["member"] for each in body["results"]]
    assert named == [each.number for each in members[::-1]]
    assert [available(each) for each in members] == [128] * 3
    assert differences() == []


def test_a_single_call_answers_the_same(till):
    member = make_member()
    alone = till.post("/purchases", purchase(member)).json()
    [result] = till.post("/purchases/batch", batch(purchase(member))).json()["results"]
    assert result["status"] == "known"
    assert result["purchase"] == alone | {"is_new": False}


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"amount": "-1"}, "amount_negative", "amount"),
        ({"amount": 1.5}, "not_valid", "amount"),
        ({"amount": "1.001"}, "amount_not_readable", "amount"),
        ({"currency": "USD"}, "wrong_currency", "currency"),
        ({"occurred_at": "2026-06-16T19:00:00+08:00"}, "in_the_future", "occurred_at"),
        ({"occurred_at": "2026-01-01T19:00:00+08:00"}, "too_long_ago", "occurred_at"),
        ({"member": {"number": "NOBODY"}}, "unknown_member", "member"),
        ({"member": {}}, "not_valid", "member"),
        ({"lines": [{"amount": "1"}]}, "lines_do_not_add_up", "lines"),
        ({"lines": [{"amount": "x"}]}, "not_valid", "lines.0.amount"),
        ({"surprise": 1}, "not_valid", "surprise"),
    ],
)
def test_one_bad_row_fails_with_its_reason_and_the_others_post(
    till, changes, code, field
):
    first, second = make_member(), make_member()
    answer = till.post(
        "/purchases/batch",
        batch(
            purchase(first, source_id="a"),
            purchase(second, source_id="b", **changes),
            purchase(second, source_id="c"),
        ),
    )
    assert results(answer) == [("posted", None), ("refused", code), ("posted", None)]
    assert answer.json()["results"][1]["problem"]["field"] == field
    assert list(Purchase.objects.order_by("source_id").values_list("source_id")) == [
        ("a",),
        ("c",),
    ]
    assert differences() == []


def test_rows_that_contradict_the_books_are_refused_alone(till):
    member, closed = make_member(), make_member()
    till.post("/purchases", purchase(member))
    close_member(member=closed, reason="asked", at=NOON, actor=CLERK)
    answer = till.post(
        "/purchases/batch",
        batch(
            purchase(member, amount="1.00"),
            purchase(closed, source_id="x"),
            purchase(member, source_id="y"),
            purchase(member, source_id="y"),
            "not a purchase",
        ),
    )
    assert results(answer) == [
        ("refused", "purchase_conflict"),
        ("refused", "member_closed"),
        ("posted", None),
        ("known", None),
        ("refused", "not_valid"),
    ]
    assert Entry.objects.count() == 2
    assert differences() == []


def test_the_batch_is_posted_once_under_its_key(till):
    sent = batch(*(purchase(make_member(), source_id=f"r{n}") for n in range(3)))
    first = till.post("/purchases/batch", sent, key="b")
    again = till.post("/purchases/batch", sent, key="b")
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert Purchase.objects.count() == 3


@pytest.mark.parametrize("count", [0, 501])
def test_none_and_too_many_are_refused(till, count):
    sent = batch(*([purchase(make_member())] * count))
    answer = till.post("/purchases/batch", sent)
    assert (answer.status_code, answer.json()["code"]) == (422, "not_valid")
    assert not Purchase.objects.exists()


def test_five_hundred_go_at_once(till, django_assert_max_num_queries):
    members = [make_member() for _ in range(20)]
    sent = batch(*(purchase(members[n % 20], source_id=f"r{n}") for n in range(500)))
    with django_assert_max_num_queries(30):
        answer = till.post("/purchases/batch", sent)
    assert answer.json()["posted"] == 500
    assert differences() == []


def test_many_rows_ask_the_database_no_oftener_than_a_few(till, monkeypatch):
    members = [make_member() for _ in range(12)]
    asked = []
    run = sql.run

    def counted(*given, **more):
        asked.append(given)
        return run(*given, **more)

    monkeypatch.setattr(sql, "run", counted)

    def statements(chosen, mark):
        asked.clear()
        sent = [purchase(each, source_id=f"{mark}{n}") for n, each in enumerate(chosen)]
        assert till.post("/purchases/batch", batch(*sent)).json()["refused"] == 0
        return len(asked)

    statements(members[:2], "first")
    assert statements(members, "many") == statements(members[:2], "few")
