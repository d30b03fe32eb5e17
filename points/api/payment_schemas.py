"""Shapes of the API of payments with points."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, JsonValue

from loyalty_site.apiaccess.schemas import (
    AmountText,
    Currency,
    Input,
    Instant,
    one_line,
)
from points.api.schemas import Source

QUOTED: dict[str, JsonValue] = {"purchase_amount": "128.50", "currency": "HKD"}


class QuotedPayment(Input):
    """What a purchase comes to in all, before points."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [QUOTED]})

    purchase_amount: AmountText
    currency: Currency


class PaymentQuoteOut(BaseModel):
    """The most that the member's points take off now, in whole steps."""

    member: str
    available: int
    points: int
    amount: str
    currency: str
    step_points: int
    step_amount: str
    least_points: int
    most_percent: int


class NewPayment(QuotedPayment):
    """Points for a part of the purchase `source_id`; without `amount` as many as go.

    Less is taken only where `allow_partial` says so.
    """

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                QUOTED | {"source": "till-7", "source_id": "000123", "amount": "20.00"}
            ]
        },
    )

    source: Source
    source_id: Annotated[str, one_line(120, shortest=1)]
    amount: AmountText | None = None
    allow_partial: bool = False


class ReversedPayment(Input):
    """Why the points come back."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"reason": "The sale was cancelled"}]},
    )

    reason: Annotated[str, one_line(300, shortest=1)]


class PaymentOut(BaseModel):
    """Points that paid; `available` is what is left."""

    id: UUID
    member: str
    source: str
    source_id: str
    points: int
    amount: str
    currency: str
    at: Instant
    reversed_at: Instant | None
    available: int
