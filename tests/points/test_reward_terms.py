"""Who can have a reward, how often, for how much and how long."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from points.errors.rewards import LimitReached, NotForThisTier, VoucherExpired
from points.models import Account, Redemption, Reward, RewardTier
from points.selectors.catalogue import offer_of
from points.selectors.reward_terms import (
    Terms,
    Used,
    limit_period,
    problem_of,
    voucher_end,
)
from points.services.redemptions import (
    expire_vouchers,
    fulfil_redemption,
    reverse_redemption,
)
from points.services.rewards import (
    RewardDetails,
    StockChange,
    TierTerms,
    save_reward,
)
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    make_tiers,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

HONG_KONG = ZoneInfo("Asia/Hong_Kong")
OPEN = Terms(
    reward_id=1,
    cost_points=30,
    is_active=True,
    starts_at=None,
    ends_at=None,
    is_admitted=True,
    pieces=None,
    limit_per_member=None,
    limit_per_period=None,
    limit_period="month",
    valid_days=None,
    money_minor=0,
    value_minor=0,
)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("changed", "used", "code", "until"),
    [
        ({}, Used(9, 9), None, None),
        ({"is_active": False, "pieces": 0}, Used(), "reward_not_on_offer", None),
        ({"starts_at": NOON}, Used(), None, None),
        ({"starts_at": NOON + SECOND}, Used(), "reward_not_on_offer", NOON + SECOND),
        ({"ends_at": NOON + SECOND}, Used(), None, None),
        ({"ends_at": NOON}, Used(), "reward_not_on_offer", None),
        ({"is_admitted": False}, Used(), "not_for_this_tier", None),
        ({"limit_per_member": 2}, Used(1, 1), None, None),
        ({"limit_per_member": 2}, Used(2, 0), "limit_reached", None),
        (
            {"limit_per_period": 1},
            Used(1, 1),
            "limit_reached",
            datetime(2026, 6, 30, 16, tzinfo=UTC),
        ),
        ({"limit_per_period": 1}, Used(5, 0), None, None),
        ({"pieces": 0}, Used(), "out_of_stock", None),
        ({"pieces": 1}, Used(), None, None),
    ],
)
def test_the_first_reason_that_stands_in_the_way(changed, used, code, until):
    problem = problem_of(OPEN._replace(**changed), used, at=NOON, zone=HONG_KONG)
    assert getattr(problem, "code", None) == code
    assert getattr(problem, "until", None) == until


@pytest.mark.parametrize(
    ("unit", "first", "after"),
    [
        ("day", "2026-11-02", "2026-11-03"),
        ("week", "2026-11-02", "2026-11-09"),
        ("month", "2026-11-01", "2026-12-01"),
        ("year", "2026-01-01", "2027-01-01"),
    ],
)
def test_limits_follow_the_calendar_of_the_programme(unit, first, after):
    monday_in_hong_kong = datetime(2026, 11, 1, 16, tzinfo=UTC)
    period = limit_period(unit, monday_in_hong_kong, HONG_KONG)
    assert (period.start.isoformat(), period.end.isoformat()) == (first, after)


def test_a_voucher_is_valid_for_whole_days_after_that_of_its_redemption():
    end = datetime(2026, 6, 16, 16, tzinfo=UTC)
    assert voucher_end(1, NOON, HONG_KONG) == end
    assert voucher_end(None, NOON, HONG_KONG) is None


def change(reward, **values):
    Reward.objects.filter(pk=reward.pk).update(**values)
    return reward


pytestmark = pytest.mark.django_db


def test_a_limit_in_all_is_checked_under_the_lock_and_writes_nothing():
    member = make_member(balance=100)
    reward = change(make_reward(cost=10, pieces=5), limit_per_member=1)
    redeem(member, reward)
    before = everything()

    with pytest.raises(LimitReached, match="1 time"):
        redeem(member, reward)

    assert everything() == before
    assert redeem(make_member(balance=10), reward).points == 10


def test_what_was_given_back_counts_no_more():
    member = make_member(balance=100)
    reward = change(make_reward(cost=10), limit_per_member=1)
    reverse_redemption(
        redemption=redeem(member, reward), reason="x", at=NOON, actor=CLERK
    )

    assert redeem(member, reward).state == "confirmed"


def test_a_limit_per_period_begins_again_with_the_next():
    set_programme(time_zone="Asia/Hong_Kong")
    member = make_member(balance=100)
    reward = change(
        make_reward(cost=10), limit_per_period=1, limit_period=Reward.LimitPeriod.DAY
    )
    midnight = datetime(2026, 6, 15, 16, tzinfo=UTC)
    redeem(member, reward, at=NOON)

    with pytest.raises(LimitReached) as refusal:
        redeem(member, reward, at=midnight - SECOND)

    assert refusal.value.until == midnight
    assert redeem(member, reward, at=midnight).points == 10


def test_tiers_have_prices_and_rewards_of_their_own():
    tiers = make_tiers(silver=0, gold=100)
    gold = make_member(balance=100)
    Account.objects.filter(pk=gold.pk).update(tier=tiers["gold"])
    plain = make_member(balance=100)
    reward = make_reward(cost=30, pieces=5)
    change(reward, is_exclusive=True)
    RewardTier.objects.create(reward=reward, tier=tiers["gold"], cost_points=20)
    before = everything()

    with pytest.raises(NotForThisTier):
        redeem(plain, reward)

    assert everything() == before
    assert redeem(gold, reward).points == 20
    assert (available(gold), differences()) == (80, [])


def test_saving_a_reward_keeps_what_it_is_to_each_tier():
    tiers = make_tiers(silver=0, gold=100)
    terms = [
        TierTerms(tiers["silver"].pk, is_admitted=False),
        TierTerms(tiers["gold"].pk, cost_points=5),
    ]
    stock = StockChange(None, None)
    details = RewardDetails(name="Tea", cost_points=10)
    reward = save_reward(details=details, stock=stock, tiers=terms, actor=CLERK)
    assert reward.is_exclusive
    everybody = [TierTerms(tier.pk) for tier in tiers.values()]

    changed = save_reward(
        details=details, stock=stock, tiers=everybody, actor=CLERK, reward=reward
    )

    assert not changed.is_exclusive
    assert set(changed.tiers.values_list("is_admitted", "cost_points")) == {
        (True, None)
    }


def test_an_offer_names_price_reason_and_missing_points():
    member = make_member(balance=25)
    reward = change(make_reward(cost=30), money_minor=500)
    account = Account.objects.get(pk=member.pk)

    offer = offer_of(reward.public_id, account=account, available=25, at=NOON)

    assert (offer.missing, offer.is_only_short, offer.is_reachable) == (5, True, False)
    assert "25 points available, 30" in offer.reason
    change(reward, is_active=False)
    offer = offer_of(reward.public_id, account=account, available=25, at=NOON)
    assert (offer.problem.code, offer.is_only_short) == ("reward_not_on_offer", False)


def test_a_redemption_records_the_money_and_how_long_it_is_valid():
    reward = change(make_reward(), money_minor=500, value_minor=9900, valid_days=30)
    made = Redemption.objects.get(pk=redeem(make_member(balance=30), reward).pk)
    assert (made.money_minor, made.value_minor) == (500, 9900)
    assert made.valid_until == datetime(2026, 7, 16, tzinfo=UTC)


def test_a_voucher_is_worth_nothing_in_the_instant_it_expires():
    reward = change(make_reward(), valid_days=1)
    made = redeem(make_member(balance=30), reward)
    end = made.valid_until
    before = everything()

    with pytest.raises(VoucherExpired):
        fulfil_redemption(redemption=made, at=end, actor=CLERK)
    assert everything() == before
    assert (made.state_at(end - SECOND), made.state_at(end)) == ("confirmed", "expired")

    assert expire_vouchers(at=end - SECOND) == 0
    assert (expire_vouchers(at=end), expire_vouchers(at=end)) == (1, 0)
    assert Redemption.objects.get().state == "expired"
    assert differences(end) == []


def test_a_voucher_is_used_until_it_expires():
    reward = change(make_reward(), valid_days=1)
    made = redeem(make_member(balance=30), reward)
    used = fulfil_redemption(redemption=made, at=made.valid_until - SECOND, actor=CLERK)
    assert used.state == "fulfilled"
    assert expire_vouchers(at=made.valid_until) == 0


def test_the_form_keeps_tiers_limits_and_money(marketer):
    make_tiers(silver=0, gold=100)
    sent = {
        "name": "Bag",
        "kind": "voucher",
        "cost_points": "2000",
        "money": "50",
        "value": "1,000.50",
        "only_tiers": ["gold"],
        "price_gold": "1500",
        "limit_per_period": "1",
        "limit_period": "week",
        "valid_days": "30",
        "is_active": "on",
    }
    assert marketer.post(reverse("points:reward-add"), sent).status_code == 302
    reward = Reward.objects.get()
    edit = reverse("points:reward-edit", args=[reward.public_id])
    form = marketer.get(edit).context["form"]
    shown = {name: form[name].value() for name in sent}

    assert (reward.money_minor, reward.value_minor) == (5000, 100050)
    assert shown["only_tiers"] == ["gold"]
    assert (shown["money"], shown["price_gold"]) == ("50.00", 1500)
    assert "Bag" in marketer.get(reward.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"limit_per_member": "0"}, "limit_per_member"),
        ({"valid_days": "0"}, "valid_days"),
        ({"kind": "percentage"}, "value_percent"),
        ({"value_percent": "101"}, "value_percent"),
        ({"money": "a lot"}, "money"),
        ({"money": "-1"}, "money"),
        ({"only_tiers": ["none"]}, "only_tiers"),
    ],
)
def test_terms_that_make_no_sense_are_answered(marketer, changed, field):
    sent = {"name": "Bag", "kind": "product", "cost_points": "10"} | changed
    answer = marketer.post(reverse("points:reward-add"), sent)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not Reward.objects.exists()
