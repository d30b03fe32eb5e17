"""Points that one member gives to another: lot by lot, once, within limits."""

from datetime import datetime, timedelta

import pytest

from loyalty_site.lib.actors import staff_actor
from members.services import close_member
from points.errors.posting import (
    InsufficientPoints,
    KeyReused,
    MembershipClosed,
)
from points.errors.transfers import AboveOwnLimit, SameMember
from points.models import Account, Entry, Lot, Transfer
from points.selectors.adjustment_limits import Limit
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from points.services.transfers import Gift, transfer_points
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    next_number,
    purchase_of,
    redeem,
    set_programme,
    transfer,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
AGENT = staff_actor("agent")


def lots_of(member):
    lots = Lot.objects.filter(account=member.pk, is_open=True).order_by("pk")
    return list(lots.values_list("remaining", "effective_at", "expires_at"))


def test_each_lot_arrives_with_its_own_dates_and_remembers_who_credited_it():
    set_programme(expiry_months=12)
    sender, receiver = make_member(), make_member()
    old = give_points(sender, 30, at=NOON - timedelta(days=200))
    new = give_points(sender, 50, at=NOON - timedelta(days=100))
    first, second = lots_of(sender)

    transfer(sender, receiver, 40)

    assert lots_of(receiver) == [first, (10, *second[1:])]
    assert lots_of(sender) == [(40, *second[1:])]
    origins = Lot.objects.filter(account=receiver.pk).order_by("pk")
    assert list(origins.values_list("origin", flat=True)) == [old.pk, new.pk]
    assert differences() == []


def test_given_on_twice_points_still_know_where_they_began():
    first, second, third = make_member(), make_member(), make_member()
    entry = give_points(first, 10, at=NOON)
    transfer(first, second, 10)
    transfer(second, third, 10)
    assert Lot.objects.get(account=third.pk).origin_id == entry.pk
    assert (available(first), available(second), available(third)) == (0, 0, 10)
    assert differences() == []


def test_points_expire_at_the_receiver_when_they_would_have_at_the_sender():
    set_programme(expiry_months=1)
    sender, receiver = make_member(), make_member()
    give_points(sender, 10, at=NOON - timedelta(days=20))
    transfer(sender, receiver, 10)
    later = NOON + timedelta(days=11)
    assert available(receiver, later) == 0
    assert expire_points(at=later) == 1
    assert differences(later) == []


def test_where_the_programme_says_so_points_start_anew():
    set_programme(expiry_months=1, transfer_expiry="fresh")
    sender, receiver = make_member(), make_member()
    give_points(sender, 10, at=NOON - timedelta(days=20))
    transfer(sender, receiver, 10)
    assert lots_of(receiver) == [
        (10, NOON, datetime.fromisoformat("2026-07-15T12:00Z"))
    ]
    assert differences() == []


def test_nobody_earns_again_and_no_tier_moves():
    make_rule()
    make_tiers(silver=0, gold=20)
    sender, receiver = make_member(), make_member()
    make_purchase(sender, amount_minor=3000)
    recompute_touched_tiers(at=NOON)
    transfer(sender, receiver, 30)
    accounts = Account.objects.in_bulk()
    assert (accounts[sender.pk].earned, accounts[receiver.pk].earned) == (30, 0)
    assert not Entry.objects.filter(kind__startswith="transfer").exclude(qualifying=0)
    assert not accounts[receiver.pk].tier_is_due
    recompute_all_tiers(at=NOON)
    assert [a.tier.slug for a in Account.objects.order_by("pk")] == ["gold", "silver"]


def test_pending_points_stay():
    make_rule()
    set_programme(pending_days=10)
    sender, receiver = make_member(balance=5), make_member()
    make_purchase(sender, amount_minor=3000)
    before = everything()
    with pytest.raises(
        InsufficientPoints, match="has 5 points available, 6 are needed"
    ):
        transfer(sender, receiver, 6)
    assert everything() == before
    transfer(sender, receiver, 5)
    assert available(receiver) == 5


