"""Points that paid a part of a purchase come back with its money."""

from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from points.errors.rewards import PaymentReversed
from points.models import Entry, Lot, PointsPayment, Purchase, Refund
from points.services.confirming import confirm_hold
from points.services.expiry import expire_points
from points.services.holds import HoldWish, place_hold
from points.services.paying import reverse_payment
from points.services.refunds import RefundWish, refund_purchase
from points.services.spent_back import Taken, part_of, points_due_back
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_rule,
    next_number,
    set_programme,
)
from tests.points.books import available, differences

DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("policy", "money", "returned", "points"),
    [
        ("pro_rata", (0, 3_333), 0, 33),
        ("pro_rata", (3_333, 3_333), 33, 33),
        ("pro_rata", (6_666, 3_334), 66, 34),
        ("pro_rata", (0, 10_000), 0, 100),
        ("full_only", (0, 9_999), 0, 0),
        ("full_only", (9_999, 1), 0, 100),
        ("none", (0, 10_000), 0, 0),
        # The policy was changed in between: what is left comes back at the end.
        ("pro_rata", (5_000, 5_000), 0, 100),
    ],
)
def test_each_policy_gives_its_share(policy, money, returned, points):
    before, now = money
    assert points == points_due_back(
        100, policy=policy, basis=10_000, before=before, now=now, returned=returned
    )


@given(
    spent=st.integers(1, 10_000),
    parts=st.lists(st.integers(1, 5_000), min_size=1, max_size=8),
    policy=st.sampled_from(["pro_rata", "full_only"]),
)
def test_any_parts_give_back_exactly_the_whole(spent, parts, policy):
    basis, before, returned = sum(parts), 0, 0
    for part in parts:
        points = points_due_back(
            spent,
            policy=policy,
            basis=basis,
            before=before,
            now=part,
            returned=returned,
        )
        assert points >= 0
        before, returned = before + part, returned + points
    assert returned == spent


@pytest.mark.parametrize(
    ("start", "points", "found"),
    [
        (0, 30, [(1, 30)]),
        (0, 60, [(1, 50), (2, 10)]),
        (50, 25, [(2, 25)]),
        (60, 40, [(2, 40)]),
        (99, 1, [(2, 1)]),
        (0, 0, []),
    ],
)
def test_parts_follow_each_other_through_the_lots(start, points, found):
    takes = [Taken(1, 50, None), Taken(2, 50, None)]
    parts = part_of(takes, start=start, points=points)
    assert [(part.lot_id, part.points) for part in parts] == found


# On the ledger -----------------------------------------------------------------


@pytest.fixture
def programme(db):
    for points in (1, 2, 3):
        make_rule(points=points, amount="7")
    return set_programme(refund_returns="pro_rata", return_grace_days=30)


def paid_in_part(*, points=80, at=NOON):
    """Return a purchase of three rules of which older points paid a part."""
    member = make_member()
    for balance in (50, 40):
        give_points(member, balance, at=at)
    receipt = f"paid-{next_number()}"
    wish = HoldWish(
        DAY, points=points, source="till", source_id=receipt, value_minor=800
    )
    hold = place_hold(member=member, wish=wish, key=receipt, at=at, actor=CLERK)
    confirm_hold(hold=hold, at=at, actor=CLERK)
    bought = make_purchase(member, amount_minor=10_000, source_id=receipt, at=at)
    return member, Purchase.objects.get(pk=bought.purchase_id)


def refund(purchase, amount=None, *, at=NOON) -> Refund:
    wish = RefundWish("till", f"back-{next_number()}", at, amount_minor=amount)
    return refund_purchase(purchase=purchase, wish=wish, at=at, actor=CLERK).refund


def books(member, at=NOON):
    lots = Lot.objects.filter(account=member.pk).order_by("pk")
    entries = Entry.objects.filter(account=member.pk)
    sums = {"points": 0, "qualifying": 0, "debt": 0}
    for entry in entries:
        for name in sums:
            sums[name] += getattr(entry, name)
    return available(member, at), list(lots.values_list("points", "remaining")), sums


@pytest.mark.parametrize("parts", [(3_333, 3_333), (1, 9_000), (5_000, 4_999)])
def test_three_partial_refunds_leave_the_books_of_a_whole_one(programme, parts):
    whole_member, whole = paid_in_part()
    one = refund(whole)
    member, purchase = paid_in_part()
    refunds = [refund(purchase, amount) for amount in (*parts, None)]
    assert books(member) == books(whole_member)
    assert sum(each.returned for each in refunds) == one.returned == 80
    assert available(member) == 90
    assert differences() == []


@pytest.mark.parametrize(
    ("policy", "returned"), [("pro_rata", 40), ("full_only", 0), ("none", 0)]
)
def test_half_the_money_gives_back_what_the_policy_says(programme, policy, returned):
    set_programme(refund_returns=policy)
    _member, purchase = paid_in_part()
    assert refund(purchase, 5_000).returned == returned
    assert differences() == []


def test_points_keep_their_expiry(programme):
    set_programme(expiry_months=2)
    member, purchase = paid_in_part()
    refund(purchase, at=NOON + 10 * DAY)
    assert available(member, NOON + 50 * DAY) == 90
    assert available(member, NOON + 70 * DAY) == 0


@pytest.mark.parametrize(("grace", "later"), [(30, 80), (0, 0)])
def test_points_that_would_have_expired_have_days_of_grace(programme, grace, later):
    set_programme(expiry_months=1, return_grace_days=grace)
    member, purchase = paid_in_part()
    late = NOON + 60 * DAY
    expire_points(at=late)
    assert refund(purchase, at=late).returned == 80
    assert available(member, late) == later
    assert available(member, late + 31 * DAY) == 0
    expire_points(at=late + 31 * DAY)
    assert differences(late + 31 * DAY) == []


def test_a_void_gives_back_what_is_left_of_them(programme):
    member, purchase = paid_in_part()
    refund(purchase, 2_500)
    for _ in range(2):
        void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOON, actor=CLERK)
    assert available(member) == 90
    assert differences() == []


def half_of(purchase):
    refund(purchase, 5_000)


def all_of(purchase):
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOON, actor=CLERK)


@pytest.mark.parametrize("come_back", [half_of, all_of])
@pytest.mark.parametrize("grace", [0, 30])
def test_a_payment_that_came_back_is_not_reversed_as_well(programme, come_back, grace):
    set_programme(return_grace_days=grace)
    member, purchase = paid_in_part()
    come_back(purchase)
    before = books(member)
    with pytest.raises(PaymentReversed):
        reverse_payment(
            payment=PointsPayment.objects.get(), reason="test", at=NOON, actor=CLERK
        )
    assert books(member) == before
    assert differences() == []


def test_a_refund_sent_again_gives_nothing_back_again(programme):
    _member, purchase = paid_in_part()
    wish = RefundWish("till", "twice", NOON, amount_minor=5_000)
    for _ in range(2):
        refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK)
    assert sum(Refund.objects.values_list("returned", flat=True)) == 40
    assert differences() == []
