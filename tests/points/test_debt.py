"""Debt: what a refund could not take, and how the next points settle it."""

from datetime import timedelta

import pytest

from points.errors.posting import InsufficientPoints
from points.models import Account, Entry, Purchase, Refund
from points.selectors.balances import balance_of
from points.services.allocation import OpenLot, settling_order
from points.services.expiry import expire_points
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    next_number,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _programme(db):
    make_rule()
    set_programme(refund_policy="allow_debt")


def bought(member, amount_minor=10_000) -> Purchase:
    posted = make_purchase(member, amount_minor=amount_minor)
    return Purchase.objects.get(pk=posted.purchase_id)


def refund(purchase, *, at=NOON, amount=None) -> Refund:
    wish = RefundWish("till", f"debt-{next_number()}", at, amount_minor=amount)
    return refund_purchase(purchase=purchase, wish=wish, at=at, actor=CLERK).refund


def in_debt(points=70):
    """Return a member who spent points of a purchase that came back then."""
    member = make_member()
    purchase = bought(member)
    redeem(member, make_reward(cost=points))
    return member, refund(purchase)


def state(member, at=NOON):
    balance = balance_of(member_id=member.pk, at=at, now=at)
    return balance.available, balance.debt, Account.objects.get(pk=member.pk).balance


def test_what_was_spent_becomes_a_debt():
    member, refunded = in_debt(70)
    assert (refunded.due, refunded.collected, refunded.owed) == (100, 30, 70)
    assert refunded.entry.points == -100
    assert state(member) == (0, 70, -70)
    assert differences() == []


@pytest.mark.parametrize(
    ("limit", "owed"), [(None, 70), (0, 0), (50, 50), (70, 70), (1000, 70)]
)
def test_debt_stays_within_its_limit(limit, owed):
    set_programme(refund_policy="allow_debt", debt_limit=limit)
    member, refunded = in_debt(70)
    assert (refunded.collected, refunded.owed) == (30, owed)
    assert state(member) == (0, owed, -owed)
    assert differences() == []


def test_the_limit_counts_what_is_owed_already():
    set_programme(refund_policy="allow_debt", debt_limit=100)
    member = make_member()
    purchases = [bought(member), bought(member)]
    redeem(member, make_reward(cost=200))
    assert [refund(each).owed for each in purchases] == [100, 0]
    assert differences() == []


@pytest.mark.parametrize("policy", ["within_balance", "own_lot", "pending_only"])
def test_other_policies_leave_no_debt(policy):
    set_programme(refund_policy=policy)
    member, refunded = in_debt(70)
    assert refunded.owed == 0
    assert state(member)[1] == 0


@pytest.mark.parametrize(
    ("credit", "after"), [(20, (0, 50, -50)), (70, (0, 0, 0)), (90, (20, 0, 20))]
)
def test_the_next_points_settle_it_first(credit, after):
    member, _refunded = in_debt(70)
    give_points(member, credit, at=NOON)
    assert state(member) == after
    settled = Entry.objects.get(account=member.pk, kind="debt_settlement")
    assert (settled.points, settled.debt) == (0, -min(credit, 70))
    assert differences() == []


def test_a_purchase_settles_it_once_however_often_it_is_sent():
    member, _refunded = in_debt(70)
    for _ in range(2):
        make_purchase(member, amount_minor=8_000, source_id="again")
    assert state(member) == (10, 0, 10)
    assert differences() == []


def test_pending_points_settle_it_too():
    member, _refunded = in_debt(70)
    set_programme(refund_policy="allow_debt", pending_days=5)
    bought(member)
    assert state(member) == (0, 0, 30)
    assert available(member, NOON + 6 * DAY) == 30
    assert differences() == []


def test_a_returned_redemption_settles_it():
    member = make_member()
    purchase = bought(member)
    redemption = redeem(member, make_reward(cost=70))
    refund(purchase)
    reverse_redemption(redemption=redemption, reason="test", at=NOON, actor=CLERK)
    assert state(member) == (0, 0, 0)
    assert differences() == []


def test_nothing_is_redeemed_while_there_is_a_debt():
    member, _refunded = in_debt(70)
    give_points(member, 60, at=NOON)
    before = everything()
    with pytest.raises(InsufficientPoints):
        redeem(member, make_reward(cost=1))
    assert everything() == before


def test_expired_points_make_no_debt_and_settle_none():
    set_programme(refund_policy="allow_debt", expiry_months=1)
    member = make_member()
    purchase = bought(member)
    redeem(member, make_reward(cost=70))
    late = NOON + 40 * DAY
    refunded = refund(purchase, at=late)
    # 30 of the 100 expired; of the 70 that were spent nothing is there.
    assert (refunded.points, refunded.due, refunded.owed) == (100, 70, 70)
    expire_points(at=late)
    assert state(member, late) == (0, 70, -70)
    assert differences(late) == []


def test_a_sweep_in_between_changes_no_settlement():
    set_programme(refund_policy="allow_debt", expiry_months=1)
    late = NOON + 40 * DAY
    found = []
    for is_swept in (True, False):
        member = make_member()
        purchase = bought(member)
        redeem(member, make_reward(cost=100))
        refund(purchase, at=NOON + DAY)
        give_points(member, 60, at=NOON + DAY)
        if is_swept:
            expire_points(at=late)
        give_points(member, 90, at=late)
        found.append(state(member, late)[:2])
    assert found == [(50, 0), (50, 0)]


def test_a_void_follows_the_same_policy():
    member = make_member()
    purchase = bought(member)
    redeem(member, make_reward(cost=70))
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOON, actor=CLERK)
    assert state(member) == (0, 70, -70)
    assert differences() == []


def test_the_debt_of_an_earlier_instant_is_that_of_then():
    member, _refunded = in_debt(70)
    later = NOON + 3 * DAY
    give_points(member, 100, at=later)
    then = balance_of(member_id=member.pk, at=NOON + DAY, now=later)
    now = balance_of(member_id=member.pk, at=later, now=later)
    assert [(each.debt, each.available) for each in (then, now)] == [(70, 0), (0, 30)]


def test_settling_takes_pending_lots_last_and_expired_ones_never():
    lots = [
        OpenLot(1, 10, NOON - 2 * DAY, NOON, 1),
        OpenLot(2, 10, NOON + DAY, NOON + 2 * DAY, 2),
        OpenLot(3, 10, NOON - DAY, None, 3),
    ]
    assert [lot.id for lot in settling_order(lots, NOON)] == [3, 2]
