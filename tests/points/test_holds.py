"""Points set aside: nobody else spends them, and they come free in time."""

from datetime import timedelta

import pytest

from points.errors.posting import InsufficientPoints, KeyReused
from points.errors.rewards import (
    HoldExpired,
    HoldIsForReward,
    HoldSettled,
    HoldTooLong,
    HoldTooSmall,
    LimitReached,
    OutOfStock,
    PaidAlready,
)
from points.models import (
    Account,
    Allocation,
    Hold,
    Lot,
    PointsPayment,
    Redemption,
    Reward,
    RewardStock,
)
from points.selectors.balances import balance_of
from points.selectors.transfers import plan_transfer
from points.services.confirming import confirm_hold
from points.services.expiry import expire_points
from points.services.holds import HoldWish, expire_holds, place_hold, release_hold
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_reward,
    next_number,
    redeem,
    set_programme,
    transfer,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
QUARTER = timedelta(minutes=15)
END = NOON + QUARTER
SECOND = timedelta(seconds=1)


def hold_points(member, points, *, key="", at=NOON, lasts=QUARTER, **given):
    wish = HoldWish(
        lasts,
        points=points,
        source="till",
        source_id=given.pop("receipt", f"r-{next_number()}"),
        value_minor=given.pop("value_minor", 1000),
    )
    return place_hold(
        member=member, wish=wish, key=key or f"k-{next_number()}", at=at, actor=CLERK
    )


def hold_reward(member, reward, *, at=NOON, lasts=QUARTER):
    wish = HoldWish(lasts, reward=reward)
    key = f"k-{next_number()}"
    return place_hold(member=member, wish=wish, key=key, at=at, actor=CLERK)


def confirm(hold, points=None, at=NOON):
    return confirm_hold(hold=hold, points=points, at=at, actor=CLERK)


def held(member, at=NOON):
    return balance_of(member_id=member.pk, at=at).held


def test_held_points_are_there_and_cannot_be_spent():
    member = make_member(balance=100)
    hold_points(member, 80)
    before = everything()

    with pytest.raises(InsufficientPoints, match="has 20 points available, 30"):
        redeem(member, make_reward(cost=30))

    assert everything() == before
    assert (available(member), held(member)) == (20, 80)
    assert redeem(member, make_reward(cost=20)).points == 20
    assert differences() == []


def test_more_than_is_free_cannot_be_held_and_writes_nothing():
    member = make_member(balance=100)
    hold_points(member, 80)
    before = everything()

    with pytest.raises(InsufficientPoints, match="has 20 points available, 21"):
        hold_points(member, 21)

    assert everything() == before


def test_the_same_key_holds_once():
    member = make_member(balance=100)
    first = hold_points(member, 60, key="k", receipt="a")
    again = hold_points(member, 60, key="k", receipt="a")

    assert (again.pk, held(member)) == (first.pk, 60)
    with pytest.raises(KeyReused):
        hold_points(member, 60, key="k", receipt="b")


def test_concrete_lots_are_held_and_others_are_burnt_meanwhile():
    set_programme(expiry_months=12)
    member = make_member()
    late = give_points(member, 50, at=NOON - timedelta(days=10))
    early = give_points(member, 50, at=NOON - timedelta(days=100))
    hold = hold_points(member, 30)

    redeem(member, make_reward(cost=40))
    confirm(hold)

    taken = Allocation.objects.order_by("id").values_list("lot__entry_id", "points")
    assert list(taken) == [(early.pk, 20), (late.pk, 20), (early.pk, 30)]
    assert (available(member), differences()) == (30, [])


def test_confirming_fewer_frees_the_rest_and_pays_less():
    member = make_member(balance=100)
    hold = hold_points(member, 80, receipt="r-1", value_minor=999)

    confirm(hold, 40)

    payment = PointsPayment.objects.get()
    assert (payment.points, payment.amount_minor) == (40, 499)
    assert (payment.source, payment.source_id) == ("till", "r-1")
    assert (available(member), held(member)) == (60, 0)
    assert Account.objects.get(pk=member.pk).held == 0
    assert differences() == []


@pytest.mark.parametrize("points", [0, -1, 81])
def test_more_than_is_held_is_not_confirmed(points):
    hold = hold_points(make_member(balance=100), 80)
    before = everything()

    with pytest.raises(HoldTooSmall):
        confirm(hold, points)

    assert everything() == before


def test_a_hold_is_confirmed_once():
    hold = hold_points(make_member(balance=100), 80)
    confirm(hold, 40)
    before = everything()

    with pytest.raises(HoldSettled, match="Confirmed"):
        confirm(hold, 40)
    with pytest.raises(HoldSettled):
        release_hold(hold=hold, at=NOON, actor=CLERK)

    assert everything() == before


def test_a_released_hold_frees_points_and_piece():
    member = make_member(balance=100)
    hold = hold_reward(member, make_reward(cost=30, pieces=1))
    assert RewardStock.objects.get().pieces == 0

    release_hold(hold=hold, at=NOON, actor=CLERK)

    assert (available(member), RewardStock.objects.get().pieces) == (100, 1)
    with pytest.raises(HoldSettled, match="Released"):
        confirm(hold)
    assert differences() == []


