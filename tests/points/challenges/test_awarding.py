"""What a challenge gives: once, to those who may take part, within a budget."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from members.services import close_member
from points.models import (
    BadgeGrant,
    Campaign,
    CampaignBudget,
    ChallengeAward,
    ChallengeTouch,
    Entry,
)
from points.selectors.campaigns_in_force import is_held_out
from points.services.challenges import awarding
from points.services.challenges.awarding import evaluate_touched
from points.services.challenges.keeping import (
    Goal,
    end_challenge,
    pause_challenge,
    resume_challenge,
)
from points.services.merges.undoing import undo_merge
from points.services.tier_settings import TierDetails, save_tier
from points.services.tiers import recompute_touched_tiers
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_rule,
    set_programme,
)
from tests.points.books import available, differences
from tests.points.challenges.worlds import (
    BUY_THREE,
    DAY,
    awards,
    buy,
    by_night,
    by_touch,
    make_badge,
    make_challenge,
)
from tests.points.test_campaigns import make_campaign
from tests.points.test_merges import merge
from tests.points.test_races import at_once, without_lock

ONE = Goal("purchases", 1)


@pytest.fixture
def _rule(db):
    make_rule()


def badges():
    return list(BadgeGrant.objects.order_by("pk").values_list("account", "badge"))


@pytest.mark.usefixtures("_rule")
def test_an_award_is_one_entry_with_its_cause_and_is_never_given_again():
    set_programme(expiry_months=12)
    made = make_challenge(ONE, badge_id=make_badge().pk)
    member = make_member()
    buy(member, 1000)
    assert [by_touch(), by_touch(), by_night(), by_touch()] == [1, 0, 0, 0]
    entry = Entry.objects.get(source="challenge")
    award = ChallengeAward.objects.get()
    assert (entry.points, entry.kind, entry.reason) == (500, "bonus", made.name)
    assert (entry.lot.expires_at - NOON).days == 365
    assert (award.entry_id, award.evidence, award.at) == (entry.pk, [1], NOON)
    assert badges() == [(member.pk, made.badge_id)]
    assert available(member) == 510
    assert not ChallengeTouch.objects.exists()
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_a_badge_is_given_once_however_many_challenges_and_weeks_give_it():
    badge = make_badge()
    weekly = make_challenge(ONE, repeat="week", badge_id=badge.pk, points=10)
    make_challenge(ONE, badge_id=badge.pk, points=0)
    member = make_member()
    for days in (0, 6, 7):
        buy(member, at=NOON - days * DAY)
    assert by_touch() == 3
    assert badges() == [(member.pk, badge.pk)]
    by_weekly = ChallengeAward.objects.filter(challenge=weekly)
    assert [each.points for each in by_weekly] == [10, 10]
    assert BadgeGrant.objects.get().award.challenge_id == weekly.pk
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_only_members_from_the_tier_up_take_part():
    for slug, points in (("silver", 10), ("gold", 50)):
        details = TierDetails(slug, slug.title(), points)
        gold = save_tier(details=details, actor=CLERK)
    make_challenge(ONE, tier_id=gold.pk)
    small, large = make_member(), make_member()
    buy(small, 4900)
    buy(large, 5000)
    assert by_touch() == 1
    assert awards() == [(large.pk, "2026-05-31", 500)]
    buy(small, 100)
    assert by_touch() == 1


@pytest.mark.usefixtures("_rule")
@pytest.mark.parametrize("look", [by_touch, by_night])
def test_who_left_gets_nothing(look):
    make_challenge(ONE)
    member = make_member()
    buy(member)
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    assert look() == 0


@pytest.mark.usefixtures("_rule")
def test_what_was_reached_in_a_pause_is_given_when_it_goes_on():
    made = pause_challenge(challenge=make_challenge(ONE), actor=CLERK)
    buy(make_member())
    assert (by_touch(), by_night()) == (0, 0)
    resume_challenge(challenge=made, actor=CLERK)
    assert by_night() == 1


@pytest.mark.usefixtures("_rule")
def test_an_end_gives_what_was_reached_before_it_and_nothing_after():
    made = make_challenge(ONE)
    buy(make_member(), at=NOON - timedelta(seconds=1))
    late = make_member()
    end_challenge(challenge=made, at=NOON, actor=CLERK)
    buy(late, at=NOON)
    assert by_touch() == 1
    assert not ChallengeAward.objects.filter(account=late.pk).exists()


@pytest.mark.usefixtures("_rule")
def test_members_kept_apart_by_the_campaign_get_nothing():
    campaign = make_campaign(points=1, holdout_percent=50)
    make_challenge(ONE, campaign_id=campaign.pk)
    members = [make_member() for _ in range(12)]
    for each in members:
        buy(each)
    apart = {each.pk for each in members if is_held_out(campaign.salt, each.pk, 50)}
    assert apart
    assert by_touch() + by_night() == 12 - len(apart)
    assert apart.isdisjoint(account for account, *_ in awards())
    assert differences() == []
    Campaign.objects.update(holdout_percent=90)
    assert any("kept apart" in row for row in differences())


@pytest.mark.usefixtures("_rule")
@pytest.mark.parametrize(
    ("overflow", "given"), [("trim", [50, 50, 20]), ("nothing", [50, 50])]
)
def test_the_budget_of_the_campaign_pays_and_pauses_it(overflow, given):
    campaign = make_campaign(points=1, budget_points=120, overflow=overflow)
    Campaign.objects.filter(pk=campaign.pk).update(starts_at=NOON - 9 * DAY)
    make_challenge(ONE, campaign_id=campaign.pk, points=50)
    for _ in range(4):
        buy(make_member(), at=NOON - 10 * DAY)
    assert by_touch() == len(given)
    assert [points for *_, points in awards()] == given
    campaign.refresh_from_db()
    assert campaign.state == "paused"
    assert CampaignBudget.objects.get().given_points == sum(given)
    assert (by_touch(), by_night()) == (0, 0)
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_a_merge_adds_up_what_both_did_and_doubles_nothing():
    badge = make_badge()
    make_challenge(badge_id=badge.pk)
    make_challenge(ONE, badge_id=badge.pk, points=0)
    stays, goes = make_member(), make_member()
    buy(stays), buy(stays), buy(goes)
    assert by_touch() == 2
    done = merge(stays, goes)
    assert by_touch() == 1
    assert awards()[0][0] == awards()[1][0] == stays.pk
    assert len(badges()) == 2
    assert (by_night(), by_touch()) == (0, 0)
    assert differences() == []
    undo_merge(merge=done, reason="x", at=NOON, actor=CLERK)
    assert (by_touch(), by_night()) == (0, 0)
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_what_the_merged_membership_had_is_not_given_again():
    made = make_challenge(ONE, badge_id=make_badge().pk)
    stays, goes = make_member(), make_member()
    buy(goes)
    by_touch()
    merge(stays, goes)
    buy(stays)
    assert (by_touch(), by_night()) == (0, 0)
    assert badges() == [(goes.pk, made.badge_id)]
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_a_task_that_dies_leaves_what_is_due(monkeypatch):
    make_challenge(ONE)
    member = make_member()
    buy(member)
    recompute_touched_tiers(at=NOON)

    def die(*_args, **_kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(awarding, "tell_challenges", die)
        with pytest.raises(KeyboardInterrupt):
            evaluate_touched(at=NOON)
    assert (awards(), available(member)) == ([], 10)
    assert evaluate_touched(at=NOON) == 1
    assert differences() == []


@pytest.mark.usefixtures("_rule")
def test_nobody_is_noted_down_while_no_challenge_runs():
    make_challenge(BUY_THREE, is_draft=True)
    buy(make_member())
    recompute_touched_tiers(at=NOON)
    assert not ChallengeTouch.objects.exists()


@pytest.mark.usefixtures("_rule")
def test_the_database_refuses_a_second_award_and_a_change():
    make_challenge(ONE)
    buy(make_member())
    by_touch()
    award = ChallengeAward.objects.get()
    with pytest.raises(IntegrityError, match="once_per_period"), transaction.atomic():
        ChallengeAward.objects.create(
            challenge_id=award.challenge_id,
            account_id=award.account_id,
            period=award.period,
            points=0,
            at=NOON,
            evidence=[],
        )
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        ChallengeAward.objects.update(points=1)


@pytest.mark.usefixtures("_rule")
def test_verify_names_an_award_without_its_points_and_a_badge_without_its_award():
    made = make_challenge(ONE, badge_id=make_badge().pk)
    buy(make_member())
    by_touch()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE points_challengeaward SET points = 400")
    assert len(differences()) == 2
    with connection.cursor() as cursor:
        cursor.execute("UPDATE points_challengeaward SET points = 500")
        cursor.execute("DELETE FROM points_badgegrant")
        cursor.execute("SET LOCAL session_replication_role = origin")
    assert any(f"badge {made.badge_id}" in row for row in differences())


def everybody_looks_at_once(clients: int = 4) -> int:
    make_rule()
    make_challenge(ONE, badge_id=make_badge().pk)
    members = [make_member() for _ in range(5)]
    for each in members:
        buy(each)
    ends = at_once(*[by_night] * clients)
    assert ends["done"] >= 1
    assert len(awards()) == len(badges()) == 5
    assert differences() == []
    return ends["IntegrityError"]


@pytest.mark.django_db(transaction=True)
def test_tasks_at_once_give_once():
    assert everybody_looks_at_once() == 0


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_only_the_constraints_keep_awards_single(monkeypatch):
    without_lock(monkeypatch)
    everybody_counted, within_budget = threading.Barrier(4), awarding._within_budget

    def count_together(*args):
        everybody_counted.wait(10)
        return within_budget(*args)

    monkeypatch.setattr(awarding, "_within_budget", count_together)
    assert everybody_looks_at_once() == 3
