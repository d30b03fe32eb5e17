"""What counts for a challenge: goals together or apart, their edges, what came back."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from points.services.challenges.keeping import Goal
from points.services.member_events import NewEvent, record_event
from points.services.refunds import LineBack
from points.services.voids import void_purchases
from tests.factories import CLERK, NOON, make_member, make_rule, set_programme
from tests.points.books import differences
from tests.points.challenges.worlds import (
    BUY_THREE,
    DAY,
    awards,
    buy,
    by_both,
    by_night,
    by_touch,
    give_back,
    make_challenge,
)

pytestmark = pytest.mark.django_db
BERLIN = ZoneInfo("Europe/Berlin")
SPEND_200 = Goal("spend", 20_000)


def bought(*amounts):
    return lambda member: [
        buy(member, amount, at=NOON - n * DAY) for n, amount in enumerate(amounts)
    ]


def on_one_day(*amounts):
    return lambda member: [buy(member, amount) for amount in amounts]


def lines(*lines):
    return lambda member: buy(member, lines=lines)


def events(times, name="review"):
    def tell(member):
        for n in range(times):
            event = NewEvent(member.pk, name, "app", f"{member.pk}-{n}", NOON)
            record_event(event=event, at=NOON, actor=CLERK)

    return tell


def both(*deeds):
    return lambda member: [deed(member) for deed in deeds]


@pytest.mark.parametrize(
    ("needs", "goals", "deed", "is_reached"),
    [
        ("all", [BUY_THREE], bought(1, 1), False),
        ("all", [BUY_THREE], bought(1, 1, 1), True),
        ("all", [BUY_THREE], on_one_day(1, 1, 1), True),
        ("all", [Goal("purchases", 2, least_minor=500)], bought(500, 499), False),
        ("all", [Goal("purchases", 2, least_minor=500)], bought(500, 500), True),
        ("all", [SPEND_200], bought(19_999), False),
        ("all", [SPEND_200], bought(10_000, 10_000), True),
        ("all", [Goal("visits", 2)], on_one_day(1, 1, 1), False),
        ("all", [Goal("visits", 2)], bought(1, 1), True),
        ("all", [Goal("points", 30)], bought(2900), False),
        ("all", [Goal("points", 30)], bought(3000), True),
        ("all", [Goal("sku", 3, "tea-1")], lines(("tea-1", "", 2, 9)), False),
        ("all", [Goal("sku", 3, "tea-1")], lines(("TEA-1", "", 3, 9)), True),
        ("all", [Goal("sku", 3, "tea-1")], lines(("tea-2", "", 3, 9)), False),
        ("all", [Goal("category", 2, "Tea")], lines(("a", "tea", 2, 9)), True),
        ("all", [Goal("sku", 2, "a")], lines(("a", "", "1.6", 9)), False),
        ("all", [Goal("events", 2, "review")], events(1), False),
        ("all", [Goal("events", 2, "review")], events(2), True),
        ("all", [Goal("events", 2, "review")], events(2, "visit"), False),
        ("all", [BUY_THREE, SPEND_200], bought(1, 1, 1), False),
        ("all", [BUY_THREE, SPEND_200], bought(20_000, 1), False),
        ("all", [BUY_THREE, SPEND_200], bought(19_998, 1, 1), True),
        ("any", [BUY_THREE, SPEND_200], bought(1, 1), False),
        ("any", [BUY_THREE, SPEND_200], bought(1, 1, 1), True),
        ("any", [BUY_THREE, SPEND_200], bought(20_000), True),
        ("any", [BUY_THREE, Goal("events", 1, "review")], events(1), True),
        (
            "all",
            [Goal("sku", 1, "a"), Goal("sku", 1, "b"), Goal("events", 1, "review")],
            both(lines(("a", "", 1, 9), ("b", "", 1, 9)), events(1)),
            True,
        ),
    ],
)
def test_goals_are_reached_inclusive_and_by_what_they_count(
    needs, goals, deed, is_reached
):
    make_rule()
    make_challenge(*goals, needs=needs)
    member, _other = make_member(), make_member()
    deed(member)
    assert by_both() == int(is_reached)
    assert awards() == [(member.pk, "2026-05-31", 500)] * is_reached


@pytest.mark.parametrize(
    ("goal", "back", "is_reached"),
    [
        (Goal("purchases", 1), {}, False),
        (Goal("purchases", 1), {"amount_minor": 999}, True),
        (Goal("purchases", 1, least_minor=500), {"amount_minor": 501}, False),
        (Goal("spend", 500), {"amount_minor": 500}, True),
        (Goal("spend", 500), {"amount_minor": 501}, False),
        (Goal("visits", 1), {}, False),
        (Goal("points", 5), {"amount_minor": 500}, True),
        (Goal("points", 6), {"amount_minor": 500}, False),
        (Goal("sku", 3, "tea"), {"lines": (LineBack(1, None, Decimal(1)),)}, True),
        (Goal("sku", 3, "tea"), {"lines": (LineBack(1, None, Decimal(2)),)}, False),
        (Goal("sku", 4, "tea"), {"lines": (LineBack(1, 100),)}, True),
        (Goal("sku", 1, "tea"), {"lines": (LineBack(1, 1000),)}, False),
    ],
)
def test_what_came_back_before_does_not_count(goal, back, is_reached):
    make_rule()
    make_challenge(goal)
    give_back(buy(make_member(), lines=[("tea", "", 4, 1000)]), **back)
    assert by_both() == int(is_reached)
    assert len(awards()) == int(is_reached)
    assert differences() == []


def test_a_void_does_not_count_and_a_later_refund_takes_nothing_back():
    make_rule()
    make_challenge(Goal("purchases", 1))
    voided, kept = buy(make_member()), buy(make_member())
    void_purchases(purchase_ids=[voided.pk], reason="x", at=NOON, actor=CLERK)
    assert by_touch() == 1
    give_back(kept)
    assert (by_touch(), by_night()) == (0, 0)
    assert awards() == [(kept.member_id, "2026-05-31", 500)]
    assert differences() == []


@pytest.mark.parametrize(
    ("repeat", "bought_at", "periods"),
    [
        # Weeks and months begin at midnight in the programme's zone, clock change or not.
        ("week", ["2026-03-29T00:00", "2026-03-29T23:59"], ["2026-03-23"]),
        ("week", ["2026-03-29T23:59", "2026-03-30T00:00"], []),
        ("week", ["2026-10-25T02:30", "2026-10-25T23:59"], ["2026-10-19"]),
        ("month", ["2026-03-01T00:00", "2026-03-31T23:59"], ["2026-03-01"]),
        ("month", ["2026-03-31T23:59", "2026-04-01T00:00"], []),
        (
            "month",
            [
                "2026-03-01T00:00",
                "2026-03-02T00:00",
                "2026-04-01T00:00",
                "2026-04-02T00:00",
            ],
            ["2026-03-01", "2026-04-01"],
        ),
        # The challenge begins on Wednesday 4 February and ends before 2 December.
        ("once", ["2026-02-03T23:59", "2026-02-04T00:00"], []),
        ("once", ["2026-02-04T00:00", "2026-12-01T23:59"], ["2026-02-04"]),
        ("once", ["2026-02-04T00:00", "2026-12-02T00:00"], []),
        ("week", ["2026-02-03T23:59", "2026-02-04T00:00"], []),
        ("week", ["2026-02-04T00:00", "2026-02-05T00:00"], ["2026-02-02"]),
    ],
)
def test_periods_are_those_of_the_programmes_zone(repeat, bought_at, periods):
    set_programme(time_zone="Europe/Berlin", backdating_days=366)
    make_rule()
    make_challenge(
        Goal("purchases", 2),
        repeat=repeat,
        starts_at=datetime(2026, 2, 4, tzinfo=BERLIN),
        ends_at=datetime(2026, 12, 2, tzinfo=BERLIN),
    )
    member = make_member()
    for text in bought_at:
        at = datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)
        buy(member, at=at)
    by_both(datetime(2026, 12, 3, tzinfo=UTC))
    assert awards() == [(member.pk, period, 500) for period in periods]


@pytest.mark.parametrize("look", [by_touch, by_night])
def test_what_comes_late_counts_as_long_as_it_may_be_posted(look):
    set_programme(backdating_days=30)
    make_rule()
    made = make_challenge(Goal("purchases", 1), repeat="week")
    members = [make_member(), make_member()]
    buy(members[0], at=made.ends_at - timedelta(minutes=1))
    last_moment = made.ends_at + timedelta(days=30)
    assert look(last_moment) == 0
    buy(members[1], at=made.ends_at - timedelta(minutes=1))
    assert look(last_moment - timedelta(seconds=1)) >= 1
