"""Points that wait for a confirmation: computed by time, cancelled by time."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.urls import reverse

from points.errors.dates import ConfirmationOfVoided, ConfirmationTooLate
from points.errors.posting import InsufficientPoints
from points.models import Account, DateChange, Entry, Lot, Purchase
from points.selectors.balances import Coming, balance_of
from points.selectors.lot_states import lot_states
from points.selectors.quotes import quote_purchase
from points.services.confirmations import confirm_purchase
from points.services.expiry import expire_points
from points.services.refunds import RefundWish, refund_purchase
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import differences, everything

pytestmark = pytest.mark.django_db
DEADLINE = NOON + timedelta(days=14)
BEFORE = DEADLINE - timedelta(microseconds=1)


@pytest.fixture
def member():
    make_rule()
    set_programme(confirm_days=14, expiry_months=12)
    member = make_member()
    make_purchase(member, amount_minor=3000)
    return member


def confirm(at):
    return confirm_purchase(purchase=Purchase.objects.get(), at=at, actor=CLERK)


def state(at):
    [found] = lot_states([Entry.objects.get(kind="earn").pk], at=at).values()
    return found.state


def test_nothing_can_be_spent_before_and_after_the_deadline(member):
    reward = make_reward(cost=1)
    before = everything()
    for at in (NOON, BEFORE, DEADLINE, DEADLINE + timedelta(days=400)):
        with pytest.raises(InsufficientPoints):
            redeem(member, reward, at=at)
    assert everything() == before


def test_the_balance_is_pending_and_then_gone_with_no_worker(member):
    then = balance_of(member_id=member.pk, at=BEFORE)
    assert (then.available, then.pending, then.expiring) == (0, 30, ())
    assert then.coming == (Coming(DEADLINE, 30, is_waiting=True),)
    later = balance_of(member_id=member.pk, at=DEADLINE)
    assert (later.available, later.pending, later.coming) == (0, 0, ())
    assert [state(BEFORE), state(DEADLINE)] == ["waiting", "cancelled"]


def test_the_sweep_takes_them_back_as_time_said(member):
    assert expire_points(at=BEFORE) == 0
    assert expire_points(at=DEADLINE + timedelta(days=2)) == 1

    entry = Entry.objects.get(kind="claw_back")
    account = Account.objects.get(pk=member.pk)
    assert (entry.points, entry.qualifying, entry.occurred_at) == (-30, -30, DEADLINE)
    assert (account.balance, account.expired) == (0, 0)
    assert state(DEADLINE) == "cancelled"
    assert expire_points(at=DEADLINE + timedelta(days=2)) == 0
    assert differences(DEADLINE) == []


def test_a_confirmation_starts_their_life(member):
    reward = make_reward(cost=30)
    confirm(NOON + timedelta(days=3))

    lot, change = Lot.objects.get(), DateChange.objects.get()
    start = NOON + timedelta(days=3)
    assert (lot.effective_at, lot.expires_at) == (start, start.replace(year=2027))
    assert (change.old_expires_at, change.new_expires_at) == (DEADLINE, lot.expires_at)
    assert Account.objects.get(pk=member.pk).next_expiry_at == lot.expires_at
    assert expire_points(at=DEADLINE) == 0
    redeem(member, reward, at=start)
    assert state(start) == "spent"
    assert differences(DEADLINE) == []


def test_confirming_again_changes_nothing(member):
    confirm(NOON)
    before = everything()
    assert confirm(DEADLINE + timedelta(days=1)) is not None
    assert everything() == before


def test_a_confirmation_that_comes_too_late_changes_nothing(member):
    before = everything()
    with pytest.raises(ConfirmationTooLate):
        confirm(DEADLINE)
    assert everything() == before


def test_a_voided_purchase_cannot_be_confirmed(member):
    void_purchases(
        purchase_ids=[Purchase.objects.get().pk], reason="x", at=NOON, actor=CLERK
    )
    before = everything()
    with pytest.raises(ConfirmationOfVoided):
        confirm(NOON)
    assert everything() == before


def test_confirmed_early_the_pending_time_still_counts(member):
    set_programme(pending_days=30, pending_until="2026-08-01")
    confirm(NOON)
    assert Lot.objects.get().effective_at.isoformat() == "2026-08-01T00:00:00+00:00"


@pytest.mark.parametrize("swept", [False, True])
def test_a_refund_takes_no_cancelled_points_twice(member, swept):
    set_programme(confirm_days=None)
    make_purchase(member, amount_minor=5000)
    at = DEADLINE + timedelta(hours=1)
    if swept:
        expire_points(at=at)
    wish = RefundWish(source="t", source_id="1", occurred_at=at)
    waited = Purchase.objects.order_by("pk").first()

    refund, _is_new = refund_purchase(purchase=waited, wish=wish, at=at, actor=CLERK)
    expire_points(at=at)

    assert refund.collected == 0
    assert Account.objects.get(pk=member.pk).balance == 50
    assert differences(at) == []


def test_until_a_date_and_the_longer_of_both():
    make_rule()
    set_programme(pending_until="2026-07-01", time_zone="Asia/Hong_Kong")
    member = make_member()
    make_purchase(member, at=NOON)
    set_programme(pending_days=20)
    make_purchase(member, at=NOON)
    make_purchase(member, at=NOON - timedelta(days=20))
    found = [lot.effective_at.isoformat() for lot in Lot.objects.order_by("pk")]
    assert found == [
        "2026-06-30T16:00:00+00:00",
        "2026-07-05T12:00:00+00:00",
        "2026-06-30T16:00:00+00:00",
    ]


def test_the_quote_leaves_the_dates_open(member):
    quote = quote_purchase(purchase=new_purchase(member), at=NOON)
    assert (quote.effective_at, quote.expires_at, quote.is_waiting) == (
        None,
        None,
        True,
    )


def test_no_state_follows_another_backwards(member):
    order = ["waiting", "cancelled"]
    states = [state(NOON + timedelta(days=days)) for days in range(0, 30, 3)]
    assert all(order.index(a) <= order.index(b) for a, b in pairwise(states))


def test_the_page_has_a_button_for_who_records_purchases(member, agent, auditor):
    purchase = Purchase.objects.get()
    set_programme(confirm_days=366)
    address = reverse("points:purchase-confirm", args=[purchase.public_id])
    before = everything()
    assert auditor.post(address).status_code == 403
    assert everything() == before
    Lot.objects.update(effective_at=FAR, expires_at=FAR)
    shown = agent.get(purchase.get_absolute_url()).content.decode()
    assert "Confirm the purchase" in shown
    assert agent.post(address).status_code == 302
    assert not Lot.objects.get().is_waiting
    assert (
        "Confirm the purchase"
        not in agent.get(purchase.get_absolute_url()).content.decode()
    )


FAR = NOON.replace(year=2100)
