"""Spend points on a part of a purchase."""

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from loyalty_site.lib.actors import Actor
from points.errors.rewards import PaidAlready
from points.models import Entry, PointsPayment
from points.services.posting import Debit, LockedAccount, post_debits
from points.services.writing import Documents

ONCE = "points_payment_once_per_purchase"
DOCUMENT = """
document AS (
  INSERT INTO points_pointspayment (public_id, account_id, entry_id, source, source_id,
    points, amount_minor, at, actor, reversed_by)
  SELECT %(public_id)s, account_id, id, source, source_id, -points, %(amount_minor)s,
    occurred_at, %(actor)s, ''
  FROM posted
  RETURNING id, %(entry_key)s::text AS key
)
"""


def write_payment(
    payment: PointsPayment,
    *,
    account: LockedAccount,
    entry_key: str,
    actor: Actor,
    held_lots: Mapping[int, int] | None = None,
) -> PointsPayment:
    """Post the points with the payment, under the account's lock, and return it.

    Raises InsufficientPoints, or PaidAlready where points paid for the purchase before.
    """
    debit = Debit(
        member_id=payment.account_id,
        kind=Entry.Kind.REDEEM,
        points=payment.points,
        occurred_at=payment.at,
        key=entry_key,
        source=payment.source,
        source_id=payment.source_id,
        held_lots=held_lots,
    )
    values = {
        "public_id": payment.public_id,
        "amount_minor": payment.amount_minor,
        "entry_key": entry_key,
    }
    try:
        with transaction.atomic():
            [movement] = post_debits(
                [debit],
                posted_at=payment.at,
                actor=actor,
                accounts={account.member_id: account},
                are_fresh=True,
                documents=Documents(DOCUMENT, values),
            )
    except IntegrityError as error:
        if ONCE in str(error):
            raise PaidAlready(source_id=payment.source_id) from error
        raise
    payment.pk, payment.entry_id = movement.document_id, movement.entry_id
    return payment
