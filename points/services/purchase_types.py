"""What a till, a shop or a file reports, and what it is answered."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from points.rules.base import EarningEvent
from points.rules.pipeline import TierBenefit


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

    `is_first` says that nothing was bought before; it and the date of birth are only
    told where a rule asks.
    """

    tier: TierBenefit | None = None
    is_first: bool = False
    birth_on: date | None = None


def event_of(purchase: NewPurchase, member: MemberThen) -> EarningEvent:
    """Return what the rules see of a purchase."""
    return EarningEvent(
        amount_minor=purchase.amount_minor,
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
    )
