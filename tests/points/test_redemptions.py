"""Redeeming: burn order, limits, repeats, reversal."""

from datetime import timedelta

import pytest

from members.services import close_member
from points.errors.posting import InsufficientPoints, KeyReused, MembershipClosed
from points.errors.rewards import OutOfStock, RedemptionSettled, RewardNotOnOffer
from points.models import Allocation, Entry, Redemption, Reward, RewardStock
from points.services.expiry import expire_points
from points.services.redemptions import fulfil_redemption, reverse_redemption
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_reward,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db


def test_the_lot_that_expires_first_is_burnt_first():
    set_programme(expiry_months=12)
    member = make_member()
    late = give_points(member, 50, at=NOON - timedelta(days=10))
    early = give_points(member, 50, at=NOON - timedelta(days=100))

    redeem(member, make_reward(cost=60))

    taken = Allocation.objects.order_by("id").values_list("lot__entry_id", "points")
    assert list(taken) == [(early.pk, 50), (late.pk, 10)]
    assert differences() == []


def test_redeem_more_than_the_balance_writes_nothing():
    member = make_member(balance=29)
    reward = make_reward(cost=30, pieces=5)
    before = everything()

    with pytest.raises(InsufficientPoints, match="has 29 points available, 30"):
        redeem(member, reward)

    assert everything() == before


def test_the_same_key_redeems_once():
    member = make_member(balance=100)
    reward = make_reward(cost=30, pieces=5)
    first = redeem(member, reward, key="click")
    before = everything()

    again = redeem(member, reward, key="click")

    assert everything() == before
    assert again.pk == first.pk


def test_a_key_used_for_another_reward_is_refused():
    member = make_member(balance=100)
    redeem(member, make_reward(), key="click")
    before = everything()

    with pytest.raises(KeyReused):
        redeem(member, make_reward(), key="click")

    assert everything() == before


def test_nothing_is_left_of_the_last_piece():
    reward = make_reward(pieces=1)
    redeem(make_member(balance=30), reward)
    late = make_member(balance=30)
    before = everything()

    with pytest.raises(OutOfStock):
        redeem(late, reward)

    assert everything() == before


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"starts_at": NOON + timedelta(seconds=1)},
        {"ends_at": NOON},
    ],
)
def test_a_reward_that_is_not_on_offer_is_refused(change):
    member = make_member(balance=30)
    reward = make_reward(pieces=1)
    Reward.objects.update(**change)
    before = everything()

    with pytest.raises(RewardNotOnOffer):
        redeem(member, reward)

    assert everything() == before


def test_a_closed_membership_redeems_nothing():
    member = make_member(balance=30)
    close_member(member=member, reason="moved", at=NOON, actor=CLERK)
    before = everything()

    with pytest.raises(MembershipClosed):
        redeem(member, make_reward())

    assert everything()[1:] == before[1:]


def test_an_expired_lot_cannot_be_spent_in_the_second_it_expires():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 30, at=NOON)
    expiry = NOON.replace(month=NOON.month + 1)
    reward = make_reward(cost=30)

    with pytest.raises(InsufficientPoints):
        redeem(member, reward, at=expiry)

    redeem(member, reward, at=expiry - timedelta(microseconds=1))
    assert available(member, expiry) == 0


def test_a_reversal_gives_points_and_piece_back_to_the_same_lots():
    set_programme(expiry_months=12)
    member = make_member()
    give_points(member, 50, at=NOON - timedelta(days=100))
    give_points(member, 50, at=NOON)
    reward = make_reward(cost=60, pieces=1)
    redemption = redeem(member, reward)

    reverse_redemption(redemption=redemption, reason="broken", at=NOON, actor=CLERK)

    assert available(member) == 100
    assert RewardStock.objects.get().pieces == 1
    assert Entry.objects.get(kind="redeem_reversal").points == 60
    assert differences() == []


def test_points_given_back_to_an_expired_lot_expire_again():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 30, at=NOON)
    redemption = redeem(member, make_reward(cost=20))
    later = NOON + timedelta(days=60)
    expire_points(at=later)

    reverse_redemption(redemption=redemption, reason="late", at=later, actor=CLERK)
    assert available(member, later) == 0
    assert expire_points(at=later) == 1

    expired = Entry.objects.filter(kind="expire").order_by("id")
    assert [entry.points for entry in expired] == [-10, -20]
    assert differences(later) == []


def test_a_redemption_is_settled_once():
    redemption = redeem(make_member(balance=30), make_reward())
    fulfil_redemption(redemption=redemption, at=NOON, actor=CLERK)
    before = everything()

    with pytest.raises(RedemptionSettled, match="Handed over"):
        fulfil_redemption(redemption=redemption, at=NOON, actor=CLERK)

    assert everything() == before
    assert Redemption.objects.get().state == Redemption.State.FULFILLED


@pytest.mark.parametrize(
    ("is_handed_over", "state"), [(False, "cancelled"), (True, "reversed")]
)
def test_points_are_given_back_once(is_handed_over, state):
    member = make_member(balance=30)
    redemption = redeem(member, make_reward(pieces=1))
    if is_handed_over:
        fulfil_redemption(redemption=redemption, at=NOON, actor=CLERK)
    reverse_redemption(redemption=redemption, reason="x", at=NOON, actor=CLERK)
    before = everything()

    with pytest.raises(RedemptionSettled):
        reverse_redemption(redemption=redemption, reason="x", at=NOON, actor=CLERK)

    assert everything() == before
    assert Redemption.objects.get().state == state
    assert (available(member), RewardStock.objects.get().pieces) == (30, 1)
    assert differences() == []


def test_a_member_with_many_lots_can_spend_them_all():
    member = make_member()
    for day in range(40):
        give_points(member, 1, at=NOON - timedelta(days=day))

    redeem(member, make_reward(cost=40))

    assert available(member) == 0
    assert differences() == []
