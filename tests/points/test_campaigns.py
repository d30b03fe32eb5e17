"""Campaigns: for whom and when their rules work, who is kept apart, and their states."""

from datetime import timedelta
from fractions import Fraction

import pytest
from django.db import IntegrityError, transaction

from loyalty_site.lib.actors import staff_actor
from points.errors.campaigns import (
    CampaignMoved,
    CampaignNotReady,
    CampaignRulesFixed,
    OwnCampaign,
)
from points.errors.posting import NameTaken
from points.models import Campaign, EarningRule, Entry, ImportRow, PurchaseImport
from points.rules.base import EarningEvent
from points.selectors.campaigns_in_force import CampaignInForce, is_held_out
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services import campaigns
from points.services.campaigns import CampaignDetails, save_campaign, submit_campaign
from points.services.imports.estimating import estimated_points
from points.services.rule_drafts import publish_draft, save_draft
from points.services.rules import save_rule
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
    new_purchase,
    set_programme,
)
from tests.points.books import differences, everything

DAY = timedelta(days=1)
SALT = "0198c0de00007000800000000000cafe"
COLLEAGUE = staff_actor("colleague")


def in_force(**more):
    given = {"tiers": frozenset(), "holdout_percent": 0, "version_ids": frozenset()}
    dates = {"id": 1, "starts_at": NOON, "ends_at": NOON + DAY}
    return CampaignInForce(salt=SALT, **(dates | given | more))


@pytest.mark.parametrize(
    ("more", "facts", "why"),
    [
        ({}, {}, ""),
        ({}, {"occurred_at": NOON - timedelta(microseconds=1)}, "not_started"),
        ({}, {"occurred_at": NOON + DAY - timedelta(microseconds=1)}, ""),
        ({}, {"occurred_at": NOON + DAY}, "ended"),
        ({"tiers": frozenset({"gold"})}, {"tier": "gold"}, ""),
        ({"tiers": frozenset({"gold"})}, {"tier": "silver"}, "audience"),
        ({"tiers": frozenset({"gold"})}, {}, "audience"),
    ],
)
def test_for_whom_and_when(more, facts, why):
    event = EarningEvent(**({"amount_minor": 1000, "occurred_at": NOON} | facts))
    assert in_force(**more).left_out(event, 1) == why


def test_who_is_kept_apart_stays_so():
    """Written down once: another computation would move members between the groups."""
    held_out = [n for n in range(1, 200) if is_held_out(SALT, n, 10)]
    assert held_out == [
        6,
        18,
        24,
        35,
        47,
        54,
        72,
        77,
        86,
        88,
        101,
        116,
        123,
        131,
        156,
        170,
        189,
    ]
    assert [n for n in range(1, 200) if is_held_out(SALT, n, 0)] == []


@pytest.mark.parametrize("percent", [1, 10, 50, 90])
def test_the_share_kept_apart_is_the_one_asked_for(percent):
    of = 20_000
    share = Fraction(sum(is_held_out(SALT, n, percent) for n in range(of)), of)
    assert abs(share - Fraction(percent, 100)) < Fraction(1, 100)


def test_a_larger_share_keeps_those_who_were_apart_and_others_are_drawn_anew():
    ten, twenty = (
        {n for n in range(5000) if is_held_out(SALT, n, percent)}
        for percent in (10, 20)
    )
    other = {n for n in range(5000) if is_held_out("another", n, 10)}
    assert ten < twenty
    assert len(ten & other) < 100


# With the engine ----------------------------------------------------------------

pytest_db = pytest.mark.django_db


def make_campaign(*, points=50, runs=True, **details):
    dates = {"starts_at": NOON - DAY, "ends_at": NOON + DAY}
    campaign = save_campaign(
        details=CampaignDetails(**({"name": "Autumn"} | dates | details)),
        at=NOON,
        actor=CLERK,
    )
    save_rule(
        name=f"{campaign.name} bonus",
        kind="fixed",
        params={"points": points},
        at=NOON,
        actor=CLERK,
        campaign=campaign,
    )
    if runs:
        submit_campaign(campaign=campaign, at=NOON, actor=CLERK)
        campaign.refresh_from_db()
    return campaign


