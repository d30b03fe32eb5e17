"""The API of transfers."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    IdempotencyKey,
    Input,
    Instant,
    MemberReference,
    one_line,
)
from members.models import Member
from points.api.reading import member_named
from points.forms.adjustments import MOST_POINTS
from points.models import Transfer
from points.selectors.transfers import lots_of_transfer
from points.services.transfers import Gift, transfer_points

router = Router(tags=["Transfers"])


class NewTransferIn(Input):
    """Points that one member gives to another."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "sender": {"number": "M7Q2K9XW4BT"},
                    "receiver": {"card": "9001234567"},
                    "points": 120,
                }
            ]
        },
    )

    sender: MemberReference
    receiver: MemberReference
    points: Annotated[int, Field(strict=True, ge=1, le=MOST_POINTS)]
    note: Annotated[str, one_line(300)] = ""


class LotArrived(BaseModel):
    """Points that arrived with one date of expiry."""

    points: int
    expires_at: Instant | None


class TransferOut(BaseModel):
    """A transfer, and the lots as they arrived at the receiver."""

    id: UUID
    sender: str
    receiver: str
    points: int
    at: Instant
    lots: list[LotArrived]


@router.post(
    "",
    auth=BearerKey(ApiKey.Scope.TRANSFERS_WRITE),
    response={201: TransferOut, **PROBLEMS},
    summary="Transfer points",
    operation_id="transfer_points",
)
def post_transfer(
    request: ApiRequest, body: NewTransferIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Give points of one member to another.

    The points that the sender would spend first arrive lot by lot and expire when they
    would have anyway, unless the programme lets them start anew. No tier counts them.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def give() -> Answer:
        sender = _member(body.sender, field="sender")
        receiver = _member(body.receiver, field="receiver")
        transfer = transfer_points(
            gift=Gift(sender, receiver, body.points, body.note),
            key=f"api:{caller.api_key_id}:{idempotency_key}",
            at=now,
            actor=caller.actor,
        )
        answer = _transfer_out(transfer, sender, receiver)
        return Answer(201, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=give)


def _member(reference: MemberReference, *, field: str) -> Member:
    return Member.objects.get(pk=member_named(reference, field=field).pk)


def _transfer_out(transfer: Transfer, sender: Member, receiver: Member) -> TransferOut:
    return TransferOut(
        id=transfer.public_id,
        sender=sender.number,
        receiver=receiver.number,
        points=transfer.points,
        at=transfer.at,
        lots=[
            LotArrived(points=each.points, expires_at=each.expires_at)
            for each in lots_of_transfer(transfer)
        ],
    )
