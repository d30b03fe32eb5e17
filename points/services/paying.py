"""Pay a part of a purchase with points: what it comes to, and paying it."""

from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.errors.posting import InsufficientPoints, KeyReused, MembershipClosed
from points.errors.rewards import (
    PayingIsOff,
    PaymentReversed,
    PaymentTooLarge,
    PaymentTooSmall,
)
from points.models import Allocation, Entry, PaymentTerms, PointsPayment
from points.selectors.households import shared_by
from points.selectors.paying import Paid, most_for, points_for
from points.selectors.programme import current_rulebook
from points.services.ownership import refuse_moved
from points.services.payments import write_payment
from points.services.posting import lock_accounts
from points.services.purses import fill_purse, lock_purse
from points.services.returns import give_back
from points.services.settings_lock import lock_settings


@dataclass(frozen=True)
class PaymentWish:
    """Money (> 0) to be taken off a purchase that comes to `purchase_minor` in all.

    Without `amount_minor` it is as much as possible. `allow_partial` takes less where
    points or the largest share do not suffice.
    """

    source: str
    source_id: str
    purchase_minor: int
    amount_minor: int | None = None
    allow_partial: bool = False


@transaction.atomic
def pay_with_points(
    *, member: Member, wish: PaymentWish, key: str, at: datetime, actor: Actor
) -> PointsPayment:
    """Take the points for the money and return the payment; a `key` pays once.

    Points are whole steps, rounded up. Raises PayingIsOff, MembershipClosed,
    InsufficientPoints, PaymentTooLarge, PaymentTooSmall or PaidAlready, and writes
    nothing then.
    """
    purse = lock_purse(member.pk, at=at)
    account = purse.account
    entry_key = f"pay:{key}"
    known = PointsPayment.objects.filter(
        account=member.pk, entry__key=entry_key
    ).first()
    if known is not None:
        if (known.source, known.source_id) != (wish.source, wish.source_id):
            raise KeyReused(key=key)
        return known
    if account.is_closed:
        raise MembershipClosed
    available = shared_by(member.pk, purse.ids, at=at)
    paid = agree_payment(wish, available)
    payment = PointsPayment(
        account_id=member.pk,
        source=wish.source,
        source_id=wish.source_id,
        points=paid.points,
        amount_minor=paid.amount_minor,
        at=at,
    )
    account = fill_purse(purse, points=payment.points, at=at, actor=actor)
    return write_payment(payment, account=account, entry_key=entry_key, actor=actor)


def agree_payment(wish: PaymentWish, available: int) -> Paid:
    """Return the points and the money of a wish; raises what `pay_with_points` does."""
    terms = PaymentTerms.objects.filter(is_active=True).first()
    if terms is None:
        raise PayingIsOff
    most = most_for(terms, purchase_minor=wish.purchase_minor)
    within = most_for(terms, purchase_minor=wish.purchase_minor, available=available)
    wanted = most.amount_minor if wish.amount_minor is None else wish.amount_minor
    paid = Paid(points_for(terms, wanted), wanted)
    is_as_much_as_possible = wish.allow_partial or wish.amount_minor is None
    if is_as_much_as_possible and paid.amount_minor > within.amount_minor:
        paid = within
    if paid.amount_minor > most.amount_minor:
        raise PaymentTooLarge(
            most_minor=most.amount_minor, currency=current_rulebook().currency
        )
    if paid.points > available:
        raise InsufficientPoints(available=available, needed=paid.points)
    if paid.points < max(terms.least_points, terms.step_points):
        least = max(terms.least_points, terms.step_points)
        if available < least:
            raise InsufficientPoints(available=available, needed=least)
        raise PaymentTooSmall(least=least)
    return paid


@transaction.atomic
def reverse_payment(
    *, payment: PointsPayment, reason: str, at: datetime, actor: Actor
) -> PointsPayment:
    """Give the points back to their lots, as when the purchase is cancelled.

    Raises PaymentReversed where some are back already, with a refund or a void.
    """
    entry = Entry.objects.get(pk=payment.entry_id)
    accounts = lock_accounts([payment.account_id, entry.account_id])
    locked = PointsPayment.objects.select_for_update().get(pk=payment.pk)
    refuse_moved([locked.account_id], locked=accounts)
    if locked.reversed_at is not None:
        raise PaymentReversed(at=locked.reversed_at)
    if (back := _came_back(locked, entry)) is not None:
        raise PaymentReversed(at=back.posted_at)
    locked.reversed_at, locked.reversed_by = at, str(actor)
    locked.save(update_fields=["reversed_at", "reversed_by"])
    give_back(
        entry=entry,
        owner_id=locked.account_id,
        takes=list(Allocation.objects.filter(entry_id=locked.entry_id)),
        kind=Entry.Kind.REDEEM_REVERSAL,
        reason=reason,
        at=at,
        actor=actor,
    )
    return locked


def _came_back(payment: PointsPayment, paid: Entry) -> Entry | None:
    """Return an entry by which points of this payment came back, if there is one."""
    return Entry.objects.filter(
        account__in={payment.account_id, paid.account_id},
        kind=Entry.Kind.REDEEM_REVERSAL,
        source=paid.source,
        source_id=paid.source_id,
        occurred_at__gte=payment.at,
    ).first()


@transaction.atomic
def change_payment_terms(*, terms: PaymentTerms, actor: Actor) -> None:
    """Set how points pay from now on; payments that were made stay as they are."""
    lock_settings()
    with pghistory.context(reason="paying", actor=str(actor)):
        terms.pk = 1
        terms.save(force_insert=not PaymentTerms.objects.exists())
