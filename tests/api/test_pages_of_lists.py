"""Lists by pages: every row once, in order, whatever comes in between."""

from datetime import timedelta

import pytest

from tests.api.bodies import purchase
from tests.factories import NOON, give_points, make_member, make_purchase


def walk(till, path, **query):
    """Follow `next` to the end and return the pages."""
    pages = [till.get(path, **query).json()]
    while pages[-1]["next"]:
        pages.append(till.get(path, **query, cursor=pages[-1]["next"]).json())
    return [page["items"] for page in pages]


def test_pages_hold_every_row_once_the_newest_first(till):
    member = make_member()
    days = [NOON - timedelta(days=n // 2) for n in range(7)]
    for n, at in enumerate(days):
        make_purchase(member, source_id=f"r{n}", at=at)
    pages = walk(till, "/purchases", limit=3)
    assert [len(page) for page in pages] == [3, 3, 1]
    listed = [each for page in pages for each in page]
    assert len({each["id"] for each in listed}) == 7
    shown = [each["occurred_at"] for each in listed]
    assert shown == sorted(shown, reverse=True)


def test_what_is_posted_meanwhile_shifts_nothing(till):
    member = make_member()
    for n in range(4):
        make_purchase(member, source_id=f"r{n}", at=NOON - timedelta(days=n + 1))
    first = till.get("/purchases", limit=2).json()
    make_purchase(member, source_id="late", at=NOON)
    second = till.get("/purchases", limit=2, cursor=first["next"]).json()
    found = [each["source_id"] for each in first["items"] + second["items"]]
    assert found == ["r0", "r1", "r2", "r3"]
    assert second["next"] is None


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "1.5"])
def test_a_limit_beyond_a_hundred_is_refused(till, limit):
    answer = till.get("/purchases", limit=limit)
    assert (answer.status_code, answer.json()["field"]) == (422, "limit")


def test_a_cursor_holds_for_its_list_and_filters_only(till):
    member = make_member()
    for n in range(3):
        make_purchase(member, source_id=f"r{n}")
    cursor = till.get("/purchases", limit=1).json()["next"]
    forged = f"{cursor[:-1]}{'A' if cursor[-1] != 'A' else 'B'}"
    for path, query in (
        ("/members", {}),
        (f"/members/{member.number}/entries", {}),
        ("/purchases", {"member": member.number}),
        ("/purchases", {"cursor": forged}),
        ("/purchases", {"cursor": "WzEsMiwzXQ"}),
    ):
        answer = till.get(path, **{"cursor": cursor} | query)
        assert (answer.status_code, answer.json()["code"]) == (400, "cursor_refused")
    assert len(till.get("/purchases", limit=2, cursor=cursor).json()["items"]) == 2


def test_entries_say_why_and_what_is_left(till):
    member = make_member(balance=10)
    till.post("/purchases", purchase(member))
    give_points(make_member(), 99, at=NOON)
    earned, bonus = till.get(f"/members/{member.number}/entries").json()["items"]
    assert (earned["kind"], earned["points"], earned["left"]) == ("earn", 128, 128)
    assert earned["trace"]["exact"] == "128"
    assert [each["fired"] for each in earned["trace"]["steps"]] == [True]
    assert earned["source_id"] == "000123"
    assert (bonus["kind"], bonus["trace"], bonus["reason"]) == ("bonus", None, "test")


def test_entries_of_a_hundred_cost_no_more_queries_than_of_one(
    till, django_assert_max_num_queries
):
    member = make_member()
    for n in range(12):
        till.post("/purchases", purchase(member, source_id=f"r{n}"))
    path = f"/members/{member.number}/entries"
    till.get(path, limit=1)
    with django_assert_max_num_queries(8):
        assert len(till.get(path, limit=100).json()["items"]) == 12


def test_entries_of_a_period_include_its_start_and_not_its_end(till):
    member = make_member()
    for days in (1, 2, 3):
        give_points(member, days, at=NOON - timedelta(days=days))
    found = till.get(
        f"/members/{member.number}/entries",
        since=(NOON - timedelta(days=2)).isoformat(),
        until=(NOON - timedelta(days=1)).isoformat(),
    ).json()["items"]
    assert [each["points"] for each in found] == [2]


def test_members_are_listed_with_their_cards_in_few_queries(
    till, django_assert_max_num_queries
):
    for n in range(3):
        till.post("/members", {"identifiers": [{"system": "card", "value": f"{n}"}]})
    with django_assert_max_num_queries(6):
        listed = till.get("/members").json()["items"]
    cards = {each["identifiers"][0]["value"] for each in listed}
    assert cards == {"0", "1", "2"}
    assert till.get("/members", is_open="false").json()["items"] == []


def test_a_purchase_is_read_with_its_lines_and_a_refund_of_it(till):
    member = make_member()
    lines = [{"amount": "100.00", "sku": "a"}, {"amount": "28.50", "quantity": "2"}]
    posted = till.post("/purchases", purchase(member, lines=lines)).json()
    read = till.get(f"/purchases/{posted['id']}").json()
    assert [(each["amount"], each["quantity"]) for each in read["lines"]] == [
        ("100.00", "1"),
        ("28.50", "2"),
    ]
    assert (read["points"], read["member"]) == (128, member.number)
    refund = till.post(
        "/refunds",
        {
            "purchase": {"id": posted["id"]},
            "source": "till-7",
            "source_id": "R1",
            "amount": "28.50",
            "currency": "HKD",
            "occurred_at": "2026-06-15T19:30:00+08:00",
        },
    ).json()
    [listed] = till.get("/refunds", purchase=posted["id"]).json()["items"]
    assert listed == till.get(f"/refunds/{refund['id']}").json()
    times = {"occurred_at": "2026-06-15T11:30:00+00:00"}
    assert listed | {"is_new": True} == refund | times


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/purchases/01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10", "unknown_purchase"),
        ("/refunds/01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10", "unknown_refund"),
        ("/adjustments/01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10", "unknown_adjustment"),
        ("/members/MNOBODY/entries", "unknown_member"),
        ("/members/MNOBODY/tier", "unknown_member"),
        ("/purchases/17", "not_found"),
    ],
)
def test_what_is_not_there_is_404(till, path, code):
    answer = till.get(path)
    assert (answer.status_code, answer.json()["code"]) == (404, code)
