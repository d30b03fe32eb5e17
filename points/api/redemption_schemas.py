"""Shapes of the redemptions API: what is listed, used, cancelled, reversed."""

from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from loyalty_site.apiaccess.paging import Page
from loyalty_site.apiaccess.schemas import Input, Instant, one_line
from points.models import Redemption


class UsedCode(Input):
    """A voucher's code as it was typed or scanned; blanks and hyphens do not matter."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"code": "K7QX-2MWB-9TRD"}]}
    )

    code: Annotated[str, one_line(40)]


class TakenBack(Input):
    """Why the points go back to the member."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Out of order"}]}
    )

    reason: Annotated[str, one_line(300)]


class NothingElse(Input):
    """No content."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class RedemptionShown(BaseModel):
    """A redemption as it stands; an expired voucher says so in the second it ends."""

    id: UUID
    member: str
    reward: UUID
    reward_name: str
    points: int
    money: str
    value: str
    currency: str
    state: Redemption.State
    code: str
    store: str
    at: Instant
    valid_until: Instant | None
    settled_at: Instant | None
    is_late: bool


class RedemptionPage(Page[RedemptionShown]):
    """Redemptions, the newest first."""
