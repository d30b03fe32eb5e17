"""Shapes of the points API: what comes in and what goes out."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

from loyalty_site.apiaccess.schemas import (
    AmountText,
    Currency,
    Input,
    Instant,
    MemberReference,
    Quantity,
    one_line,
)
from points.selectors.traces import TraceStep

LINES_LIMIT = 500
LABELS_LIMIT = 20
PartText = Annotated[
    AmountText | None,
    Field(
        description="A part of the amount, where known; the discount was taken off it."
    ),
]
Label = Annotated[str, one_line(80, shortest=1)]
Source = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,39}$"),
    Field(description="The system that reports it.", examples=["till-7"]),
]
QUOTED: dict[str, JsonValue] = {
    "member": {"number": "M7Q2K9XW4BT"},
    "source": "till-7",
    "amount": "128.50",
    "currency": "HKD",
    "occurred_at": "2026-03-01T12:30:00+08:00",
    "store": "central",
    "channel": "store",
}
POSTED: dict[str, JsonValue] = QUOTED | {
    "source_id": "000123",
    "lines": [
        {
            "sku": "4891028164456",
            "name": "Lemon tea",
            "category": "drinks",
            "labels": ["new"],
            "amount": "28.50",
        },
        {"sku": "4890008100309", "name": "Rice 8 kg", "amount": "100.00"},
    ],
}


class LineIn(Input):
    """A line of the basket."""

    amount: AmountText
    quantity: Quantity = Decimal(1)
    sku: Annotated[str, one_line(60)] = ""
    name: Annotated[str, one_line(200)] = ""
    category: Annotated[str, one_line(80)] = ""
    brand: Annotated[str, one_line(80)] = ""
    labels: Annotated[list[Label], Field(max_length=LABELS_LIMIT)] = []


class QuotedPurchaseIn(Input):
    """A basket not paid yet; the lines, if given, add up to the amount."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [QUOTED]})

    member: MemberReference
    source: Source
    amount: AmountText
    currency: Currency
    occurred_at: Instant
    store: Annotated[str, one_line(40)] = ""
    channel: Annotated[str, one_line(20)] = ""
    units: Quantity | None = None
    payment: Annotated[
        str,
        one_line(40),
        Field(description="How it was paid.", examples=["octopus"]),
    ] = ""
    discount: PartText = None
    tax: PartText = None
    delivery: PartText = None
    gift_card: PartText = None
    points_paid: PartText = None
    codes: Annotated[
        list[Label],
        Field(max_length=LABELS_LIMIT, description="Promotion codes that were told."),
    ] = []
    lines: Annotated[list[LineIn], Field(max_length=LINES_LIMIT)] = []


class NewPurchaseIn(QuotedPurchaseIn):
    """A paid purchase; `source_id` is its number at the source, such as the receipt's."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [POSTED]})

    source_id: Annotated[str, one_line(120, shortest=1)]


class PurchaseOut(BaseModel):
    """A purchase as it was posted."""

    id: UUID
    member: str
    source: str
    source_id: str
    amount: str
    currency: str
    occurred_at: Instant
    points: int
    is_new: bool


class QuoteStep(BaseModel):
    """One rule and what came of it."""

    rule: str
    version: int
    fired: bool
    value: str | None
    sentence: str
    reason: str | None


def quote_steps(steps: Iterable[TraceStep]) -> list[QuoteStep]:
    """Return the steps of an explanation as the API shows them."""
    return [
        QuoteStep(
            rule=step.rule_name,
            version=step.version,
            fired=step.has_fired,
            value=step.value or None,
            sentence=step.sentence,
            reason=step.reason or None,
        )
        for step in steps
    ]


class QuoteOut(BaseModel):
    """What a purchase would earn, and why; `exact` is before the one rounding.

    The points could be spent from `effective_at` until `expires_at`; both are null while
    they would wait for the purchase to be confirmed.
    """

    member: str
    points: int
    effective_at: Instant | None
    expires_at: Instant | None
    tier: str | None
    tier_factor: str | None
    exact: str
    rounding: str
    steps: list[QuoteStep]


class ExpiringOut(BaseModel):
    """Points that can be spent until `at`."""

    at: Instant
    points: int


class SharedOut(BaseModel):
    """A household, and what the member can spend of what all of it have."""

    id: UUID
    name: str
    available: int


class BalanceOut(BaseModel):
    """Points at an instant; `household` is null for a member who shares with nobody."""

    member: str
    at: Instant
    available: int
    pending: int
    held: int
    debt: int
    expiring: list[ExpiringOut]
    household: SharedOut | None


class InLanguages(BaseModel):
    """A text by language."""

    en: str
    zh_hans: str
    zh_hant: str