def earned(member=None, at=NOON):
    return make_purchase(member or make_member(), amount_minor=1000, at=at).points


def two_members(campaign):
    """A member whom the campaign reaches and one who is kept apart."""
    found = {}
    while len(found) < 2:
        member = make_member()
        held_out = is_held_out(campaign.salt, member.pk, campaign.holdout_percent)
        found.setdefault(held_out, member)
    return found[False], found[True]


@pytest_db
def test_the_rules_of_a_campaign_work_within_its_dates_only_while_it_runs():
    make_rule()
    campaign = make_campaign(runs=False)
    assert earned() == 10
    submit_campaign(campaign=campaign, at=NOON, actor=CLERK)
    days = [NOON - 2 * DAY, NOON - DAY, NOON, NOON + DAY]
    assert [earned(at=at) for at in days] == [10, 60, 60, 10]
    for step, points in (("pause", 10), ("resume", 60), ("end", 10)):
        getattr(campaigns, f"{step}_campaign")(campaign=campaign, actor=CLERK)
        assert earned() == points
    assert differences() == []


@pytest_db
def test_members_kept_apart_get_what_they_would_without_the_campaign():
    make_rule()
    campaign = make_campaign(holdout_percent=50)
    reached, apart = two_members(campaign)
    assert (earned(reached), earned(apart)) == (60, 10)
    entry = Entry.objects.get(account=apart.pk)
    assert entry.trace["campaigns"] == [[campaign.pk, "held_out"]]
    assert explain(entry.trace).left_out == (
        "The member is kept apart from the campaign Autumn, to compare.",
    )
    assert "campaigns" not in Entry.objects.get(account=reached.pk).trace
    for member, points in ((reached, 60), (apart, 10)):
        quoted = quote_purchase(purchase=new_purchase(member), at=NOON)
        assert quoted.points == points


@pytest_db
def test_a_campaign_for_a_tier_asks_for_the_tier_of_that_day():
    gold = make_tiers(gold=100)["gold"]
    make_campaign(tiers=["gold"])
    member = make_member()
    member.account.tier, member.account.tier_since = gold, NOON
    member.account.save()
    assert (earned(member), earned(member, at=NOON - DAY)) == (50, 0)
    assert earned() == 0


@pytest_db
def test_two_campaigns_draw_their_members_apart():
    make_campaign(name="A", points=1)
    make_campaign(name="B", points=2, tiers=["none"])
    assert earned() == 1


# Its life -----------------------------------------------------------------------


def states():
    return list(Campaign.objects.order_by("pk").values("state", "approved_by", "name"))


@pytest_db
def test_above_the_limit_a_second_person_approves():
    set_programme(campaign_alone_points=0)
    campaign = make_campaign()
    assert (campaign.state, earned()) == ("waiting", 0)
    before = states()
    with pytest.raises(OwnCampaign):
        campaigns.approve_campaign(campaign=campaign, at=NOON, actor=CLERK)
    assert states() == before
    campaigns.approve_campaign(campaign=campaign, at=NOON, actor=COLLEAGUE)
    assert earned() == 50


@pytest_db
def test_a_campaign_that_was_sent_back_can_be_changed_and_submitted_again():
    set_programme(campaign_alone_points=0)
    campaign = make_campaign()
    campaigns.refuse_campaign(campaign=campaign, note="Too much", actor=COLLEAGUE)
    details = CampaignDetails("Less", NOON - DAY, NOON + DAY)
    save_campaign(details=details, at=NOON, actor=CLERK, campaign=campaign)
    submit_campaign(campaign=campaign, at=NOON, actor=COLLEAGUE)
    campaigns.approve_campaign(campaign=campaign, at=NOON, actor=CLERK)
    assert states() == [{"state": "running", "approved_by": str(CLERK), "name": "Less"}]