def test_a_hold_reserves_nothing_in_the_second_it_ends_without_any_worker():
    member = make_member(balance=100)
    hold = hold_points(member, 80)

    with pytest.raises(InsufficientPoints):
        redeem(member, make_reward(cost=30), at=END - SECOND)
    assert (available(member, END - SECOND), available(member, END)) == (20, 100)
    redeem(member, make_reward(cost=90), at=END)
    before = everything()
    with pytest.raises(HoldExpired):
        confirm(hold, at=END)

    assert everything() == before
    assert differences(END) == []


def test_the_sweep_agrees_with_the_clock():
    member = make_member(balance=100)
    hold_points(member, 10)
    hold_reward(member, make_reward(cost=30, pieces=1), lasts=timedelta(hours=1))

    assert expire_holds(at=END - SECOND) == 0
    assert (expire_holds(at=END), expire_holds(at=END)) == (1, 0)
    assert Account.objects.get(pk=member.pk).held == held(member, END) == 30
    assert expire_holds(at=NOON + timedelta(hours=1)) == 1

    assert Account.objects.get(pk=member.pk).held == 0
    assert RewardStock.objects.get().pieces == 1
    assert set(Hold.objects.values_list("state", flat=True)) == {"expired"}
    assert differences(END) == []


def test_a_past_balance_knows_what_was_held_then():
    member = make_member(balance=100)
    hold = hold_points(member, 80)
    release_hold(hold=hold, at=NOON + SECOND, actor=CLERK)

    def then(at):
        return balance_of(member_id=member.pk, at=at, now=END).held

    assert [then(NOON - SECOND), then(NOON), then(NOON + SECOND)] == [0, 80, 0]


def test_a_hold_never_outlives_its_points():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 50, at=NOON - timedelta(days=29))
    give_points(member, 50, at=NOON)
    expiry = (NOON - timedelta(days=29)).replace(month=6)

    hold = hold_points(member, 60, lasts=timedelta(days=7))

    assert hold.expires_at == expiry
    assert expire_points(at=expiry) == 1
    assert expire_holds(at=expiry) == 1
    assert (available(member, expiry), differences(expiry)) == (50, [])


@pytest.mark.parametrize("lasts", [timedelta(), timedelta(days=7, seconds=1)])
def test_a_hold_lasts_some_minutes_or_days(lasts):
    member = make_member(balance=100)
    before = everything()

    with pytest.raises(HoldTooLong):
        hold_points(member, 10, lasts=lasts)

    assert everything() == before


def test_a_held_reward_is_bought_at_the_terms_of_then():
    member = make_member(balance=100)
    reward = make_reward(cost=30, pieces=1)
    Reward.objects.update(money_minor=500, valid_days=1)
    hold = hold_reward(member, reward)
    Reward.objects.update(cost_points=90, is_active=False)

    settled = confirm(hold)

    made = Redemption.objects.get()
    assert (made.entry_id, made.points, made.money_minor) == (settled.entry_id, 30, 500)
    assert made.valid_until is not None
    assert RewardStock.objects.get().pieces == 0
    assert (available(member), differences()) == (70, [])


def test_a_held_reward_is_confirmed_whole():
    hold = hold_reward(make_member(balance=100), make_reward(cost=30))
    before = everything()

    with pytest.raises(HoldIsForReward):
        confirm(hold, 29)

    assert everything() == before


def test_a_piece_that_was_held_can_be_had_when_the_hold_is_over():
    reward = make_reward(cost=30, pieces=1)
    hold_reward(make_member(balance=30), reward)
    late = make_member(balance=30)

    with pytest.raises(OutOfStock):
        redeem(late, reward, at=END - SECOND)

    assert redeem(late, reward, at=END).points == 30
    expire_holds(at=END)
    assert (RewardStock.objects.get().pieces, differences(END)) == (0, [])


def test_what_is_held_counts_toward_the_limit():
    member = make_member(balance=100)
    reward = make_reward(cost=10)
    Reward.objects.update(limit_per_member=1)
    hold_reward(member, reward)

    with pytest.raises(LimitReached):
        redeem(member, reward)

    assert redeem(member, reward, at=END).points == 10


def test_points_pay_for_a_purchase_once():
    member = make_member(balance=100)
    confirm(hold_points(member, 10, receipt="r-1"))
    second = hold_points(member, 10, receipt="r-1")
    before = everything()

    with pytest.raises(PaidAlready):
        confirm(second)

    assert everything() == before


def test_held_points_are_not_given_to_others_and_the_preview_says_the_same():
    set_programme(expiry_months=12)
    sender, receiver = make_member(), make_member()
    give_points(sender, 50, at=NOON - timedelta(days=100))
    late = give_points(sender, 50, at=NOON - timedelta(days=10))
    hold_points(sender, 40)
    plan = plan_transfer(
        sender_id=sender.pk, receiver_id=receiver.pk, points=45, at=NOON
    )
    before = everything()

    with pytest.raises(InsufficientPoints, match="has 60 points available, 61"):
        transfer(sender, receiver, 61)

    assert everything() == before
    transfer(sender, receiver, 45)
    arrived = Lot.objects.filter(account=receiver.pk).order_by("pk")
    assert list(arrived.values_list("points", "expires_at")) == [
        (each.points, each.expires_at) for each in plan.lots
    ]
    assert [each.points for each in plan.lots] == [10, 35]
    assert arrived.last().origin_id == late.pk
    assert (available(sender), held(sender), differences()) == (15, 40, [])
