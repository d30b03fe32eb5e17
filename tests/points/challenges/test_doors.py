"""Challenges and badges as members and other systems see them."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from points.models import Challenge
from points.selectors.campaigns_in_force import is_held_out
from points.services.challenges.keeping import Goal, pause_challenge
from points.views.portal_access import SESSION_KEY
from tests.api.conftest import Till, new_key
from tests.factories import CLERK, NOON, make_member, make_rule, make_tiers
from tests.points.challenges.worlds import (
    DAY,
    buy,
    by_touch,
    make_badge,
    make_challenge,
)
from tests.points.test_campaigns import make_campaign
from tests.points.test_merges import merge

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        make_rule()
        yield


def portal_of(member):
    client = Client()
    session = client.session
    session[SESSION_KEY] = member.pk
    session.save()
    return client.get("/me/challenges/").content.decode()


def read(path):
    answer = Till(new_key("points:read")).get(path)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_members_see_how_far_they_are_and_what_they_have():
    make_challenge(
        Goal("purchases", 2), Goal("spend", 5000), needs="any", name="Either"
    )
    make_challenge(Goal("visits", 1), badge_id=make_badge("Regular").pk, points=0)
    member = make_member()
    assert "My badges" not in portal_of(member)
    buy(member, 1000)
    by_touch()
    page = portal_of(member)
    for text in ("1 of 2", "US$10.00 of US$50.00", "One of the goals is enough"):
        assert text in page
    assert 'aria-label="2 purchases"' in page
    assert "Regular" in page.split("My badges")[1]


def test_nobody_sees_what_is_not_for_them():
    campaign = make_campaign(points=1, holdout_percent=50)
    gold = make_tiers(gold=100)["gold"]
    gold.rank = 1
    gold.save()
    make_challenge(name="Of a campaign", campaign_id=campaign.pk)
    make_challenge(name="For gold", tier_id=gold.pk)
    make_challenge(name="A draft", is_draft=True)
    make_challenge(name="To come", starts_at=NOON + DAY)
    make_challenge(name="Over", ends_at=NOON)
    pause_challenge(challenge=make_challenge(name="In a pause"), actor=CLERK)
    members = [make_member() for _ in range(12)]
    apart = next(m for m in members if is_held_out(campaign.salt, m.pk, 50))
    taking_part = next(m for m in members if not is_held_out(campaign.salt, m.pk, 50))
    assert "There is no challenge for you" in portal_of(apart)
    path = f"/members/{taking_part.number}/challenges"
    assert [each["names"]["en"] for each in read(path)] == ["Of a campaign"]
    listed = {each["names"]["en"] for each in read("/challenges")}
    assert listed == {"Of a campaign", "For gold"}


def test_other_systems_read_progress_of_the_week_and_badges():
    badge = make_badge("Regular")
    weekly = make_challenge(
        Goal("purchases", 2, least_minor=500),
        repeat="week",
        badge_id=badge.pk,
        points=20,
    )
    member = make_member()
    for at in (NOON - 6 * DAY, NOON - 5 * DAY, NOON):
        buy(member, at=at)
    by_touch()
    [found] = read(f"/members/{member.number}/challenges")
    assert found["period"] == "2026-06-15"
    assert (found["times"], found["reached_at"]) == (1, None)
    assert found["goals"] == [
        {
            "kind": "purchases",
            "target": 2,
            "what": "",
            "smallest_purchase": 500,
            "had": 1,
            "is_reached": False,
        }
    ]
    buy(member)
    by_touch()
    [found] = read(f"/members/{member.number}/challenges")
    assert (found["times"], found["points_given"]) == (2, 20)
    [had] = read(f"/members/{member.number}/badges")
    assert had["badge"]["names"]["zh_hant"] == "Regular"
    assert had["challenge"] == str(weekly.public_id)
    [listed] = read("/challenges")
    assert (listed["repeat"], listed["badge"]["id"]) == ("week", str(badge.public_id))


def test_badges_of_a_merged_membership_are_the_members():
    make_challenge(Goal("purchases", 1), badge_id=make_badge("Regular").pk)
    stays, goes = make_member(), make_member()
    buy(goes)
    by_touch()
    merge(stays, goes)
    assert len(read(f"/members/{stays.number}/badges")) == 1
    [progress] = read(f"/members/{stays.number}/challenges")
    assert (progress["goals"][0]["had"], progress["times"]) == (1, 1)
    assert progress["reached_at"] is not None


def test_a_key_without_the_scope_reads_nothing():
    member = make_member()
    till = Till(new_key("members:write"))
    for path in ("/challenges", f"/members/{member.number}/challenges"):
        assert till.get(path).status_code == 403
    assert not Challenge.objects.exists()
