"""Shapes of the API of many purchases."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from loyalty_site.apiaccess.schemas import Input
from points.api.schemas import POSTED, NewPurchaseIn, PurchaseOut

BATCH_LIMIT = 500
Sent = Any  # whatever the JSON of a row is
Status = Literal["posted", "known", "refused"]


class BatchIn(Input):
    """Purchases as they are posted one by one; each is checked on its own."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"purchases": [POSTED]}]}
    )

    # What is no purchase stays as it was sent, and is refused on its own.
    purchases: Annotated[
        list[Annotated[NewPurchaseIn | Sent, Field(union_mode="left_to_right")]],
        Field(min_length=1, max_length=BATCH_LIMIT),
    ]


class RowProblem(BaseModel):
    """Why a purchase was refused; the codes are those of the single call."""

    code: str
    detail: str
    field: str | None


class BatchResult(BaseModel):
    """What became of the purchase at `index`, counted from 0."""

    index: int
    status: Status
    purchase: PurchaseOut | None = None
    problem: RowProblem | None = None


class BatchOut(BaseModel):
    """A result for every purchase, in the order sent."""

    results: list[BatchResult]
    posted: int
    known: int
    refused: int
