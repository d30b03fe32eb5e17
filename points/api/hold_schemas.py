"""Shapes of the holds API: what comes in and what goes out."""

from typing import Annotated, Self
from uuid import UUID

from django.utils.translation import gettext as _
from pydantic import BaseModel, ConfigDict, Field, model_validator

from loyalty_site.apiaccess.schemas import (
    AmountText,
    Currency,
    Input,
    Instant,
    one_line,
)
from points.api.schemas import Source

LONGEST_MINUTES = 7 * 24 * 60


class PaymentIn(Input):
    """Points for a part of the purchase `source_id`; `amount` is what they take off."""

    points: Annotated[int, Field(ge=1, le=10**12)]
    source: Source
    source_id: Annotated[str, one_line(120, shortest=1)]
    amount: AmountText
    currency: Currency


class NewHold(Input):
    """Points to set aside: those a reward costs, or those of a payment."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"reward": "01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10", "minutes": 15}
            ]
        },
    )

    reward: UUID | None = None
    payment: PaymentIn | None = None
    minutes: Annotated[int, Field(ge=1, le=LONGEST_MINUTES)] = 15

    @model_validator(mode="after")
    def is_one(self) -> Self:
        """Refuse neither and both."""
        if (self.reward is None) == (self.payment is None):
            raise ValueError(_("Give either a reward or a payment."))
        return self


class ConfirmedHold(Input):
    """How many of the points are spent; all without it. The rest is free again."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"points": 40}]}
    )

    points: Annotated[int, Field(ge=1, le=10**12)] | None = None


class NoBody(Input):
    """Nothing to say."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class HoldOut(BaseModel):
    """A hold; `expires_at` is exclusive and never later than that of its points.

    `code` is that of the redemption, where a reward was confirmed. What `needs_approval`
    is confirmed by a person on the pages, not by the API.
    """

    id: UUID
    member: str
    state: str
    points: int
    spent: int | None
    reward: UUID | None
    source: str | None
    source_id: str | None
    money: str
    value: str
    currency: str
    expires_at: Instant
    code: str | None
    needs_approval: bool
    available: int
