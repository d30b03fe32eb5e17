"""What a tier gives on entry: once for each member and tier, and toward no tier."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from loyalty_site.lib.actors import system_actor
from members.services import close_member
from points.expiry_policies import stored_policy
from points.expiry_policies.after import AfterATime
from points.models import Account, Entry, Tier, TierAssignment, TierChange
from points.selectors.portal import history_of
from points.services.tier_assignments import TierWish, approve_tier, ask_tier, end_tier
from points.services.tier_drafts import apply_tier_draft, save_or_draft_tier
from points.services.tier_settings import TierDetails
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_rule,
    set_programme,
)
from tests.points.books import differences, everything

pytestmark = pytest.mark.django_db
UTC = ZoneInfo("UTC")
BOSS = system_actor("boss")


@pytest.fixture
def ladder():
    """Silver from 100 points with a gift of 50, Gold from 300 with one of 500."""
    make_rule()
    for slug, threshold, gift in (("silver", 100, 50), ("gold", 300, 500)):
        Tier.objects.create(
            slug=slug, name=slug.title(), threshold=threshold, entry_gift=gift
        )


def gifts(member) -> list[tuple[str, int]]:
    rows = Entry.objects.filter(account_id=member.pk, source="tier")
    return list(rows.order_by("id").values_list("key", "points"))


def gift_of(slug: str, points: int) -> tuple[str, int]:
    return f"tier:{Tier.objects.get(slug=slug).pk}", points


def test_each_tier_gives_once_and_its_gift_lifts_nobody(ladder):
    member = make_member()
    make_purchase(member, amount_minor=10_000)
    assert recompute_touched_tiers(at=NOON) == 1
    assert gifts(member) == [gift_of("silver", 50)]
    assert recompute_touched_tiers(at=NOON) == recompute_all_tiers(at=NOON) == 0
    assert Account.objects.get().tier.slug == "silver"
    posted = make_purchase(member, amount_minor=20_000)
    recompute_touched_tiers(at=NOON)
    void_purchases(purchase_ids=[posted.purchase_id], reason="", at=NOON, actor=CLERK)
    recompute_touched_tiers(at=NOON)
    make_purchase(member, amount_minor=20_000)
    recompute_touched_tiers(at=NOON + timedelta(days=1))
    assert TierChange.objects.count() == 4
    assert gifts(member) == [gift_of("silver", 50), gift_of("gold", 500)]
    assert differences() == []


def test_who_comes_straight_to_gold_gets_the_gift_of_gold(ladder):
    member = make_member()
    make_purchase(member, amount_minor=30_000)
    recompute_all_tiers(at=NOON)
    assert gifts(member) == [gift_of("gold", 500)]


def test_the_nightly_run_gives_what_the_touched_one_gives(ladder):
    first, second = make_member(), make_member()
    for member in (first, second):
        make_purchase(member, amount_minor=10_000)
    recompute_touched_tiers(at=NOON)
    Account.objects.update(tier=None, tier_is_due=False)
    recompute_all_tiers(at=NOON)
    assert gifts(first) == gifts(second) == [gift_of("silver", 50)]


def test_the_gift_follows_the_expiry_of_the_new_tier(ladder):
    policy = stored_policy(AfterATime(1))
    set_programme(expiry_months=12, tier_expiry={"silver": policy})
    member = make_member()
    make_purchase(member, amount_minor=10_000)
    recompute_touched_tiers(at=NOON)
    gift = Entry.objects.get(source="tier")
    assert gift.lot.expires_at == NOON.replace(month=7)
    month = history_of(member, None, at=NOON, zone=UTC)
    [line] = [each for each in month.lines if each.points == 50]
    assert line.why == "Welcome to Silver."


def test_a_tier_by_hand_gives_too_but_going_down_does_not(ladder):
    member = make_member()
    wish = TierWish(Tier.objects.get(slug="gold"), TierAssignment.Kind.FLOOR, "guest")
    asked = ask_tier(member=member, wish=wish, key="k", at=NOON, actor=CLERK)
    given = approve_tier(assignment=asked, note="", at=NOON, actor=BOSS)
    assert gifts(member) == [gift_of("gold", 500)]
    make_purchase(member, amount_minor=10_000)
    end_tier(assignment=given, at=NOON, actor=BOSS)
    assert Account.objects.get().tier.slug == "silver"
    assert gifts(member) == [gift_of("gold", 500)]
    assert differences() == []


def test_a_closed_membership_gets_nothing(ladder):
    member = make_member()
    make_purchase(member, amount_minor=10_000)
    close_member(member=member, reason="", at=NOON, actor=CLERK)
    before = everything()
    assert recompute_touched_tiers(at=NOON) == 1
    assert everything()[1:] == before[1:]
    assert gifts(member) == []


def test_other_thresholds_give_to_those_who_come_up_by_them(ladder):
    member = make_member()
    make_purchase(member, amount_minor=25_000)
    recompute_touched_tiers(at=NOON)
    gold = Tier.objects.get(slug="gold")
    details = TierDetails("gold", "Gold", threshold=200, entry_gift=500)
    draft = save_or_draft_tier(details=details, tier=gold, at=NOON, actor=CLERK)
    assert gifts(member) == [gift_of("silver", 50)]
    apply_tier_draft(draft=draft, at=NOON, actor=CLERK)
    assert gifts(member) == [gift_of("silver", 50), gift_of("gold", 500)]


def test_verify_names_a_gift_without_a_move(ladder):
    member = make_member()
    give_points(member, 5, at=NOON)
    make_purchase(member, amount_minor=10_000)
    recompute_touched_tiers(at=NOON)
    tier = Tier.objects.get(slug="silver")
    assert differences() == []
    Tier.objects.filter(pk=tier.pk).update(slug="other")
    [row] = differences()
    assert row.endswith(f"found tier:{tier.pk}, expected a move to that tier, then")
