"""Post a purchase of which points pay a part: both or neither."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.errors.posting import PurchaseConflict
from points.errors.rewards import PaymentChanged
from points.models import PointsPayment, Purchase
from points.selectors.paying import Paid
from points.services.paying import PaymentWish, pay_with_points
from points.services.posting import lock_accounts
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_within


@transaction.atomic
def post_paid_purchase(
    *, member: Member, purchase: NewPurchase, paid: Paid, at: datetime, actor: Actor
) -> PostedPurchase:
    """Take the points that were agreed on, then post the purchase; its id does both once.

    The points go first, so that no purchase pays with what it earns. Raises
    PaymentChanged where other points or another amount would be taken by now,
    PurchaseConflict where the purchase was posted without them, and what paying and
    posting raise; nothing is written then.
    """
    lock_accounts([member.pk])
    _refuse_unpaid(purchase)
    payment = pay_with_points(
        member=member,
        wish=PaymentWish(
            source=purchase.source,
            source_id=purchase.source_id,
            purchase_minor=purchase.amount_minor,
            amount_minor=paid.amount_minor,
        ),
        key=f"{purchase.source}:{purchase.source_id}",
        at=at,
        actor=actor,
    )
    if (payment.points, payment.amount_minor) != paid:
        raise PaymentChanged
    return post_within(
        purchase=purchase._replace(points_paid_minor=paid.amount_minor),
        at=at,
        actor=actor,
    )


def _refuse_unpaid(purchase: NewPurchase) -> None:
    receipt = {"source": purchase.source, "source_id": purchase.source_id}
    known = Purchase.objects.filter(**receipt, is_released=False).first()
    if known and not PointsPayment.objects.filter(**receipt).exists():
        raise PurchaseConflict(
            source_id=known.source_id, amount_minor=known.amount_minor
        )
