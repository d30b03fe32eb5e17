"""Shapes of the refunds API: what comes in and what goes out."""

from typing import Annotated, Self
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, JsonValue, model_validator

from loyalty_site.apiaccess.paging import Page
from loyalty_site.apiaccess.schemas import (
    AmountText,
    Currency,
    Input,
    Instant,
    Quantity,
    one_line,
)
from points.api.schemas import LINES_LIMIT, Source

REFUNDED: dict[str, JsonValue] = {
    "purchase": {"source": "till-7", "source_id": "000123"},
    "source": "till-7",
    "source_id": "R-000124",
    "lines": [{"position": 1, "amount": "28.50"}],
    "currency": "HKD",
    "occurred_at": "2026-03-02T12:30:00+08:00",
    "reason": "Damaged",
}


class PurchaseReference(Input):
    """A purchase by its `id`, or by the source and its id there."""

    id: UUID | None = None
    source: Source | None = None
    source_id: Annotated[str, one_line(120, shortest=1)] | None = None

    @model_validator(mode="after")
    def is_one(self) -> Self:
        """Refuse none, half and both."""
        by_source = self.source is not None and self.source_id is not None
        if (self.id is not None) == by_source:
            raise ValueError(_("Give either the id, or the source and the source_id."))
        return self


class RefundLineIn(Input):
    """How much of the line at that position comes back: an amount or a quantity."""

    position: Annotated[int, Field(ge=1, le=LINES_LIMIT)]
    amount: AmountText | None = None
    quantity: Quantity | None = None


class NewRefundIn(Input):
    """A refund: by lines, by amount, or with neither all that is left."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [REFUNDED]}
    )

    purchase: PurchaseReference
    source: Source
    source_id: Annotated[str, one_line(120, shortest=1)]
    amount: AmountText | None = None
    lines: Annotated[list[RefundLineIn], Field(max_length=LINES_LIMIT)] = []
    currency: Currency
    occurred_at: Instant
    reason: Annotated[str, one_line(300)] = ""

    @model_validator(mode="after")
    def is_one_measure(self) -> Self:
        """Refuse an amount beside lines, which would be ambiguous."""
        if self.amount is not None and self.lines:
            raise ValueError(_("Give either an amount or lines."))
        return self


class RefundShown(BaseModel):
    """A refund: `points` belong to the money, `due` are those that have not expired.

    `collected` are back, `owed` became a debt; `returned` had paid and are the member's
    again.
    """

    id: UUID
    purchase: UUID
    source: str
    source_id: str
    amount: str
    currency: str
    occurred_at: Instant
    points: int
    due: int
    collected: int
    owed: int
    returned: int


class RefundOut(RefundShown):
    """A refund as it was posted."""

    is_new: bool


class RefundPage(Page[RefundShown]):
    """Refunds, the newest first."""
