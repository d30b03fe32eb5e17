"""Points of a purchase that were given away and came back: refunds know them again."""

from datetime import timedelta

import pytest

from points.services.refunds import RefundWish, refund_purchase
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    next_number,
    purchase_of,
    set_programme,
    transfer,
)
from tests.points.books import available, differences

pytestmark = pytest.mark.django_db


def refund_all(purchase, at=NOON):
    wish = RefundWish("till", f"r-{next_number()}", at)
    return refund_purchase(purchase=purchase, wish=wish, at=at, actor=CLERK).refund


@pytest.mark.parametrize("policy", ["own_lot", "within_balance"])
def test_points_that_came_back_are_the_purchases_own_again(policy):
    make_rule()
    set_programme(refund_policy=policy)
    buyer, friend = make_member(balance=7), make_member()
    purchase = purchase_of(make_purchase(buyer, amount_minor=5000))
    transfer(buyer, friend, 57)
    transfer(friend, buyer, 57)
    refund = refund_all(purchase)
    assert (refund.collected, available(buyer)) == (50, 7)
    assert differences() == []


def test_what_the_friend_keeps_is_not_taken_from_the_friend():
    make_rule()
    set_programme(refund_policy="own_lot")
    buyer, friend = make_member(), make_member()
    purchase = purchase_of(make_purchase(buyer, amount_minor=5000))
    transfer(buyer, friend, 50)
    transfer(friend, buyer, 20)
    refund = refund_all(purchase)
    assert (refund.due, refund.collected) == (50, 20)
    assert (available(buyer), available(friend)) == (0, 30)
    assert differences() == []


def test_what_expired_after_it_came_back_is_not_asked_for():
    make_rule()
    set_programme(expiry_months=1)
    buyer, friend = make_member(), make_member()
    purchase = purchase_of(make_purchase(buyer, amount_minor=5000))
    transfer(buyer, friend, 50)
    transfer(friend, buyer, 30)
    later = NOON + timedelta(days=40)
    # The friend's 20 expired as well, but were spent as far as the buyer goes.
    assert refund_all(purchase, at=later).due == 20
    assert differences(later) == []


def test_a_void_takes_back_what_came_back():
    make_rule()
    buyer, friend = make_member(), make_member()
    posted = make_purchase(buyer, amount_minor=5000)
    transfer(buyer, friend, 50)
    transfer(friend, buyer, 50)
    void_purchases(
        purchase_ids=[posted.purchase_id], reason="test", at=NOON, actor=CLERK
    )
    assert (available(buyer), available(friend)) == (0, 0)
    assert differences() == []
