"""What a till, a shop or a file reports, and what it is answered."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from points.rules.base import EarningEvent
from points.rules.basis import STANDARD, Basis, Parts
from points.rules.pipeline import TierBenefit
from points.rules.rising import Part


class NewLine(NamedTuple):
    """A line of a basket; the amount is in minor units."""

    amount_minor: int
    quantity: Decimal = Decimal(1)
    sku: str = ""
    name: str = ""
    category: str = ""
    brand: str = ""
    labels: tuple[str, ...] = ()


class NewPurchase(NamedTuple):
    """A purchase as a till, a shop or a file reports it; minor units, >= 0.

    But for the lines, the fields are those of `PURCHASES`, in its order.
    """

    member_id: int
    source: str
    source_id: str
    amount_minor: int
    occurred_at: datetime
    store: str = ""
    channel: str = ""
    units: Decimal | None = None
    payment: str = ""
    discount_minor: int | None = None
    tax_minor: int | None = None
    delivery_minor: int | None = None
    gift_card_minor: int | None = None
    points_paid_minor: int | None = None
    codes: tuple[str, ...] = ()
    lines: tuple[NewLine, ...] = ()


class PostedPurchase(NamedTuple):
    """What became of a purchase; `is_new` is False where it had been posted before.

    `line_points` are those of its lines, in their order; told only of a new one.
    """

    purchase_id: int
    public_id: UUID
    points: int
    is_new: bool
    trace: dict[str, Any]
    line_points: Sequence[int] = ()


class MemberThen(NamedTuple):
    """What rules ask about the member at the time of a purchase.

    `is_first` says that nothing was bought before; it, the date of birth and the short
    names of the segments are only told where a rule asks. `rise` are the parts of a
    purchase that lifts the tier, where they earn apart; `tier` is then that of the
    first.
    """

    tier: TierBenefit | None = None
    is_first: bool = False
    birth_on: date | None = None
    rise: Sequence[Part] = ()
    segments: frozenset[str] = frozenset()


def parts_of(purchase: NewPurchase) -> Parts:
    """Return the parts of the amount, as far as they are known."""
    return Parts(
        purchase.discount_minor,
        purchase.tax_minor,
        purchase.delivery_minor,
        purchase.gift_card_minor,
        purchase.points_paid_minor,
    )


def event_of(
    purchase: NewPurchase, member: MemberThen, basis: Basis = STANDARD
) -> EarningEvent:
    """Return what the rules see of a purchase: only the part of it that earns."""
    changes = basis.changes(parts_of(purchase))
    amount_minor = purchase.amount_minor
    if changes:
        amount_minor = max(amount_minor + sum(changes.values()), 0)
    return EarningEvent(
        amount_minor=amount_minor,
        occurred_at=purchase.occurred_at,
        store=purchase.store,
        channel=purchase.channel,
        tier=member.tier.slug if member.tier else "",
        is_first=member.is_first,
        payment=purchase.payment,
        codes=purchase.codes,
        birth_on=member.birth_on,
        units=purchase.units,
        lines=purchase.lines,
        changes=changes,
        member_id=purchase.member_id,
        segments=member.segments,
    )