def test_what_the_receiver_owes_is_settled_first():
    make_rule()
    set_programme(refund_policy="allow_debt")
    sender, receiver = make_member(balance=100), make_member()
    purchase = purchase_of(make_purchase(receiver, amount_minor=5000))
    redeem(receiver, make_reward(cost=50))
    refund_purchase(
        purchase=purchase, wish=RefundWish("till", "r", NOON), at=NOON, actor=CLERK
    )
    transfer(sender, receiver, 80)
    balance = balance_of(member_id=receiver.pk, at=NOON)
    assert (balance.available, balance.debt) == (30, 0)
    assert differences() == []


def test_a_debt_holds_back_what_the_sender_can_give():
    make_rule()
    set_programme(refund_policy="allow_debt")
    sender, receiver = make_member(), make_member()
    purchase = purchase_of(make_purchase(sender, amount_minor=5000))
    transfer(sender, receiver, 50)
    refund_purchase(
        purchase=purchase, wish=RefundWish("till", "r", NOON), at=NOON, actor=CLERK
    )
    # What was given away is spent: the refund asks its owner, not the receiver.
    assert balance_of(member_id=sender.pk, at=NOON).debt == 50
    assert available(receiver) == 50
    with pytest.raises(InsufficientPoints):
        transfer(sender, receiver, 1)
    assert differences() == []


def test_a_redemption_of_received_points_gives_them_back_to_the_receiver():
    sender, receiver = make_member(balance=30), make_member()
    transfer(sender, receiver, 30)
    redemption = redeem(receiver, make_reward(cost=20))
    reverse_redemption(redemption=redemption, reason="no", at=NOON, actor=CLERK)
    assert (available(sender), available(receiver)) == (0, 30)
    assert differences() == []


def test_the_same_key_moves_the_points_once():
    sender, receiver = make_member(balance=30), make_member()
    first = transfer(sender, receiver, 10, key="k")
    assert transfer(sender, receiver, 10, key="k").pk == first.pk
    before = everything()
    for other in (
        Gift(sender, receiver, 11),
        Gift(receiver, sender, 10),
        Gift(sender, receiver, 10, "why"),
    ):
        with pytest.raises(KeyReused):
            transfer_points(gift=other, key="k", at=NOON, actor=CLERK)
    assert everything() == before
    assert (available(sender), available(receiver)) == (20, 10)


def test_to_oneself_and_to_and_from_a_closed_membership_nothing_moves():
    sender, receiver, gone = (
        make_member(balance=30),
        make_member(),
        make_member(balance=9),
    )
    close_member(member=gone, reason="left", at=NOON, actor=CLERK)
    before = everything()
    for pair, refusal in (
        ((sender, sender), SameMember),
        ((sender, gone), MembershipClosed),
        ((gone, receiver), MembershipClosed),
    ):
        with pytest.raises(refusal):
            transfer(*pair, 5)
    assert everything() == before
    assert not Transfer.objects.exists()


@pytest.mark.parametrize(
    ("limit", "already", "points", "is_allowed"),
    [
        (Limit(50, None), 0, 50, True),
        (Limit(50, None), 0, 51, False),
        (Limit(None, 60), 40, 20, True),
        (Limit(None, 60), 40, 21, False),
        (Limit(0, None), 0, 1, False),
    ],
)
def test_a_role_moves_so_many_points_at_once_and_in_a_day(
    limit, already, points, is_allowed
):
    sender, receiver = make_member(balance=500), make_member()
    if already:
        transfer(sender, receiver, already, actor=AGENT)
    gift, key = Gift(sender, receiver, points), f"limit-{next_number()}"
    before = everything()
    if is_allowed:
        transfer_points(gift=gift, key=key, at=NOON, actor=AGENT, limit=limit)
        assert available(receiver) == already + points
        return
    with pytest.raises(AboveOwnLimit):
        transfer_points(gift=gift, key=key, at=NOON, actor=AGENT, limit=limit)
    assert everything() == before


def test_verify_names_a_transfer_that_did_not_arrive_whole(db):
    sender, receiver = make_member(balance=30), make_member()
    given = transfer(sender, receiver, 10)
    Lot.objects.filter(account=receiver.pk).update(origin=None)
    Transfer.objects.bulk_create(
        [
            Transfer(
                sender_id=sender.pk,
                receiver_id=receiver.pk,
                points=7,
                key="never posted",
                at=NOON,
                actor="user:x",
            )
        ]
    )
    found = " ".join(differences())
    assert "no origin" in found
    assert f"transfer {given.pk}:" not in found
    assert "expected 7/7" in found
