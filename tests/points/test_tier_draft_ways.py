"""A draft is applied to all, to those who move up alone, or from the next period."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from points.errors.tiers import DraftDecided, NoNextPeriod
from points.models import Account, Tier, TierChange, TierDraft, TierKeep, TierTerms
from points.selectors.tier_progress import progress_of
from points.services.tier_drafts import (
    apply_scheduled_drafts,
    apply_tier_draft,
    discard_tier_draft,
    save_or_draft_terms,
    save_or_draft_tier,
)
from points.services.tier_keeps import kept_until
from points.services.tier_settings import TierDetails, TierTermsWish, save_tier
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from points.tiering.plan import Plan, Rung
from points.tiering.windows import Window
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
)
from tests.points.books import differences

How = TierDraft.How
NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
JOINED = datetime(2024, 3, 10, 9, tzinfo=UTC)


def plan(kind: str, **terms) -> Plan:
    rungs = (Rung(1, {"threshold": 100}), Rung(2, {"threshold": 300}, is_for_life=True))
    return Plan(Window(kind, ZoneInfo("UTC")), rungs, **terms)


@pytest.mark.parametrize(
    ("terms", "periods_ago", "until"),
    [
        ({"kind": "year"}, 0, "2027-01-01"),
        ({"kind": "year", "valid_periods": 1, "grace_days": 31}, 0, "2028-02-01"),
        # Reached in the year before this one, valid for one more: through this year.
        ({"kind": "year", "valid_periods": 1}, 1, "2027-01-01"),
        ({"kind": "year"}, 1, "2026-01-01"),
        ({"kind": "quarter"}, 0, "2026-07-01"),
        ({"kind": "anniversary"}, 0, "2027-03-10"),
        ({"kind": "year", "downgrade": "none"}, 0, None),
        ({"kind": "lifetime"}, 0, None),
    ],
)
def test_how_long_a_tier_is_kept(terms, periods_ago, until):
    found = kept_until(plan(**terms), 1, NOON, JOINED, periods_ago=periods_ago)
    expected = datetime.fromisoformat(until).replace(tzinfo=UTC) if until else None
    assert found == expected


def test_of_a_rolling_window_it_is_kept_for_its_length_and_for_life_for_good():
    assert kept_until(plan("rolling_months"), 1, NOON, JOINED) == NOON.replace(
        year=2027
    )
    assert kept_until(plan("year"), 2, NOON, JOINED) is None


@pytest.fixture
def members(db):
    """Four members with 50, 150, 250 and 350 points; Silver from 100, Gold from 300."""
    make_rule()
    make_tiers(silver=100, gold=300)
    TierTerms.objects.update(window="year", valid_periods=1)
    members = [make_member() for _each in range(4)]
    for member, points in zip(members, (50, 150, 250, 350), strict=True):
        make_purchase(member, amount_minor=100 * points)
    recompute_all_tiers(at=NOON)
    return members


def draft_of(slug: str, threshold: int) -> TierDraft:
    tier = Tier.objects.get(slug=slug)
    details = TierDetails(slug, tier.name, threshold=threshold)
    draft = save_or_draft_tier(details=details, tier=tier, at=NOON, actor=CLERK)
    assert draft is not None
    return draft


def apply(draft: TierDraft, how: str, at: datetime = NOON) -> TierDraft:
    return apply_tier_draft(draft=draft, how=how, at=at, actor=CLERK)


def held() -> list[str | None]:
    rows = Account.objects.order_by("pk").values_list("tier__slug", flat=True)
    return list(rows)


def test_only_upgrades_takes_nothing_until_the_validity_ends(members):
    apply(draft_of("silver", 200), How.UPGRADES)
    assert held() == [None, "silver", "silver", "gold"]
    apply(draft_of("gold", 250), How.UPGRADES)
    assert held() == [None, "silver", "gold", "gold"]
    [keep] = TierKeep.objects.all()
    end = datetime(2028, 1, 1, tzinfo=UTC)
    assert (keep.account_id, keep.ends_at) == (members[1].pk, end)
    assert recompute_all_tiers(at=NOON) == recompute_touched_tiers(at=NOON) == 0
    assert differences() == []
    before = end - timedelta(microseconds=1)
    assert recompute_all_tiers(at=before) == 0
    assert recompute_all_tiers(at=end) == 3
    assert held() == [None, None, None, None]
    assert differences(at=end) == []


def test_all_takes_at_once(members):
    apply(draft_of("silver", 200), How.ALL)
    assert held() == [None, None, "silver", "gold"]
    assert TierKeep.objects.count() == 0


def test_what_time_took_before_is_not_kept(members):
    TierTerms.objects.update(valid_periods=0)
    draft = draft_of("silver", 200)
    apply(draft, How.UPGRADES, at=NEW_YEAR)
    assert held() == [None] * 4
    assert TierKeep.objects.count() == 0


def test_the_page_says_what_is_kept(members):
    apply(draft_of("silver", 200), How.UPGRADES)
    account = Account.objects.select_related("tier").get(pk=members[1].pk)
    progress = progress_of(account, at=NOON)
    assert (progress.kept.tier.slug, progress.natural) == ("silver", None)
    assert progress.following.slug == "silver"


def test_from_the_next_period_nothing_happens_before_it(members):
    draft = apply(draft_of("silver", 200), How.NEXT_PERIOD)
    assert (draft.state, draft.applies_at) == ("scheduled", NEW_YEAR)
    assert apply_scheduled_drafts(at=NEW_YEAR - timedelta(microseconds=1)) == 0
    assert Tier.objects.get(slug="silver").threshold == 100
    assert held() == [None, "silver", "silver", "gold"]
    assert apply_scheduled_drafts(at=NEW_YEAR) == 1
    assert Tier.objects.get(slug="silver").threshold == 200
    # What was reached under the old threshold is valid for the one further year.
    assert held() == [None, "silver", "silver", "gold"]
    assert differences(at=NEW_YEAR) == []
    make_purchase(members[0], amount_minor=15_000, at=NEW_YEAR + timedelta(days=1))
    assert recompute_touched_tiers(at=NEW_YEAR + timedelta(days=2)) == 0
    assert apply_scheduled_drafts(at=NEW_YEAR) == 0
    assert recompute_all_tiers(at=NEW_YEAR.replace(year=2028)) == 3


@pytest.mark.parametrize("window", ["rolling_months", "lifetime", "anniversary"])
def test_without_a_period_for_everybody_there_is_no_next(members, window):
    TierTerms.objects.update(window=window, valid_periods=0)
    draft = draft_of("silver", 200)
    with pytest.raises(NoNextPeriod):
        apply(draft, How.NEXT_PERIOD)
    draft.refresh_from_db()
    assert (draft.state, draft.applies_at) == ("ready", None)


def test_what_became_impossible_is_ready_again(members):
    draft = apply(draft_of("silver", 200), How.NEXT_PERIOD)
    details = TierDetails("gold", "Gold", threshold=200)
    save_tier(details=details, tier=Tier.objects.get(slug="gold"), actor=CLERK)
    assert apply_scheduled_drafts(at=NEW_YEAR) == 0
    draft.refresh_from_db()
    assert (draft.state, draft.decided_at) == ("ready", None)
    assert Tier.objects.get(slug="silver").threshold == 100


def test_a_scheduled_draft_can_be_discarded(members):
    draft = apply(draft_of("silver", 200), How.NEXT_PERIOD)
    with pytest.raises(DraftDecided):
        apply(draft, How.ALL)
    discard_tier_draft(draft=draft, at=NOON, actor=CLERK)
    assert apply_scheduled_drafts(at=NEW_YEAR) == 0
    assert TierChange.objects.filter(cause="terms").count() == 0


def test_other_terms_can_spare_everybody_too(members):
    wish = TierTermsWish(window="rolling_days", window_length=1)
    draft = save_or_draft_terms(wish=wish, at=NOON + timedelta(days=3), actor=CLERK)
    assert draft is not None
    apply(draft, How.UPGRADES, at=NOON + timedelta(days=3))
    assert held() == [None, "silver", "silver", "gold"]
    assert recompute_all_tiers(at=NOON + timedelta(days=4)) == 3


def test_a_marketer_chooses_how(members, marketer):
    page = draft_of("silver", 200).get_absolute_url()
    assert "next_period" in marketer.get(page).text
    answer = marketer.post(page, {"decision": "apply", "how": "next_period"})
    assert answer.url == page
    assert "scheduled" in TierDraft.objects.get().state
    assert page in marketer.get(reverse("points:tier-list")).text
    TierTerms.objects.update(window="lifetime", valid_periods=0)
    other = draft_of("gold", 400).get_absolute_url()
    assert 'value="next_period"' not in marketer.get(other).text
    answer = marketer.post(other, {"decision": "apply", "how": "next_period"})
    assert answer.status_code == 422
