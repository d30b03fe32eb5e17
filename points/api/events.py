"""The API of events: something a member did that is no purchase."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints

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
from points.api.reading import member_named
from points.api.schemas import Source
from points.errors.events import EventIsOwn
from points.rules.event_bonus import EVENT_NAME, OWN
from points.services.member_events import NewEvent, record_event
from points.services.own_events import SOURCE

router = Router(tags=["Events"])
EXAMPLE: dict[str, JsonValue] = {
    "member": {"number": "M7Q2K9XW4BT"},
    "name": "app.review",
    "source": "app",
    "source_id": "review-4711",
    "occurred_at": "2026-03-01T12:30:00+08:00",
}


class NewEventIn(Input):
    """Something a member did; `source_id` is its number at the source."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    member: MemberReference
    name: Annotated[
        str,
        StringConstraints(pattern=EVENT_NAME),
        Field(description="As the rule for it names it; `survey` and `referral` too."),
    ]
    source: Source
    source_id: Annotated[str, one_line(120, shortest=1)]
    occurred_at: Instant


class EventOut(BaseModel):
    """An event as it was kept, and what it gave."""

    id: UUID
    member: str
    name: str
    source: str
    source_id: str
    occurred_at: Instant
    points: int
    is_new: bool


@router.post(
    "",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: EventOut, 201: EventOut, **PROBLEMS},
    summary="Tell of an event",
    operation_id="post_event",
)
def post_event(
    request: ApiRequest, body: NewEventIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Tell of something a member did; the points follow from the rules for events.

    A (source, source_id) that was told before moves nothing: it answers 200 and
    `is_new: false`, or 409 when member, name or time differ. An event that no rule is
    for is kept and gives nothing.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def post() -> Answer:
        if body.name in OWN or body.source == SOURCE:
            raise EventIsOwn(name=body.name)
        member = member_named(body.member)
        event = NewEvent(
            member.pk, body.name, body.source, body.source_id, body.occurred_at
        )
        posted = record_event(event=event, at=now, actor=request.auth.actor)
        answer = EventOut(
            id=posted.public_id,
            member=member.number,
            **body.model_dump(exclude={"member"}),
            points=posted.points,
            is_new=posted.is_new,
        )
        status = 201 if posted.is_new else 200
        return Answer(status, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=post)
