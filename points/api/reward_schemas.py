"""Shapes of the rewards API: what comes in and what goes out."""

from uuid import UUID

from pydantic import BaseModel, ConfigDict

from loyalty_site.apiaccess.schemas import Input, Instant
from points.api.schemas import InLanguages


class NewRedemption(Input):
    """The reward to buy."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"reward": "01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10"}]
        },
    )

    reward: UUID


class LotTaken(BaseModel):
    """Points that came out of one lot, and when they would have expired."""

    points: int
    expires_at: Instant | None


class RedemptionOut(BaseModel):
    """A redemption; `code` is shown at the counter, `available` is what is left.

    `money` is what the member pays beside the points, `value` what the reward is worth.
    """

    id: UUID
    member: str
    reward: UUID
    reward_name: str
    points: int
    money: str
    value: str
    currency: str
    state: str
    code: str
    at: Instant
    valid_until: Instant | None
    available: int
    lots: list[LotTaken]


class ForMember(BaseModel):
    """A reward as one member can have it now.

    `code` and `reason` say why not; `missing` points are needed still, and `until` is
    when a date or a limit ends that stands in the way.
    """

    member: str
    can_redeem: bool
    cost_points: int
    missing: int
    code: str | None
    reason: str | None
    until: Instant | None


class RewardOut(BaseModel):
    """A reward on offer; `for_member` where a member is asked for."""

    id: UUID
    name: str
    names: InLanguages
    description: str
    descriptions: InLanguages
    kind: str
    cost_points: int
    money: str
    value: str
    value_percent: int | None
    currency: str
    stock: int | None
    limit_per_member: int | None
    limit_per_period: int | None
    limit_period: str | None
    valid_days: int | None
    needs_approval: bool
    for_member: ForMember | None
