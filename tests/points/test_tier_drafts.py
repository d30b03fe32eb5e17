"""Other thresholds and terms are looked at first: who would move, then everybody or nobody."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from django.urls import reverse

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from points.errors.tiers import DraftDecided, ThresholdTaken
from points.models import Account, Tier, TierChange, TierDraft, TierTerms
from points.services import tier_drafts
from points.services.tier_drafts import (
    apply_tier_draft,
    discard_tier_draft,
    save_or_draft_terms,
    save_or_draft_tier,
)
from points.services.tier_settings import TierDetails, TierTermsWish
from points.services.tiers import last_member_id, recompute_all_tiers
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
)
from tests.points.books import differences
from tests.races import Meeting, at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def members():
    """Four members with 50, 150, 250 and 350 points of this year."""
    make_rule()
    make_tiers(silver=100, gold=300)
    members = [make_member() for _each in range(4)]
    for member, points in zip(members, (50, 150, 250, 350), strict=True):
        make_purchase(member, amount_minor=100 * points)
    recompute_all_tiers(at=NOON)
    return members


def draft_gold(threshold):
    gold = Tier.objects.get(slug="gold")
    details = TierDetails("gold", "Gold", threshold=threshold)
    return save_or_draft_tier(details=details, tier=gold, at=NOON, actor=CLERK)


def held():
    rows = Account.objects.order_by("pk").values_list("tier__slug", flat=True)
    return list(rows)


def test_a_draft_counts_the_moves_and_changes_nothing(members):
    before = (held(), TierChange.objects.count())

    draft = draft_gold(200)

    assert draft.moves == [["silver", "gold", True, 1, [members[2].pk]]]
    assert (draft.state, draft.members) == ("ready", 4)
    assert Tier.objects.get(slug="gold").threshold == 300
    assert (held(), TierChange.objects.count()) == before
    assert differences() == []


def test_applied_it_moves_those_who_were_counted_and_says_why(members):
    draft = draft_gold(200)
    apply_tier_draft(draft=draft, at=NOON, actor=CLERK)
    assert held() == [None, "silver", "gold", "gold"]
    change = TierChange.objects.latest("id")
    assert (change.account_id, change.cause) == (members[2].pk, "terms")
    assert recompute_all_tiers(at=NOON) == 0
    assert differences() == []
    for decide in (apply_tier_draft, discard_tier_draft):
        with pytest.raises(DraftDecided):
            decide(draft=draft, at=NOON, actor=CLERK)


def test_discarded_it_leaves_everything(members):
    draft = draft_gold(1000)
    assert draft.moves == [["gold", "silver", False, 1, [members[3].pk]]]
    discard_tier_draft(draft=draft, at=NOON, actor=CLERK)
    with pytest.raises(DraftDecided):
        apply_tier_draft(draft=draft, at=NOON, actor=CLERK)
    assert held() == [None, "silver", "silver", "gold"]
    assert Tier.objects.get(slug="gold").threshold == 300


def test_terms_are_drafted_too(members):
    new_year = datetime(2027, 1, 1, tzinfo=UTC)
    wish = TierTermsWish(window="year")
    draft = save_or_draft_terms(wish=wish, at=new_year, actor=CLERK)
    assert sum(move[3] for move in draft.moves if not move[2]) == 3
    assert TierTerms.objects.get().window == "rolling_months"


def test_an_impossible_ladder_is_no_draft(members):
    with pytest.raises(ThresholdTaken):
        draft_gold(100)
    assert not TierDraft.objects.exists()


def test_names_and_perks_need_no_draft(members):
    gold = Tier.objects.get(slug="gold")
    details = TierDetails("gold", "Or", threshold=300, perks="Tea")
    assert save_or_draft_tier(details=details, tier=gold, at=NOON, actor=CLERK) is None
    assert Tier.objects.get(slug="gold").perks == "Tea"


def test_many_members_are_counted_and_moved_by_jobs(members, monkeypatch):
    # Two chunks, however many ids other tests have used up.
    monkeypatch.setattr(tier_drafts, "MEMBERS_PER_CHUNK", last_member_id() - 2)
    draft = draft_gold(200)
    assert draft.state == "counting"
    with pytest.raises(DraftDecided):
        apply_tier_draft(draft=draft, at=NOON, actor=CLERK)
    run(draft.job)
    draft.refresh_from_db()
    assert (draft.state, draft.members) == ("ready", 4)
    assert [move[:4] for move in draft.moves] == [["silver", "gold", True, 1]]

    apply_tier_draft(draft=draft, at=NOON, actor=CLERK)
    run(TierDraft.objects.get().job)
    assert held() == [None, "silver", "gold", "gold"]


def run(job: Job) -> None:
    while run_chunk(job_id=job.pk, at=NOON):
        pass


def test_a_marketer_sees_who_would_move_and_decides(marketer, members):
    gold = {"name": "Gold", "threshold": "200", "multiplier": "1"}
    answer = marketer.post(reverse("points:tier-edit", args=["gold"]), gold)
    draft = TierDraft.objects.get()
    assert answer.url == draft.get_absolute_url()
    page = marketer.get(answer.url).content.decode()
    assert "1 members would move up, 0 down; 3 stay where they are." in page
    assert members[2].number in page

    assert marketer.post(answer.url, {"decision": "apply"}).status_code == 302
    assert Tier.objects.get(slug="gold").threshold == 200
    assert marketer.post(answer.url, {"decision": "apply"}).status_code == 422


def test_others_do_not_decide(manager, members):
    draft = draft_gold(200)
    answer = manager.post(draft.get_absolute_url(), {"decision": "apply"})
    assert (answer.status_code, Tier.objects.get(slug="gold").threshold) == (403, 300)


def applied_by_two() -> Counter[str]:
    make_tiers(silver=100, gold=300)
    make_member()
    draft = draft_gold(200)
    return at_once(*[lambda: apply_tier_draft(draft=draft, at=NOON, actor=CLERK)] * 2)


@pytest.mark.django_db(transaction=True)
def test_a_draft_is_applied_once_however_many_ask():
    assert applied_by_two() == {"done": 1, "DraftDecided": 1}
    assert Tier.objects.get(slug="gold").threshold == 200


@pytest.mark.django_db(transaction=True)
def test_without_its_locks_a_draft_is_applied_twice(monkeypatch):
    monkeypatch.setattr(tier_drafts, "lock_settings", lambda: None)
    monkeypatch.setattr(
        tier_drafts, "_in_state", lambda draft, *_: TierDraft.objects.get(pk=draft.pk)
    )
    Meeting(monkeypatch, clients=2).after(tier_drafts, "_in_state")
    assert applied_by_two()["DraftDecided"] == 0
