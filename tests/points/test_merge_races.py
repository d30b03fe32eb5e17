"""Merges at once with other writes: the accounts' locks, and the twin without them."""

from collections import Counter

import pytest

from members.models import Member
from points.errors.posting import MembershipClosed
from points.models import Lot
from points.services import posting, refunds
from points.services.merges import joining
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    next_number,
    purchase_of,
    redeem,
)
from tests.points.books import available, differences
from tests.points.test_merges import merge
from tests.races import Meeting, at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)
QUIET = {"done", "MembershipClosed", "MergeOfClosed", "MergedMeanwhile"}


def a_merge_among_redemptions(clients: int = 6) -> tuple[Counter[str], int]:
    """Return how they ended, and how many points are still to be spent."""
    kept, gone = make_member(), make_member(balance=100)
    reward = make_reward(cost=10)
    ends = at_once(lambda: merge(kept, gone), *[lambda: redeem(gone, reward)] * clients)
    return ends, available(kept) + available(gone)


def test_a_point_is_either_moved_or_spent():
    ends, left = a_merge_among_redemptions()
    assert set(ends) <= QUIET
    assert left == 100 - 10 * (ends["done"] - 1)
    assert differences() == []


def test_without_the_lock_they_take_the_same_points(monkeypatch):
    without_lock(monkeypatch)
    meeting = Meeting(monkeypatch, clients=7)
    meeting.after(joining, "unexpired_lots")
    meeting.after(posting, "first_lots_of")
    ends, _left = a_merge_among_redemptions()
    assert not set(ends) <= QUIET or differences()


def test_two_who_merge_each_other_do_not_both_vanish():
    one, other = make_member(balance=5), make_member(balance=7)
    ends = at_once(*[lambda: merge(one, other), lambda: merge(other, one)] * 3)
    assert ends == {"done": 1, "MergeOfClosed": 5}
    assert Member.objects.active().count() == 1
    assert available(Member.objects.active().get()) == 12
    assert differences() == []


def test_what_comes_back_during_a_merge_is_not_left_behind():
    kept, gone = make_member(), make_member(balance=30)
    redemption = redeem(gone, make_reward(cost=30))
    back = lambda: reverse_redemption(  # noqa: E731
        redemption=redemption, reason="x", at=NOON, actor=CLERK
    )
    ends = at_once(lambda: merge(kept, gone), back)
    assert set(ends) <= QUIET
    assert not Lot.objects.filter(account=gone.pk, is_open=True).exists()
    assert differences() == []


def a_refund_during_a_merge() -> tuple[Counter[str], int]:
    """Return how both ended, and the points that are left of a purchase."""
    kept, gone = make_member(), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=3000))
    number = f"back-{next_number()}"
    wish = RefundWish("till", number, NOON)
    ends = at_once(
        lambda: merge(kept, gone),
        lambda: refund_purchase(purchase=bought, wish=wish, at=NOON, actor=CLERK),
    )
    return ends, available(kept) + available(gone)


def test_what_is_refunded_during_a_merge_is_taken_once():
    make_rule()
    for _ in range(4):
        ends, left = a_refund_during_a_merge()
        assert set(ends) <= QUIET
        assert left == (0 if ends["done"] == 2 else 30)
    assert differences() == []


def test_without_the_lock_a_refund_and_a_merge_take_the_same_points(monkeypatch):
    make_rule()
    without_lock(monkeypatch)
    meeting = Meeting(monkeypatch, clients=2)
    meeting.after(joining, "unexpired_lots")
    meeting.after(refunds, "plan_refund")
    ends, left = a_refund_during_a_merge()
    assert not set(ends) <= QUIET or left or differences()


def test_a_closed_membership_takes_no_new_points():
    kept, gone = make_member(), make_member()
    merge(kept, gone)
    with pytest.raises(MembershipClosed):
        redeem(gone, make_reward(cost=1))
    give_points(Member.objects.get(pk=gone.pk), 5, at=NOON)
    assert available(kept) == 5
