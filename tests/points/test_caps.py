"""Limits of what purchases earn: of rules, of the programme, of the balance."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from points.errors.posting import ParametersRefused
from points.models import Account, Entry
from points.rules.base import EarningEvent
from points.rules.caps import Caps, Cut
from points.rules.cutting import cut
from points.rules.spans import start_of
from points.rules.tally import Tally
from points.selectors.programme import current_rulebook
from points.selectors.quotes import quote_purchase
from points.selectors.tallies import tally_for
from points.selectors.traces import explain
from points.services.purchases import post_purchases
from points.services.rules import save_rule
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    new_purchase,
    set_programme,
)
from tests.points.books import differences, everything

HONG_KONG = ZoneInfo("Asia/Hong_Kong")


@pytest.mark.parametrize(
    ("span", "day", "first"),
    [
        ("day", date(2026, 6, 15), date(2026, 6, 15)),
        # ISO weeks begin on Monday, also over the end of a year.
        ("week", date(2026, 6, 15), date(2026, 6, 15)),
        ("week", date(2026, 6, 21), date(2026, 6, 15)),
        ("week", date(2027, 1, 3), date(2026, 12, 28)),
        ("month", date(2026, 2, 28), date(2026, 2, 1)),
    ],
)
def test_where_spans_begin(span, day, first):
    assert start_of(span, day) == first


def tally_of(*points_on):
    tally = Tally(HONG_KONG, balances={7: 80})
    for day, points in points_on:
        tally.count(1, 7, date(2026, 6, day), points)
    return tally


SOME = tally_of((15, 30), (17, 30), (1, 20))


@pytest.mark.parametrize(
    ("value", "caps", "overflow", "limit", "left"),
    [
        (50, Caps(purchase=50), "trim", None, None),
        (51, Caps(purchase=50), "trim", None, Cut(50, "purchase")),
        (51, Caps(purchase=50), "reject", None, Cut(0, "purchase")),
        (20, Caps(day=50), "trim", None, None),
        (21, Caps(day=50), "trim", None, Cut(20, "day")),
        (41, Caps(week=100), "trim", None, Cut(40, "week")),
        (21, Caps(month=100), "trim", None, Cut(20, "month")),
        # The tightest one is named; used up means nothing, never less.
        (90, Caps(50, 100, 100, 100), "trim", None, Cut(20, "month")),
        (1, Caps(month=10), "trim", None, Cut(0, "month")),
        (20, Caps(), "trim", 100, None),
        (21, Caps(), "trim", 100, Cut(20, "balance")),
        (5, Caps(), "trim", 80, Cut(0, "balance")),
    ],
)
def test_what_a_limit_leaves(  # noqa: PLR0917 -- the columns of the table
    value, caps, overflow, limit, left
):
    event = EarningEvent(1000, NOON, member_id=7)
    found = cut(
        value,
        caps,
        event,
        owner=1,
        tally=SOME,
        overflow=overflow,
        balance_limit=limit,
    )
    assert found == left


def test_a_day_is_a_day_of_the_programme():
    late = datetime(2026, 6, 15, 15, 59, tzinfo=UTC)  # 23:59 in Hong Kong
    for at, left in ((late, 20), (late + timedelta(minutes=1), 50)):
        event = EarningEvent(1000, at, member_id=7)
        assert next(SOME.rooms(1, Caps(day=50), event)).left == left
    other = EarningEvent(1000, NOON, member_id=8)
    assert next(SOME.rooms(1, Caps(day=50), other)).left == 50


# With the engine ----------------------------------------------------------------

pytestmark_db = pytest.mark.django_db


@pytestmark_db
def test_a_rule_gives_no_more_than_its_limits():
    make_rule(placing={"cap_purchase": 15, "cap_day": 20})
    make_rule(kind="multiplier", factor="2")
    member = make_member()
    earned = [make_purchase(member, amount_minor=2000).points for _ in range(3)]
    # The limit is that of the rule; what it gave is multiplied as ever.
    assert earned == [30, 10, 0]
    assert make_purchase(member, at=NOON - timedelta(days=1)).points == 20
    assert make_purchase(make_member()).points == 20
    first, second, third = Entry.objects.order_by("id")[:3]
    assert first.trace["steps"][0][3] == {"cap": "purchase", "before": "20"}
    assert explain(second.trace).steps[0].cap == "Limit in a day"
    lost = explain(third.trace).steps[0]
    assert (lost.has_fired, lost.reason) == (False, "its limit was reached")
    assert (first.qualifying, second.qualifying, third.qualifying) == (15, 5, 0)


@pytestmark_db
def test_a_new_version_goes_on_counting_and_a_voided_purchase_does_not_count():
    first = make_rule(placing={"cap_month": 25})
    member = make_member()
    bought = make_purchase(member, amount_minor=2000)
    save_rule(
        name=first.rule.name,
        kind="per_amount",
        params={"points": "2", "amount": "1", "method": "step"},
        cap_month=25,
        at=NOON,
        actor=CLERK,
        rule=first.rule,
    )
    later = NOON + timedelta(hours=1)
    assert make_purchase(member, at=later).points == 5
    void_purchases(purchase_ids=[bought.purchase_id], reason="x", at=later, actor=CLERK)
    assert make_purchase(member, at=later).points == 20
    assert differences() == []


@pytestmark_db
def test_purchases_of_one_batch_share_the_limit_and_a_known_one_counts_once():
    set_programme(cap_week=35, cap_overflow="trim")
    make_rule()
    member, other = make_member(), make_member()
    batch = [new_purchase(who) for who in (member, other, member, member, member)]
    posted = post_purchases(purchases=batch[:2], at=NOON, actor=CLERK)
    again = [batch[0], batch[2], batch[2], *batch[1:]]
    posted = post_purchases(purchases=again, at=NOON, actor=CLERK)
    assert [each.points for each in posted] == [10, 10, 10, 10, 10, 10, 5]
    assert Entry.objects.last().trace["cap"] == {"cap": "week", "before": 10}
    monday = NOON + timedelta(days=7)
    assert quote_purchase(purchase=new_purchase(member), at=NOON).points == 0
    asked = new_purchase(member, at=monday)
    assert quote_purchase(purchase=asked, at=monday).points == 10
    assert differences() == []


@pytestmark_db
def test_beyond_a_limit_nothing_is_given_where_the_programme_says_so():
    set_programme(cap_day=15, cap_overflow="reject")
    make_rule()
    member = make_member()
    earned = [
        make_purchase(member, amount_minor=amount).points for amount in (1000, 600, 500)
    ]
    assert earned == [10, 0, 5]


@pytestmark_db
def test_the_largest_balance_counts_what_is_pending():
    set_programme(balance_limit=25, pending_days=10)
    make_rule()
    member = make_member(balance=8)
    assert [make_purchase(member).points for _ in range(3)] == [10, 7, 0]
    assert Account.objects.get(member=member).balance == 25
    assert explain(Entry.objects.last().trace).cap == "Largest balance"


@pytestmark_db
def test_nothing_is_looked_up_but_for_limits_that_look_back():
    make_rule(placing={"cap_purchase": 5})
    member = make_member()
    assert make_purchase(member).points == 5
    assert tally_for([new_purchase(member)], current_rulebook()) is None
    set_programme(cap_day=7)
    assert tally_for([new_purchase(member)], current_rulebook()).used
    assert make_purchase(member).points == 2


@pytestmark_db
def test_a_multiplier_has_no_limit_of_points():
    before = everything()
    with pytest.raises(ParametersRefused):
        save_rule(
            name="x",
            kind="multiplier",
            params={"factor": "2"},
            cap_day=5,
            at=NOON,
            actor=CLERK,
        )
    assert everything() == before
