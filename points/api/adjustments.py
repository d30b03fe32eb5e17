"""The API of adjustments: points given or taken by hand, within the key's limit."""

import hashlib
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import Page, PageQuery, page_of
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    READ_PROBLEMS,
    IdempotencyKey,
    Input,
    Instant,
    one_line,
)
from members.models import Member
from points.api.reading import member_of
from points.errors.posting import NoPointsAsked, NoteNeeded, UnknownAdjustment
from points.forms.adjustments import MOST_POINTS
from points.models import Adjustment, Entry
from points.selectors.adjustment_limits import limit_of_key
from points.services.adjustments import Wish, ask_adjustment

members = Router(tags=["Adjustments"])
router = Router(tags=["Adjustments"])
EXAMPLE: dict[str, JsonValue] = {
    "points": 50,
    "reason": "goodwill",
    "note": "Late parcel",
}


class NewAdjustment(Input):
    """Points to give, or with a minus to take; `note` is for colleagues only."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    points: Annotated[int, Field(ge=-MOST_POINTS, le=MOST_POINTS, strict=True)]
    reason: Entry.AdjustReason
    note: Annotated[str, one_line(300)] = ""


class AdjustmentOut(BaseModel):
    """An adjustment: posted with its entry, or waiting for a second person."""

    id: UUID
    member: str
    points: int
    reason: Entry.AdjustReason
    note: str
    state: Adjustment.State
    asked_at: Instant
    asked_by: str
    decided_at: Instant | None
    decision_note: str
    entry: int | None


class AdjustmentPage(Page[AdjustmentOut]):
    """Adjustments, the newest first."""


@members.post(
    "/{number}/adjustments",
    auth=BearerKey(ApiKey.Scope.POINTS_ADJUST),
    response={201: AdjustmentOut, 202: AdjustmentOut, **PROBLEMS},
    summary="Give or take points",
    operation_id="adjust_points",
)
def post_adjustment(
    request: ApiRequest,
    number: str,
    body: NewAdjustment,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Give or take points by hand; above the key's limit a person decides first.

    201 says that they are posted. 202 says that nothing moved yet: read the adjustment
    again, or wait for the event `points.adjusted`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def ask() -> Answer:
        if not body.points:
            raise NoPointsAsked
        if body.reason == Entry.AdjustReason.OTHER and not body.note:
            raise NoteNeeded
        adjustment = ask_adjustment(
            member=Member.objects.get(pk=member_of(number=number).pk),
            wish=Wish(body.points, body.reason.value, body.note),
            limit=limit_of_key(caller.api_key_id),
            key=_key(caller.api_key_id, idempotency_key),
            at=now,
            actor=caller.actor,
        )
        status = 202 if adjustment.is_waiting else 201
        return Answer(status, _adjustment_out(adjustment).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=ask)


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.POINTS_ADJUST),
    response={200: AdjustmentPage, **READ_PROBLEMS},
    summary="List adjustments",
    operation_id="list_adjustments",
)
def list_adjustments(
    request: ApiRequest,
    page: Query[PageQuery],
    state: Annotated[Adjustment.State | None, Query()] = None,
) -> AdjustmentPage:
    """List what was asked by keys and by people, the newest first."""
    rows = Adjustment.objects.select_related("account__member")
    if state is not None:
        rows = rows.filter(state=state)
    items, following = page_of(
        request,
        page,
        rows,
        order_by="-asked_at",
        show=lambda found: [_adjustment_out(each) for each in found],
    )
    return AdjustmentPage(items=items, next=following)


@router.get(
    "/{uuid:public_id}",
    auth=BearerKey(ApiKey.Scope.POINTS_ADJUST),
    response={200: AdjustmentOut, **READ_PROBLEMS},
    summary="Read an adjustment",
    operation_id="read_adjustment",
)
def get_adjustment(request: ApiRequest, public_id: UUID) -> AdjustmentOut:
    """Say whether an adjustment waits, was posted or refused."""
    rows = Adjustment.objects.select_related("account__member")
    adjustment = rows.filter(public_id=public_id).first()
    if adjustment is None:
        raise UnknownAdjustment
    return _adjustment_out(adjustment)


def _key(api_key_id: int, idempotency_key: str) -> str:
    text = f"{api_key_id}:{idempotency_key}"
    return f"api:{hashlib.sha256(text.encode()).hexdigest()}"


def _adjustment_out(adjustment: Adjustment) -> AdjustmentOut:
    return AdjustmentOut(
        id=adjustment.public_id,
        member=adjustment.account.member.number,
        points=adjustment.points,
        reason=Entry.AdjustReason(adjustment.reason),
        note=adjustment.note,
        state=Adjustment.State(adjustment.state),
        asked_at=adjustment.asked_at,
        asked_by=adjustment.asked_by,
        decided_at=adjustment.decided_at,
        decision_note=adjustment.decision_note,
        entry=adjustment.entry_id,
    )
