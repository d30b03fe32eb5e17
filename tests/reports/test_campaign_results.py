"""What a campaign did: sums by arm, and a difference with its interval."""

import math
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from points.models import Campaign
from points.selectors.campaign_results import Arm, CampaignSums, campaign_sums
from points.selectors.campaigns_in_force import is_held_out
from points.services.tiers import recompute_all_tiers
from points.services.voids import void_purchases
from reports.presentation.campaigns import page_of
from reports.statistics.differences import Sample, difference_of
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    make_tiers,
)
from tests.points.test_campaigns import make_campaign

DAY = timedelta(days=1)


def sample(values: list[int]) -> Sample:
    return Sample(len(values), sum(values), sum(each * each for each in values))


def test_the_difference_of_two_means_by_hand():
    """Means 3 and 2; variances 120/59 and 30/29 by n - 1; error by both."""
    first, second = [2, 4] * 30, [1, 3] * 15
    found = difference_of(sample(first), sample(second))
    error = math.sqrt(60 / 59 / 60 + 30 / 29 / 30)
    assert found.value == 1
    assert found.low == pytest.approx(1 - 1.959964 * error)
    assert found.high == pytest.approx(1 + 1.959964 * error)
    assert found.is_clear
    assert found.p == pytest.approx(math.erfc(1 / error / math.sqrt(2)))


@pytest.mark.parametrize(
    ("first", "second"), [([1] * 29, [1] * 300), ([], []), ([5] * 300, [])]
)
def test_too_few_say_nothing(first, second):
    assert difference_of(sample(first), sample(second)) is None


def test_all_the_same_is_no_difference():
    found = difference_of(sample([7] * 40), sample([7] * 40))
    assert (found.low, found.high, found.is_clear) == (0, 0, False)


@pytest.fixture
def campaign(db):
    make_rule()
    return make_campaign(holdout_percent=50)


def shop(campaign: Campaign, count: int = 12) -> tuple[list, list]:
    """Each buys once, half of them twice; return the members of both arms."""
    members = [make_member() for _each in range(count)]
    inside = campaign.starts_at + timedelta(hours=1)
    for n, member in enumerate(members):
        make_purchase(member, amount_minor=1000 + n, at=inside)
        if n % 2:
            make_purchase(member, amount_minor=500, at=inside + timedelta(minutes=1))
        make_purchase(member, amount_minor=9_999, at=campaign.starts_at - DAY)
        make_purchase(member, amount_minor=9_999, at=campaign.ends_at)
    arms: tuple[list, list] = ([], [])
    for n, member in enumerate(members):
        spend = 1000 + n + (500 if n % 2 else 0)
        arms[is_held_out(campaign.salt, member.pk, 50)].append((1 + n % 2, spend))
    return arms


def arm_of(rows: list) -> Arm:
    return Arm(
        len(rows),
        len(rows),
        sum(count for count, _spend in rows),
        sum(count * count for count, _spend in rows),
        sum(spend for _count, spend in rows),
        sum(spend * spend for _count, spend in rows),
    )


def test_the_sums_are_those_of_the_members_one_by_one(campaign):
    reached, held_out = shop(campaign)
    found = campaign_sums(campaign, at=campaign.ends_at + DAY)
    assert found.reached == arm_of(reached)
    assert found.held_out == arm_of(held_out)
    assert found.until == campaign.ends_at


def test_who_bought_nothing_counts_as_a_member_and_a_void_as_nothing(campaign):
    member = make_member()
    posted = make_purchase(member, at=campaign.starts_at)
    void_purchases(purchase_ids=[posted.purchase_id], reason="", at=NOON, actor=CLERK)
    make_member(at=campaign.ends_at)
    found = campaign_sums(campaign, at=campaign.ends_at)
    arms = (found.reached, found.held_out)
    assert sum(arm.members for arm in arms) == 1
    assert sum(arm.buyers for arm in arms) == 0


def test_of_tiers_those_are_asked_who_held_one_at_the_start(db):
    make_rule()
    make_tiers(silver=10)
    silver, later = make_member(), make_member()
    make_purchase(silver, amount_minor=2000, at=NOON - 9 * DAY)
    recompute_all_tiers(at=NOON - 9 * DAY)
    campaign = make_campaign(tiers=("silver",), holdout_percent=0)
    make_purchase(later, amount_minor=2000, at=campaign.starts_at)
    recompute_all_tiers(at=campaign.starts_at + timedelta(hours=1))
    found = campaign_sums(campaign, at=campaign.ends_at)
    assert (found.reached.members, found.reached.buyers) == (1, 0)


def test_the_page_compares_and_is_linked(campaign, manager):
    page = reverse("reports:campaign-results", args=[campaign.public_id])
    assert page in manager.get(campaign.get_absolute_url()).text
    answer = manager.get(page)
    assert [row.label for row in answer.context["results"].rows][
        -1
    ] == "Spend per member"
    assert answer.context["results"].finding.startswith("Too few members")


def test_arms_that_are_large_enough_get_an_interval():
    arms = (
        Arm(60, 60, 180, 600, 18_000, 6_000_000),
        Arm(30, 30, 60, 150, 6_000, 1_500_000),
    )
    shown = page_of(
        CampaignSums(*arms, points=1_000, until=NOON),
        currency="HKD",
        worth=Decimal("0.05"),
    )
    assert shown.finding == "Members that it reached spent more than those kept apart."
    row = shown.rows[-1]
    assert (row.reached, row.held_out, row.difference) == (
        "HK$3.00",
        "HK$2.00",
        "+HK$1.00",
    )
    assert row.interval == "HK$0.56 to HK$1.44"
    assert shown.extra == "HK$60.00, between HK$33.33 and HK$86.67"
    assert shown.cost == "HK$50.00"


def test_who_may_not_read_reports_gets_no_results(campaign, clerk):
    page = reverse("reports:campaign-results", args=[campaign.public_id])
    assert clerk.get(page).status_code == 403
