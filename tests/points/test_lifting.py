"""The purchase that lifts the tier: before, after, or in parts; worked cases."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from loyalty_site.lib.actors import system_actor
from points.models import Account, Entry, Purchase, Tier, TierAssignment, TierTerms
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.purchase_types import NewLine
from points.services.purchases import post_purchases
from points.services.refunds import RefundWish, refund_purchase
from points.services.tier_assignments import TierWish, approve_tier, ask_tier
from points.services.tiers import recompute_touched_tiers
from points.tiering.lifting import parts_by_rank
from points.tiering.plan import Plan, Rung
from points.tiering.windows import Window
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    new_purchase,
    purchase_of,
    set_programme,
)
from tests.points.books import differences

OTHER = system_actor("other-desk")
HALF, THIRD = Fraction(1, 2), Fraction(1, 3)


def plan(*rungs: Rung) -> Plan:
    return Plan(Window("year", ZoneInfo("UTC")), rungs)


SILVER = Rung(1, {"threshold": 100})
GOLD = Rung(2, {"threshold": 300})
BOTH = Rung(1, {"threshold": 100, "spend_minor": 20_000})
EITHER = Rung(1, {"threshold": 100, "spend_minor": 20_000}, needs_all=False)
WITH_VISITS = Rung(1, {"threshold": 100, "visits": 2})


@pytest.mark.parametrize(
    ("rungs", "case", "parts"),
    [
        # 50 of the 100 that the purchase adds reach Silver, the other half earns there.
        ((SILVER,), (0, {"threshold": 50}, 100), [(HALF, 0), (HALF, 1)]),
        # Exactly the threshold: nothing is left beyond it.
        ((SILVER,), (0, {"threshold": 0}, 100), [(1, 0)]),
        ((SILVER,), (0, {"threshold": 0}, 99), [(1, 0)]),
        # Two tiers in one purchase: 100 below Silver, 200 at Silver, 300 at Gold.
        (
            (SILVER, GOLD),
            (0, {}, 600),
            [(Fraction(1, 6), 0), (THIRD, 1), (HALF, 2)],
        ),
        # Silver is held, whatever the counters say: only Gold parts it.
        ((SILVER, GOLD), (1, {}, 600), [(HALF, 1), (HALF, 2)]),
        ((SILVER, GOLD), (2, {}, 600), [(1, 2)]),
        # All criteria: the later of the two; any: the earlier.
        ((BOTH,), (0, {"spend_minor": 10_000}, 400), [(Fraction(1, 4), 0), (Fraction(3, 4), 1)]),
        ((EITHER,), (0, {"spend_minor": 19_000}, 400), [(Fraction(1, 40), 0), (Fraction(39, 40), 1)]),
        # A visit is there with the whole purchase only.
        ((WITH_VISITS,), (0, {"threshold": 50, "visits": 1}, 100), [(1, 0)]),
        ((WITH_VISITS,), (0, {"threshold": 50, "visits": 2}, 100), [(HALF, 0), (HALF, 1)]),
        # A tier that is reached already, though not held: all of it earns there.
        ((SILVER,), (0, {"threshold": 100}, 10), [(1, 1)]),
    ],
)  # fmt: skip
def test_the_parts_of_a_purchase(rungs, case, parts):
    rank, before, gained = case
    counters = {"threshold": gained, "spend_minor": 100 * gained}
    found = parts_by_rank(plan(*rungs), rank, before=before, gained=counters)
    assert found == parts


@pytest.fixture
def ladder(db):
    """Silver from 100 points with half as much again, Gold from 300 with double."""
    make_rule()
    for slug, threshold, factor in (("silver", 100, "1.5"), ("gold", 300, "2")):
        Tier.objects.create(
            slug=slug, name=slug.title(), threshold=threshold, multiplier=factor
        )


def set_lifting(lifting: str) -> None:
    TierTerms.objects.update(lifting=lifting)


def earned(member, amount, **given) -> int:
    return make_purchase(member, amount_minor=100 * amount, **given).points


@pytest.mark.parametrize(
    ("lifting", "points"),
    [
        ("before", 600),
        ("after", 1200),
        # 100 at no tier, 200 at one and a half, 300 at double: 100 + 300 + 600.
        ("split", 1000),
    ],
)
def test_one_purchase_through_two_tiers(ladder, lifting, points):
    set_lifting(lifting)
    member = make_member()
    assert earned(member, 600) == points
    assert Entry.objects.get().qualifying == 600
    # The next one is beyond it, recomputed or not.
    assert earned(member, 10, at=NOON + timedelta(seconds=1)) == (
        10 if lifting == "before" else 20
    )
    recompute_touched_tiers(at=NOON + timedelta(minutes=1))
    assert Account.objects.get(pk=member.pk).tier.slug == "gold"
    assert differences() == []


def test_the_parts_are_rounded_once_and_explained(ladder):
    set_lifting("split")
    make_rule(kind="multiplier", factor="1.1")
    member = make_member()
    earned(member, 95)
    # 5 of 9 at 1.1, 4 of 9 at 1.6, of 9 points each: 5.5 + 6.4 = 11.9.
    assert earned(member, 9) == 11
    explanation = explain(Entry.objects.latest("id").trace)
    assert explanation.exact == "11.9"
    shown = [(part.tier_name, part.factor, part.exact) for part in explanation.parts]
    assert shown == [("No tier", "1", "5.5"), ("Silver", "1.5", "6.4")]


def test_lines_share_what_the_parts_come_to(ladder):
    set_lifting("split")
    lines = (NewLine(15_000), NewLine(5_000))
    posted = make_purchase(make_member(), amount_minor=20_000, lines=lines)
    # 100 at one, 100 at one and a half.
    assert (posted.points, list(posted.line_points)) == (250, [188, 62])


def test_earlier_purchases_of_the_same_batch_count(ladder):
    set_lifting("split")
    member, other = make_member(), make_member()
    purchases = [
        new_purchase(member, amount_minor=6_000, at=NOON),
        new_purchase(other, amount_minor=6_000, at=NOON),
        # Said first, happened last.
        new_purchase(member, amount_minor=6_000, at=NOON - timedelta(hours=1)),
    ]
    answers = post_purchases(purchases=purchases, at=NOON, actor=CLERK)
    # 40 below Silver and 20 at one and a half.
    assert [each.points for each in answers] == [70, 60, 60]
    again = post_purchases(purchases=purchases, at=NOON, actor=CLERK)
    assert [each.points for each in again] == [70, 60, 60]
    assert differences() == []


def test_a_back_dated_purchase_counts_what_came_before_it(ladder):
    set_lifting("split")
    member = make_member()
    earned(member, 90)
    recompute_touched_tiers(at=NOON)
    earned(member, 100, at=NOON + timedelta(days=2))
    recompute_touched_tiers(at=NOON + timedelta(days=2))
    # Between the two there were 90: 10 at one, 10 at one and a half.
    assert earned(member, 20, at=NOON + timedelta(days=1)) == 25


def test_back_dated_activity_has_the_tier_of_its_date(ladder):
    member = make_member()
    earned(member, 100)
    recompute_touched_tiers(at=NOON)
    assert earned(member, 10, at=NOON + timedelta(days=1)) == 15
    assert earned(member, 10, at=NOON - timedelta(days=1)) == 10
    assert earned(member, 10, at=NOON - timedelta(microseconds=1)) == 10


def test_nothing_parts_where_a_tier_is_exactly_by_hand(ladder):
    set_lifting("after")
    member = make_member()
    wish = TierWish(Tier.objects.get(slug="silver"), TierAssignment.Kind.EXACT, "no")
    asked = ask_tier(member=member, wish=wish, key="k", at=NOON, actor=CLERK)
    approve_tier(assignment=asked, note="", at=NOON, actor=OTHER)
    assert earned(member, 400) == 600


def test_a_visit_lifts_with_the_whole_purchase(ladder):
    Tier.objects.all().delete()
    Tier.objects.create(slug="often", name="Often", visits=2, multiplier=Decimal(3))
    for lifting, points in (("split", 10), ("after", 30)):
        set_lifting(lifting)
        member = make_member()
        assert earned(member, 10) == 10
        assert earned(member, 10) == 10  # the same day
        assert earned(member, 10, at=NOON + timedelta(days=1)) == points


def test_what_was_earned_in_parts_comes_back_to_the_point(ladder):
    set_lifting("split")
    purchase = purchase_of(make_purchase(make_member(), amount_minor=60_000))
    for n in range(7):
        left = purchase.amount_minor - sum(
            each.amount_minor for each in purchase.refunds.all()
        )
        wish = RefundWish("till", f"b-{n}", NOON, left // (7 - n))
        refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK)
        TierTerms.objects.update(lifting="before")
    assert sum(each.points for each in Purchase.objects.get().refunds.all()) == 1000
    assert differences() == []


def test_a_quote_says_what_posting_gives(ladder):
    set_lifting("split")
    member = make_member()
    purchase = new_purchase(member, amount_minor=60_000)
    assert quote_purchase(purchase=purchase, at=NOON).points == 1000
    assert Purchase.objects.count() == 0
    assert earned(member, 600) == 1000


def test_another_year_begins_anew(ladder):
    TierTerms.objects.update(lifting="split", window="year")
    member = make_member()
    last = datetime(2025, 12, 31, 23, 0, tzinfo=UTC)
    earned(member, 90, at=last)
    # Nothing of last year counts: 100 at one, 20 at one and a half.
    assert earned(member, 120) == 130


def test_a_limit_of_the_day_holds_for_the_sum_of_the_parts(ladder):
    set_lifting("split")
    set_programme(cap_day=900)
    member = make_member()
    # 100 + 300 + 600 would be 1000.
    assert earned(member, 600) == 900
    trace = Entry.objects.get().trace
    assert trace["cap"] == {"cap": "day", "before": 1000}
    assert earned(member, 1, at=NOON + timedelta(minutes=1)) == 0
    assert earned(member, 1, at=NOON + timedelta(days=1)) == 2
