"""Budgets of campaigns: never overspent, given back with refunds, paused when used up."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from points.errors.campaigns import CampaignNotReady
from points.models import Campaign, CampaignBudget, CampaignGrant, Entry, Purchase
from points.rules.pipeline import Outcome
from points.selectors.outcomes import Earned, Share, within_budgets
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services import campaign_budgets, campaigns
from points.services.campaigns import submit_campaign
from points.services.purchases import post_purchases
from points.services.refunds import RefundWish, refund_purchase
from points.services.rules import save_rule
from points.services.voids import void_purchases
from reports.models import Valuation
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    new_purchase,
    next_number,
    redeem,
    set_programme,
)
from tests.points.books import differences
from tests.points.test_campaigns import in_force, make_campaign
from tests.races import Meeting, at_once

DAY = timedelta(days=1)


def shared(*points, total=100, overflow="trim"):
    """A purchase of `total` points to which campaigns 1, 2 … add so many."""
    shares = tuple(
        Share(in_force(id=n, overflow=overflow), each, each)
        for n, each in enumerate(points, start=1)
    )
    return Earned(Outcome(total, total, {"points": total}), shares)


@pytest.mark.parametrize(
    ("earned", "left", "expected"),
    [
        (shared(50), {}, (100, 100, [50])),
        (shared(50), {1: 50}, (100, 100, [50])),
        (shared(50), {1: 20}, (70, 50, [20])),
        (shared(50), {1: 0}, (50, 50, [0])),
        (shared(50, overflow="nothing"), {1: 20}, (50, 50, [0])),
        (shared(50, overflow="nothing"), {1: 50}, (100, 100, [50])),
        (shared(30, 20), {1: 10, 2: 20}, (80, 70, [10, 20])),
        (shared(30, 20), {1: 10, 2: 0}, (60, 50, [10, 0])),
        (shared(30, 20), {2: 5}, (85, 80, [30, 5])),
    ],
)
def test_what_budgets_leave_of_a_purchase(earned, left, expected):
    found = within_budgets(earned, left)
    given = [share.points for share in found.shares]
    assert (found.outcome.points, found.outcome.qualifying, given) == expected
    assert found.outcome.trace["points"] == expected[0]


pytest_db = pytest.mark.django_db


def budget():
    return CampaignBudget.objects.values_list("given_points", "cap_points").get()


def state():
    return Campaign.objects.values_list("state", flat=True).get()


def earned(member=None, **given):
    given = {"amount_minor": 1000} | given
    return make_purchase(member or make_member(), **given).points


@pytest_db
def test_the_last_purchase_gets_what_is_left_and_the_campaign_pauses_itself():
    make_rule()
    make_campaign(budget_points=120)
    members = [make_member() for _ in range(4)]
    assert [earned(member) for member in members] == [60, 60, 30, 10]
    assert (budget(), state()) == ((120, 120), "paused")
    entry = Entry.objects.get(account=members[2].pk)
    assert entry.points == entry.trace["points"] == 30
    assert explain(entry.trace).left_out == (
        "The budget of Autumn ran out: 20 of 50 points were left.",
    )
    with pytest.raises(CampaignNotReady, match="used up"):
        campaigns.resume_campaign(campaign=Campaign.objects.get(), actor=CLERK)
    assert differences() == []


@pytest_db
def test_nothing_by_the_campaign_where_it_is_chosen_so():
    make_rule()
    make_campaign(budget_points=120, overflow="nothing")
    assert [earned() for _ in range(4)] == [60, 60, 10, 10]
    assert (budget(), state()) == ((100, 120), "paused")
    assert differences() == []


@pytest_db
def test_a_batch_shares_the_budget_in_its_order_and_known_purchases_take_nothing():
    make_campaign(budget_points=120)
    known = new_purchase(make_member())
    twice = new_purchase(make_member())
    post = {"at": NOON, "actor": CLERK}
    post_purchases(purchases=[known], **post)
    batch = [known, twice, twice, new_purchase(make_member())]
    answers = post_purchases(purchases=batch, **post)
    assert [answer.points for answer in answers] == [50, 50, 50, 20]
    assert budget() == (120, 120)
    assert differences() == []


@pytest_db
def test_a_quote_says_what_the_budget_has_left_and_takes_nothing():
    make_campaign(budget_points=20)
    purchase = new_purchase(make_member())
    assert quote_purchase(purchase=purchase, at=NOON).points == 20
    assert budget() == (0, 20)


@pytest_db
def test_what_a_multiplier_adds_is_what_the_campaign_gave():
    make_rule()
    campaign = make_campaign(runs=False, points=5)
    params = {"factor": "3", "minimum": "0"}
    from_now = {"at": NOON, "actor": CLERK, "campaign": campaign}
    campaigns_rule = {"name": "Triple", "kind": "multiplier", "params": params}
    save_rule(**campaigns_rule, **from_now)
    submit_campaign(campaign=campaign, at=NOON, actor=CLERK)
    assert earned() == 35
    assert CampaignGrant.objects.get().points == 25


@pytest_db
@pytest.mark.parametrize(
    ("points", "minor", "cap"),
    [(100, None, 100), (None, 1000, 200), (100, 1000, 100), (300, 1004, 200)],
)
def test_the_smaller_of_two_budgets_counts(points, minor, cap):
    worth = {"point_value": "0.05", "redemption_rate": 1, "made_at": NOON}
    Valuation.objects.create(**worth, valid_from=date(2020, 1, 1), made_by="tests")
    make_campaign(budget_points=points, budget_minor=minor)
    assert budget() == (0, cap)


@pytest_db
def test_money_without_the_value_of_a_point_is_no_budget():
    campaign = make_campaign(runs=False, budget_minor=1000)
    with pytest.raises(CampaignNotReady, match="value of a point"):
        submit_campaign(campaign=campaign, at=NOON, actor=CLERK)
    assert (state(), CampaignBudget.objects.count()) == ("draft", 0)


@pytest_db
@pytest.mark.parametrize(
    ("limit", "budget_points", "expected"),
    [
        (None, None, "running"),
        (100, 100, "running"),
        (100, 101, "waiting"),
        (100, None, "waiting"),
    ],
)
def test_above_the_limit_a_campaign_waits(limit, budget_points, expected):
    set_programme(campaign_alone_points=limit)
    assert make_campaign(budget_points=budget_points).state == expected


# What comes back ------------------------------------------------------------------


def refund(amount_minor=None):
    wish = RefundWish("till", f"b-{next_number()}", NOON, amount_minor=amount_minor)
    purchase = Purchase.objects.get()
    return refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK).refund


@pytest_db
def test_refunds_give_back_the_share_of_what_they_took():
    make_rule()
    make_campaign(budget_points=120)
    earned(amount_minor=1000)
    given = []
    for amount in (333, 333, None):
        refund(amount)
        given.append(budget()[0])
    # 19, 39 and 60 of the 60 points came back.
    assert given == [35, 18, 0]
    assert differences() == []


@pytest_db
def test_a_void_gives_back_what_refunds_have_left():
    make_rule()
    make_campaign(budget_points=120)
    earned(amount_minor=1000)
    refund(500)
    ids = list(Purchase.objects.values_list("pk", flat=True))
    for _ in range(2):
        void_purchases(purchase_ids=ids, reason="x", at=NOON, actor=CLERK)
    assert budget() == (0, 120)
    assert differences() == []


@pytest_db
def test_points_that_are_spent_stay_spent_of_the_budget():
    make_campaign(budget_points=120)
    member = make_member()
    earned(member)
    redeem(member, make_reward(cost=30))
    assert refund().collected == 20
    assert budget() == (30, 120)
    assert differences() == []


# What the database holds ------------------------------------------------------------


@pytest_db
def test_the_database_refuses_an_overspent_budget():
    make_campaign(budget_points=120)
    for given in (-1, 121):
        with pytest.raises(IntegrityError, match="overspent"), transaction.atomic():
            CampaignBudget.objects.update(given_points=given)


@pytest_db
def test_verify_finds_a_budget_that_says_something_else():
    make_campaign(budget_points=120)
    earned()
    CampaignBudget.objects.update(given_points=40)
    [row] = differences()
    assert "found 40/120, expected 50" in row


def tills_at_once(clients=8):
    members = [make_member() for _ in range(clients)]
    return at_once(*[lambda m=m: make_purchase(m) for m in members])


@pytest.mark.django_db(transaction=True)
def test_however_many_tills_post_the_budget_is_not_overspent():
    make_campaign(budget_points=120)
    assert tills_at_once() == {"done": 8}
    assert sorted(Entry.objects.values_list("points", flat=True)) == [
        *[0] * 5,
        20,
        50,
        50,
    ]
    assert (budget(), state()) == ((120, 120), "paused")
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_only_the_constraint_saves_the_budget(monkeypatch):
    unlocked = campaign_budgets.LOCK.replace("FOR UPDATE", "")
    assert unlocked != campaign_budgets.LOCK
    monkeypatch.setattr(campaign_budgets, "LOCK", unlocked)
    Meeting(monkeypatch, clients=8).after(campaign_budgets, "_lock_budgets")
    make_campaign(budget_points=60)
    assert tills_at_once() == {"done": 1, "IntegrityError": 7}
    assert differences() == []
