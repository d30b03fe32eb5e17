"""Refunds: exact by line and in total, from the right lots, once."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import given, strategies as st

from points.errors.posting import (
    InTheFuture,
    KeyReused,
    NothingToRefund,
    PurchaseVoided,
    RefundTooEarly,
    RefundTooLarge,
    UnknownLine,
)
from points.models import Allocation, Entry, Lot, Purchase, Refund, RefundLine
from points.services.expiry import expire_points
from points.services.purchase_types import NewLine
from points.services.refund_shares import (
    Sold,
    by_quantity,
    due_points,
    points_so_far,
    spread,
)
from points.services.refunds import (
    LineBack,
    RefundWish,
    plan_refund,
    refund_purchase,
)
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


def bought(member=None, **given_) -> Purchase:
    posted = make_purchase(member or make_member(), **given_)
    return Purchase.objects.get(pk=posted.purchase_id)


def wish(amount=None, *, lines=(), at=NOON, source_id=""):
    return RefundWish(
        source="till",
        source_id=source_id or f"R{next_number()}",
        occurred_at=at,
        amount_minor=amount,
        lines=tuple(lines),
    )


def refund(purchase, amount=None, *, at=NOON, **asked):
    return refund_purchase(
        purchase=purchase, wish=wish(amount, at=at, **asked), at=at, actor=CLERK
    ).refund


# The arithmetic -----------------------------------------------------------------


@given(
    earned=st.integers(0, 10**7),
    parts=st.lists(st.integers(1, 10**6), min_size=1, max_size=8),
)
def test_any_parts_come_to_exactly_the_whole(earned, parts):
    basis, before, total = sum(parts), 0, 0
    for part in parts:
        due = due_points(earned, basis=basis, before=before, now=part)
        assert due >= 0
        before, total = before + part, total + due
        assert total == earned * before // basis
    assert total == earned


@given(
    lines=st.lists(
        st.tuples(st.integers(1, 10**5), st.integers(0, 10**5)), min_size=1, max_size=5
    ),
    shares=st.lists(st.integers(1, 100), min_size=1, max_size=5),
)
def test_any_amounts_come_to_exactly_what_the_lines_earned(lines, shares):
    whole = sum(amount for amount, _points in lines)
    sold = [Sold(n, *each) for n, each in enumerate(lines)]
    before = 0
    for share in shares:
        backs = spread(whole * share // sum(shares), sold)
        now = points_so_far(sold, backs)
        assert now >= before
        parts = {back.line_id: back.amount_minor for back in backs}
        sold = [
            replace(line, back_minor=line.back_minor + parts.get(line.id, 0))
            for line in sold
        ]
        before = now
    rest = spread(whole, sold)
    assert points_so_far(sold, rest) == sum(points for _amount, points in lines)


@given(
    amount=st.integers(0, 10**6),
    lines=st.lists(
        st.tuples(st.integers(-500, 10**5), st.integers(0, 500)), max_size=6
    ),
)
def test_an_amount_is_spread_to_the_last_unit(amount, lines):
    sold = [Sold(n, each, 0, back_minor=back) for n, (each, back) in enumerate(lines)]
    backs = spread(amount, sold)
    left = {line.id: line.left_minor for line in sold}
    assert sum(back.amount_minor for back in backs) == min(amount, sum(left.values()))
    assert all(0 < back.amount_minor <= left[back.line_id] for back in backs)


@pytest.mark.parametrize(
    ("back_minor", "back_quantity", "quantity", "amount"),
    [
        (0, "0", "1", 333),
        (333, "1", "1", 333),
        (666, "2", "1", 334),
        (0, "0", "3", 1000),
        (0, "0", "9", 1000),
        (0, "0", "0", 0),
        (0, "0", "0.5", 166),
        (900, "1", "1", 0),
    ],
)
def test_pieces_are_worth_their_share_and_the_last_one_the_rest(
    back_minor, back_quantity, quantity, amount
):
    line = Sold(1, 1000, 0, Decimal(3), back_minor, Decimal(back_quantity))
    assert by_quantity(line, Decimal(quantity)) == amount


# The books ----------------------------------------------------------------------


def test_a_whole_refund_takes_back_what_was_earned():
    make_rule()
    member = make_member()
    purchase = bought(member, amount_minor=2999)

    posted = refund(purchase)

    assert (posted.amount_minor, posted.points, posted.collected) == (2999, 29, 29)
    assert available(member) == 0
    assert posted.entry.kind == "claw_back"
    assert (posted.entry.qualifying, posted.entry.qualifies_at) == (-29, NOON)
    assert differences() == []


def test_three_parts_of_a_purchase_of_three_rules_leave_the_books_of_one_refund():
    make_rule()
    make_rule(amount="3")
    make_rule(kind="multiplier", factor="1.35")
    lines = (NewLine(1999), NewLine(3334), NewLine(667))
    whole, parts = (
        bought(amount_minor=6000, lines=lines, source_id=str(n)) for n in range(2)
    )
    refund(whole)

    refund(parts, 1111)
    refund(parts, lines=[LineBack(2, amount_minor=1700)])
    refund(parts)

    one, other = whole.member.account, parts.member.account
    for account in (one, other):
        account.refresh_from_db()
    assert one.balance == other.balance == 0
    sums = [
        purchase.refunds.aggregate(
            Sum("points"), Sum("amount_minor"), Sum("entry__qualifying")
        )
        for purchase in (whole, parts)
    ]
    assert sums[0] == sums[1]
    assert RefundLine.objects.filter(refund__purchase=parts).count() >= 3
    assert differences() == []


def test_a_line_gives_back_what_that_line_earned():
    make_rule()
    purchase = bought(
        amount_minor=5000, lines=(NewLine(4000, Decimal(4)), NewLine(1000))
    )
    posted = refund(purchase, lines=[LineBack(1, quantity=Decimal(3))])
    assert (posted.amount_minor, posted.points) == (3000, 30)
    assert refund(purchase, lines=[LineBack(1)]).amount_minor == 1000
    assert refund(purchase, lines=[LineBack(2, amount_minor=999)]).points == 9
    assert refund(purchase).points == 1


def test_a_discount_line_comes_back_with_the_whole():
    make_rule()
    lines = (NewLine(10_000), NewLine(5_000), NewLine(-3_000))
    purchase = bought(amount_minor=12_000, lines=lines)
    assert refund(purchase, lines=[LineBack(2)]).points == 50
    with pytest.raises(RefundTooLarge, match=r"70\.00"):
        refund(purchase, lines=[LineBack(1)])
    assert refund(purchase).points == 70
    assert differences() == []


def test_own_points_go_first_and_then_those_that_expire_first():
    make_rule()
    set_programme(expiry_months=12)
    member = make_member()
    other = give_points(member, 50, at=NOON - timedelta(days=30))
    purchase = bought(member, amount_minor=3000)
    redeem(member, make_reward(cost=60))  # takes 50 of the older lot, 10 of its own
    give_points(member, 8, at=NOON)

    posted = refund(purchase)

    taken = Allocation.objects.filter(entry=posted.entry).order_by("id")
    own = Lot.objects.get(entry__kind="earn")
    assert [each.points for each in taken] == [20, 8]
    assert taken[0].lot == own
    assert (posted.due, posted.collected) == (30, 28)
    assert other.points == 50
    assert differences() == []


def test_the_policy_can_spare_other_points():
    make_rule()
    set_programme(refund_policy="own_lot", expiry_months=12)
    member = make_member()
    purchase = bought(member, amount_minor=3000)
    redeem(member, make_reward(cost=25))
    give_points(member, 100, at=NOON)

    posted = refund(purchase)

    assert (posted.due, posted.collected) == (30, 5)
    assert available(member) == 100
    assert differences() == []


@pytest.mark.parametrize(("days", "collected"), [(13, 30), (14, 0)])
def test_the_policy_can_leave_alone_what_is_not_pending_any_more(days, collected):
    make_rule()
    set_programme(refund_policy="pending_only", pending_days=14)
    member = make_member()
    purchase = bought(member, amount_minor=3000)
    later = NOON + timedelta(days=days)
    posted = refund(purchase, at=later)
    assert (posted.due, posted.collected) == (30, collected)
    assert available(member, NOON + timedelta(days=20)) == 30 - collected
    assert posted.entry.qualifying == -30
    assert differences(later) == []


def test_pending_points_come_back_before_others():
    make_rule()
    set_programme(pending_days=14)
    member = make_member(balance=100)
    posted = refund(bought(member, amount_minor=3000))
    assert posted.collected == 30
    assert available(member) == 100
    assert differences() == []


@pytest.mark.parametrize("is_swept", [False, True])
def test_points_that_expired_are_not_taken_from_others(is_swept):
    make_rule()
    set_programme(expiry_months=1)
    member = make_member()
    purchase = bought(member, amount_minor=3000)
    redeem(member, make_reward(cost=10))
    later = NOON + timedelta(days=40)
    if is_swept:
        expire_points(at=later)
    give_points(member, 100, at=later)

    posted = refund(purchase, at=later)

    # Of 30 points 10 were spent and 20 expired: the 10 are still due.
    assert (posted.points, posted.due, posted.collected) == (30, 10, 10)
    assert available(member, later) == 90
    assert differences(later) == []


def test_a_void_asks_only_for_what_refunds_left():
    make_rule()
    member = make_member(balance=100)
    purchase = bought(member, amount_minor=3000)
    refund(purchase, 1000)
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOON, actor=CLERK)
    assert available(member) == 100
    assert sum(Entry.objects.values_list("qualifying", flat=True)) == 0
    assert differences() == []


def test_a_purchase_that_earned_nothing_is_refunded_without_an_entry():
    purchase = bought(amount_minor=3000)
    posted = refund(purchase, 1000)
    assert (posted.entry, posted.points) == (None, 0)


# Refusals -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "refusal"),
    [
        ({"amount": 3001}, RefundTooLarge),
        ({"amount": 0}, NothingToRefund),
        ({"amount": -1}, NothingToRefund),
        ({"lines": [LineBack(3)]}, UnknownLine),
        ({"lines": [LineBack(1), LineBack(1)]}, UnknownLine),
        ({"lines": [LineBack(1, amount_minor=2001)]}, RefundTooLarge),
        ({"lines": [LineBack(1, amount_minor=-5)]}, NothingToRefund),
        ({"lines": [LineBack(1, quantity=Decimal(0))]}, NothingToRefund),
        ({"at": NOON - timedelta(seconds=1)}, RefundTooEarly),
    ],
)
def test_a_refusal_writes_nothing(asked, refusal):
    make_rule()
    purchase = bought(amount_minor=3000, lines=(NewLine(2000), NewLine(1000)))
    before = everything()
    with pytest.raises(refusal):
        refund(purchase, asked.pop("amount", None), **asked)
    assert everything() == before
    assert not Refund.objects.exists()


def test_no_refund_from_the_future_nor_of_a_voided_purchase():
    make_rule()
    purchase = bought()
    ahead = wish(at=NOON + timedelta(minutes=6))
    with pytest.raises(InTheFuture):
        refund_purchase(purchase=purchase, wish=ahead, at=NOON, actor=CLERK)
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOON, actor=CLERK)
    purchase.refresh_from_db()
    with pytest.raises(PurchaseVoided):
        refund(purchase)
    assert not Refund.objects.exists()


def test_everything_comes_back_once():
    make_rule()
    purchase = bought(amount_minor=3000)
    refund(purchase)
    before = everything()
    with pytest.raises(NothingToRefund):
        refund(purchase)
    assert everything() == before


def test_the_same_id_is_posted_once_and_says_one_thing():
    make_rule()
    purchase = bought(amount_minor=3000)
    first = refund(purchase, 1000, source_id="R1")
    before = everything()
    assert refund(purchase, 1000, source_id="R1").pk == first.pk
    assert refund(purchase, source_id="R1").pk == first.pk
    with pytest.raises(KeyReused):
        refund(purchase, 1001, source_id="R1")
    with pytest.raises(KeyReused):
        refund(bought(source_id="other"), 1000, source_id="R1")
    assert Refund.objects.count() == 1
    assert everything()[1] != ()
    assert before[1] == everything()[1][: len(before[1])]


def test_the_same_id_with_other_lines_is_refused():
    make_rule()
    purchase = bought(amount_minor=3000, lines=(NewLine(2000), NewLine(1000)))
    asked = [LineBack(1, amount_minor=500)]
    first = refund(purchase, lines=asked, source_id="R1")
    assert refund(purchase, lines=asked, source_id="R1").pk == first.pk
    for other in (
        [LineBack(2, amount_minor=500)],
        [LineBack(1, amount_minor=400)],
        [LineBack(1, quantity=Decimal(1))],
        [*asked, LineBack(2)],
    ):
        with pytest.raises(KeyReused):
            refund(purchase, lines=other, source_id="R1")
    assert Refund.objects.count() == 1


def test_a_purchase_voided_since_it_was_looked_at_is_not_refunded():
    make_rule()
    seen = bought()
    void_purchases(purchase_ids=[seen.pk], reason="test", at=NOON, actor=CLERK)
    before = everything()
    with pytest.raises(PurchaseVoided):
        refund(seen)
    assert everything() == before
    assert not Refund.objects.exists()


def test_a_plan_writes_nothing_and_says_what_the_refund_does():
    make_rule()
    purchase = bought(amount_minor=3000)
    before = everything()
    plan = plan_refund(purchase=purchase, wish=wish(1000), at=NOON)
    assert everything() == before
    assert (plan.amount_minor, plan.points, plan.due) == (1000, 10, 10)


def test_the_database_keeps_refunds_as_they_are():
    make_rule()
    posted = refund(bought())
    for statement in (
        lambda: Refund.objects.update(amount_minor=1),
        lambda: Refund.objects.all().delete(),
    ):
        with pytest.raises(Exception, match="append_only"), transaction.atomic():
            statement()
    assert Refund.objects.get().amount_minor == posted.amount_minor