@pytest_db
def test_the_database_refuses_ones_own_approval():
    set_programme(campaign_alone_points=0)
    make_campaign()
    for approved_by in ("", str(CLERK)):
        with (
            pytest.raises(IntegrityError, match="another_person"),
            transaction.atomic(),
        ):
            Campaign.objects.update(state="running", approved_by=approved_by)


@pytest_db
@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("draft", "pause"),
        ("draft", "end"),
        ("running", "resume"),
        ("running", "refuse"),
        ("paused", "pause"),
        ("paused", "submit"),
        ("ended", "resume"),
        ("ended", "end"),
        ("running", "approve"),
        ("running", "save"),
    ],
)
def test_steps_that_do_not_fit_change_nothing(state, step):
    campaign = make_campaign()
    Campaign.objects.update(state=state)
    before = states()
    more = {
        "submit": {"at": NOON},
        "approve": {"at": NOON},
        "refuse": {"note": "x"},
        "save": {"at": NOON, "details": CampaignDetails("x", NOON, NOON + DAY)},
    }.get(step, {})
    with pytest.raises(CampaignMoved):
        getattr(campaigns, f"{step}_campaign")(campaign=campaign, actor=CLERK, **more)
    assert states() == before


@pytest_db
def test_a_campaign_without_rules_or_after_its_end_does_not_start():
    empty = save_campaign(
        details=CampaignDetails("Empty", NOON, NOON + DAY), at=NOON, actor=CLERK
    )
    late = make_campaign(runs=False)
    for campaign, at in ((empty, NOON), (late, NOON + DAY)):
        with pytest.raises(CampaignNotReady):
            submit_campaign(campaign=campaign, at=at, actor=CLERK)
    assert {row["state"] for row in states()} == {"draft"}


@pytest_db
def test_names_are_taken_once():
    make_campaign()
    before = states()
    with pytest.raises(NameTaken):
        save_campaign(
            details=CampaignDetails("Autumn", NOON, NOON + DAY), at=NOON, actor=CLERK
        )
    assert states() == before


@pytest_db
def test_the_rules_of_a_campaign_stay_once_it_was_submitted():
    campaign = make_campaign(runs=False)
    rule = EarningRule.objects.get()
    said = {"kind": "fixed", "params": {"points": 9}, "at": NOON, "actor": CLERK}
    draft = save_draft(**said, name="Later", campaign=campaign)
    save_rule(**said, name=rule.name, rule=rule)
    submit_campaign(campaign=campaign, at=NOON, actor=CLERK)
    before = EarningRule.objects.count(), rule.versions.count(), everything()
    with pytest.raises(CampaignRulesFixed):
        save_rule(**said | {"params": {"points": 99}}, name=rule.name, rule=rule)
    with pytest.raises(CampaignRulesFixed):
        save_rule(**said, name="Another", campaign=campaign)
    with pytest.raises(CampaignRulesFixed):
        publish_draft(draft=draft, at=NOON, actor=CLERK)
    assert (EarningRule.objects.count(), rule.versions.count(), everything()) == before


@pytest_db
def test_the_estimate_of_an_import_leaves_out_whom_the_campaign_leaves_out():
    make_rule()
    campaign = make_campaign(holdout_percent=50)
    batch = PurchaseImport.objects.create(
        source="shop",
        file_name="a.csv",
        file_path="a.csv",
        file_sha256="x",
        created_at=NOON,
    )
    for n, member in enumerate(two_members(campaign)):
        ImportRow.objects.create(
            batch=batch,
            line=n,
            source_id=str(n),
            member_id=member.pk,
            amount_minor=1000,
            occurred_at=NOON,
        )
    assert estimated_points(batch, rows=2) == 70
