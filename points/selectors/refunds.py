"""What came back of a purchase so far, and what a further refund would come to."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import DecimalField, Sum, Value
from django.db.models.functions import Coalesce

from points import sql
from points.models import Entry, Purchase, Refund
from points.selectors.activity import earn_key
from points.services.purchase_statements import EXPIRED_OF_LOT, OWN_LOTS
from points.services.refund_shares import Sold

EXPIRED = f"""
SELECT coalesce(sum({EXPIRED_OF_LOT}), 0)
FROM points_entry e JOIN points_lot l ON {OWN_LOTS.format(owner="%(owner_id)s")}
WHERE e.id = %(entry_id)s
"""  # noqa: S608 -- put together from constants


@dataclass(frozen=True)
class RefundedSoFar:
    """Sums over the refunds of a purchase; money in minor units."""

    amount_minor: int
    points: int
    due: int
    collected: int
    returned: int


def refunded_so_far(purchase: Purchase) -> RefundedSoFar:
    """Return the sums over all refunds of the purchase."""
    sums: Mapping[str, int | None] = Refund.objects.filter(purchase=purchase).aggregate(
        amount_minor=Sum("amount_minor"),
        points=Sum("points"),
        due=Sum("due"),
        collected=Sum("collected"),
        returned=Sum("returned"),
    )
    return RefundedSoFar(**{name: found or 0 for name, found in sums.items()})


def sold_lines(purchase: Purchase) -> dict[int, Sold]:
    """Return the lines by their position, with what came back of them."""
    none = Value(Decimal(0), output_field=DecimalField())
    lines = purchase.lines.order_by("position").annotate(
        back_minor=Coalesce(Sum("refunds__amount_minor"), 0),
        back_quantity=Coalesce(Sum("refunds__quantity"), none),
    )
    return {
        line.position: Sold(
            id=line.pk,
            amount_minor=line.amount_minor,
            points=line.points,
            quantity=line.quantity,
            back_minor=line.back_minor,
            back_quantity=line.back_quantity,
        )
        for line in lines
    }


def earned_by(purchase: Purchase) -> Entry:
    """Return the entry that says what the purchase earned."""
    return Entry.objects.get(account=purchase.entry_account_id, key=earn_key(purchase))


def expired_of(entry: Entry, *, owner_id: int, at: datetime) -> int:
    """Return how many of the entry's points have expired by `at`, swept or not.

    `owner_id` is the member whose purchase it is by now.
    """
    values = {"entry_id": entry.pk, "owner_id": owner_id, "at": at}
    [(expired,)] = sql.run(EXPIRED, values)
    return int(expired)
