"""The API of merges: two memberships of one person become one."""

import hashlib
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, JsonValue

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
from members.merging import blanks_to_fill
from members.models import Member
from points.api.reading import member_named, member_of
from points.models import Merge
from points.selectors.adjustment_limits import limit_of_key
from points.services.merges.asking import MergeWish, ask_merge

members = Router(tags=["Members"])
EXAMPLE: dict[str, JsonValue] = {
    "gone": {"number": "M2H8PTC5R9D"},
    "reason": "The same phone and birthday",
}


class NewMerge(Input):
    """The membership that goes into the one of the address, and how that is known."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    gone: MemberReference
    reason: Annotated[str, one_line(300), Field(min_length=1)]


class MergeOut(BaseModel):
    """A merge: done, or waiting for a second person."""

    id: UUID
    kept: str
    gone: str
    points: int
    debt: int
    state: Merge.State
    asked_at: Instant
    done_at: Instant | None


@members.post(
    "/{number}/merge",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={201: MergeOut, 202: MergeOut, **PROBLEMS},
    summary="Merge two memberships",
    operation_id="merge_members",
)
def post_merge(
    request: ApiRequest, number: str, body: NewMerge, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Let another membership of the same person go into this one.

    Points, purchases, redemptions and identifiers move; blanks of the profile are filled.
    The number that goes answers with the one that stays from then on. 202 says that more
    points move than the key may move alone, so that a person decides first.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def ask() -> Answer:
        kept = Member.objects.get(pk=member_of(number=number).pk)
        gone = Member.objects.get(pk=member_named(body.gone, field="gone").pk)
        merge = ask_merge(
            wish=MergeWish(kept, gone, body.reason, blanks_to_fill(kept, gone)),
            key=_key(caller.api_key_id, idempotency_key),
            at=now,
            actor=caller.actor,
            limit=limit_of_key(caller.api_key_id),
        )
        answer = _merge_out(merge, kept, gone)
        return Answer(202 if merge.is_waiting else 201, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=ask)


def _key(api_key_id: int, idempotency_key: str) -> str:
    text = f"{api_key_id}:{idempotency_key}"
    return f"api:{hashlib.sha256(text.encode()).hexdigest()}"


def _merge_out(merge: Merge, kept: Member, gone: Member) -> MergeOut:
    return MergeOut(
        id=merge.public_id,
        kept=kept.number,
        gone=gone.number,
        points=merge.points,
        debt=merge.debt,
        state=Merge.State(merge.state),
        asked_at=merge.asked_at,
        done_at=merge.done_at,
    )
