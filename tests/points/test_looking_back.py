"""Rules that look back: nth purchases, goals, streaks; tables, and with the engine."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.urls import reverse

from points.models import Entry, Purchase
from points.rules import LOOKING_BACK
from points.rules.base import EarningEvent, Need, Past
from points.rules.spans import start_after, start_before, start_of
from points.rules.tally import Tally
from points.selectors.programme import current_rulebook
from points.selectors.quotes import quote_purchase
from points.selectors.tallies import tally_for
from points.selectors.traces import explain
from points.services.purchase_types import NewLine
from points.services.purchases import post_purchases
from points.services.refunds import RefundWish, refund_purchase
from points.services.rules import save_rule
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    new_purchase,
)
from tests.points.books import differences

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
NTH = {"points": 50, "number": 3, "times": "every", "span": "ever"}
SPEND = {"points": 50, "amount": "100", "span": "month"}
COUNT = {"points": 50, "number": 3, "span": "month"}
ROW = {"points": 50, "number": 3, "span": "week"}
IN_DB = pytest.mark.django_db


@pytest.mark.parametrize(
    ("kind", "params", "past", "points"),
    [
        ("nth", NTH, (0, False), None),
        ("nth", NTH, (2, False), None),
        ("nth", NTH, (3, False), 50),
        ("nth", NTH, (3, True), None),
        ("nth", NTH, (6, False), 50),
        ("nth", NTH | {"times": "one"}, (3, False), 50),
        ("nth", NTH | {"times": "one"}, (6, False), None),
        # Goals are inclusive, and pass over nothing where the reaching one came late.
        ("spend_goal", SPEND, (9_999, False), None),
        ("spend_goal", SPEND, (10_000, False), 50),
        ("spend_goal", SPEND, (25_000, False), 50),
        ("spend_goal", SPEND, (25_000, True), None),
        ("count_goal", COUNT, (2, False), None),
        ("count_goal", COUNT, (4, False), 50),
        ("count_goal", COUNT, (4, True), None),
        ("streak", ROW, (2, False), None),
        ("streak", ROW, (3, False), 50),
    ],
)
def test_what_the_past_gives(kind, params, past, points):
    ask = LOOKING_BACK[kind].prepare(params, 100)
    assert ask(EarningEvent(1000, NOON, past=Past(*past))) == points


@pytest.mark.parametrize(
    ("span", "day", "start", "before", "after"),
    [
        ("day", (2026, 3, 1), (2026, 3, 1), (2026, 2, 28), (2026, 3, 2)),
        ("week", (2027, 1, 3), (2026, 12, 28), (2026, 12, 21), (2027, 1, 4)),
        ("month", (2028, 2, 29), (2028, 2, 1), (2028, 1, 1), (2028, 3, 1)),
        ("quarter", (2026, 12, 31), (2026, 10, 1), (2026, 7, 1), (2027, 1, 1)),
        ("year", (2028, 12, 31), (2028, 1, 1), (2027, 1, 1), (2029, 1, 1)),
    ],
)
def test_spans_follow_each_other(  # noqa: PLR0917 -- the columns of the table
    span, day, start, before, after
):
    first = start_of(span, date(*day))
    assert first == date(*start)
    assert start_before(span, first) == date(*before)
    assert start_after(span, first) == date(*after)


@pytest.mark.parametrize(
    ("weeks_ago", "given_weeks_ago", "had"),
    [
        ([], [], 1),
        ([1], [], 2),
        ([1, 2], [], 3),
        ([1, 2, 3, 4], [], 3),  # no further than it needs to
        ([2, 3], [], 1),
        ([1, 3], [], 2),
        ([0, 0, 1, 2], [], 3),  # two in a week are one
        ([1, 2, 3], [1], 1),  # after a gift the row begins anew
        ([1, 2, 3], [3], 3),
        ([0, 1, 2], [0], 0),
    ],
)
def test_a_row_of_weeks_is_counted_backwards(weeks_ago, given_weeks_ago, had):
    need = Need("week", length=3, is_streak=True)
    tally = Tally(HONG_KONG, spans=frozenset({"week"}))
    for weeks in weeks_ago:
        tally.add_purchase(7, (NOON - weeks * WEEK).date(), 1000)
    for weeks in given_weeks_ago:
        day = (NOON - weeks * WEEK).date()
        tally.add_gift(1, need, member_id=7, day=day, had=3)
    event = EarningEvent(1000, NOON, member_id=7)
    assert tally.past_of(1, need, event).had == had


# With the engine ----------------------------------------------------------------


def points_of(member, *purchases):
    return [make_purchase(member, **each).points for each in purchases]


@IN_DB
def test_every_third_purchase_gives_and_a_void_does_not_make_it_twice():
    make_rule(kind="nth", **NTH)
    member = make_member()
    assert points_of(member, *[{}] * 4) == [0, 0, 50, 0]
    first = Purchase.objects.order_by("id")[0]
    void_purchases(purchase_ids=[first.pk], reason="x", at=NOON, actor=CLERK)
    # It is number 4 again; of number 3 there can be no second gift.
    assert points_of(member, *[{}] * 3) == [0, 0, 50]
    third = Purchase.objects.order_by("id")[2]
    void_purchases(purchase_ids=[third.pk], reason="x", at=NOON, actor=CLERK)
    assert differences() == []


@IN_DB
def test_a_void_of_the_purchase_that_gave_takes_it_back_and_frees_its_number():
    make_rule(kind="nth", **NTH)
    member = make_member()
    points_of(member, {}, {}, {})
    last = Purchase.objects.order_by("id").last()
    void_purchases(purchase_ids=[last.pk], reason="x", at=NOON, actor=CLERK)
    assert member.account.balance == 0
    assert points_of(member, {}, {}) == [50, 0]


@IN_DB
def test_a_goal_gives_once_a_month_whatever_the_order_in_which_purchases_come():
    make_rule(kind="spend_goal", **SPEND)
    member = make_member()
    days = {"at": NOON - DAY}
    # The one that completes it came late, and was bought before the other.
    assert points_of(member, {"amount_minor": 9000}, {"amount_minor": 2000} | days) == [
        0,
        50,
    ]
    assert points_of(member, {"amount_minor": 9000}) == [0]
    june, july = NOON, NOON + 20 * DAY
    assert points_of(member, {"amount_minor": 20_000, "at": july}) == [50]
    asked = new_purchase(member, amount_minor=20_000, at=june)
    assert quote_purchase(purchase=asked, at=july).points == 0
    assert differences() == []


@IN_DB
def test_what_came_back_does_not_count_toward_a_goal():
    make_rule(kind="spend_goal", **SPEND)
    member = make_member()
    posted = make_purchase(member, amount_minor=10_000)
    assert posted.points == 50
    purchase = Purchase.objects.get(pk=posted.purchase_id)
    wish = RefundWish("till", "b-1", NOON, amount_minor=10_000)
    refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK)
    member.account.refresh_from_db()
    assert member.account.balance == 0
    # The goal is open again, from the beginning.
    assert points_of(member, {"amount_minor": 9_999}, {"amount_minor": 1}) == [0, 50]
    assert differences() == []


@IN_DB
def test_a_batch_gives_what_its_purchases_give_one_by_one():
    make_rule(kind="nth", **NTH)
    make_rule(kind="spend_goal", **SPEND | {"points": 7})
    make_rule(kind="count_goal", **COUNT | {"points": 1, "number": 4})
    make_rule(kind="streak", **ROW | {"points": 9, "span": "day", "number": 2})
    batched, single = make_member(), make_member()
    days = [0, 1, 0, 3, 4, 2, 40]
    given = [{"amount_minor": 4000, "at": NOON - n * DAY} for n in days]
    batch = [new_purchase(batched, **each) for each in given]
    together = post_purchases(purchases=batch, at=NOON, actor=CLERK)
    assert [each.points for each in together] == points_of(single, *given)
    assert [each.points for each in together] == [0, 0, 66, 1, 0, 59, 0]
    again = post_purchases(purchases=batch, at=NOON, actor=CLERK)
    assert [each.is_new for each in again] == [False] * 7
    assert differences() == []


@IN_DB
def test_a_new_version_remembers_what_the_rule_gave():
    version = make_rule(kind="count_goal", **COUNT | {"number": 1})
    member = make_member()
    assert points_of(member, {}) == [50]
    save_rule(
        name=version.rule.name,
        kind="count_goal",
        params=COUNT | {"number": 2},
        at=NOON,
        actor=CLERK,
        rule=version.rule,
    )
    assert points_of(member, {"at": NOON + DAY}) == [0]
    trace = Entry.objects.last().trace
    assert explain(trace).steps[0].reason == "it gave its points for this before"


@IN_DB
@pytest.mark.parametrize(
    ("kind", "params", "reason"),
    [
        ("nth", NTH, "it was purchase number 1"),
        ("spend_goal", SPEND, "purchases came to US$10.00 so far"),
        ("count_goal", COUNT, "it was purchase 1 of 3"),
        ("streak", ROW, "it was 1 of 3 in a row"),
    ],
)
def test_the_trace_says_how_far_it_is(kind, params, reason):
    make_rule(kind=kind, **params)
    member = make_member()
    [step] = explain(make_purchase(member).trace).steps
    assert (step.has_fired, step.reason) == (False, reason)
    make_purchase(member, amount_minor=1)
    [step] = explain(Entry.objects.last().trace).steps
    assert step.reason == reason.replace("number 1", "number 2").replace(
        "purchase 1", "purchase 2"
    ).replace("10.00", "10.01")


@IN_DB
def test_verify_finds_a_goal_that_gave_twice():
    make_rule(kind="count_goal", **COUNT | {"number": 1})
    member = make_member()
    points_of(member, {}, {"at": NOON + 40 * DAY})
    assert differences() == []
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE points_entry DISABLE TRIGGER USER")
        cursor.execute("UPDATE points_entry SET occurred_at = %s", [NOON])
    assert any(row.startswith(f"member {member.pk}, version") for row in differences())


@IN_DB
def test_a_goal_for_some_goods_gives_on_a_purchase_that_has_them():
    make_rule(
        kind="count_goal",
        conditions={"category": {"in": ["tea"]}},
        **COUNT | {"number": 2},
    )
    member = make_member()
    tea, rice = NewLine(600, category="tea"), NewLine(400, category="rice")
    lines = [(tea, rice), (rice._replace(amount_minor=1000),), (tea, rice)]
    assert points_of(member, *[{"lines": each} for each in lines]) == [0, 0, 50]
    assert Entry.objects.order_by("id")[1].trace["steps"][0][1] == "lines"


@IN_DB
def test_nothing_is_looked_up_where_no_rule_looks_back():
    make_rule()
    assert tally_for([new_purchase(make_member())], current_rulebook()) is None


@IN_DB
def test_the_trial_page_is_told_what_came_before(marketer):
    make_rule(kind="spend_goal", **SPEND)
    asked = {"amount": "20", "occurred_at": "2026-06-15 12:00"}
    page = reverse("points:rule-trial")
    assert marketer.get(page, asked).context["outcome"].points == 0
    answer = marketer.get(page, asked | {"spent_before": "80"})
    assert answer.context["outcome"].points == 50
