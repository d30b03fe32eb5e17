"""The API of members: change one, close one; on the router of the others."""

from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from pydantic import ConfigDict, JsonValue

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    Day,
    IdempotencyKey,
    Input,
    one_line,
)
from members.api import (
    BornLater,
    Email,
    MemberOut,
    Phone,
    member_at,
    member_out,
    router,
)
from members.models import Member
from members.services import Profile, change_member, close_member

__all__ = ["router"]
CHANGED: dict[str, JsonValue] = {"phone": "+85251234567", "address_as": None}
CLOSED: dict[str, JsonValue] = {"reason": "asked for it by mail"}


class MemberChange(Input):
    """What changes; what is left out stays, and null takes it away."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CHANGED]})

    full_name: Annotated[str, one_line(120)] | None = None
    address_as: Annotated[str, one_line(80)] | None = None
    email: Email | None = None
    phone: Phone | None = None
    birth_on: Day | None = None
    language: Member.Language | None = None

    def profile_of(self, member: Member) -> Profile:
        """Return the member's profile with the changes in it."""
        given = self.model_dump(exclude_unset=True)
        texts = ("full_name", "address_as", "email", "phone", "language")
        values = {name: str(getattr(member, name) or "") for name in texts}
        values |= {name: str(given[name] or "") for name in texts if name in given}
        birth_on = given.get("birth_on", member.birth_on)
        values["language"] = values["language"] or member.language
        return Profile(birth_on=birth_on, note=member.note, **values)


class Closing(Input):
    """Why the membership ends; the history keeps it."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [CLOSED]})

    reason: Annotated[str, one_line(200)] = ""


@router.patch(
    "/{number}",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={200: MemberOut, **PROBLEMS},
    summary="Change a member",
    operation_id="change_member",
)
def patch_member(
    request: ApiRequest,
    number: str,
    body: MemberChange,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Change a profile; refused for a closed membership, and for what another one has."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def change() -> Answer:
        if body.birth_on is not None and body.birth_on > now.date():
            raise BornLater
        member = member_at(number)
        changed = change_member(
            member=member,
            profile=body.profile_of(member),
            at=now,
            actor=request.auth.actor,
        )
        return Answer(200, member_out(changed).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=change)


@router.post(
    "/{number}/close",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={200: MemberOut, **PROBLEMS},
    summary="Close a membership",
    operation_id="close_member",
)
def post_closing(
    request: ApiRequest,
    number: str,
    body: Closing,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Close a membership: nothing is earned or redeemed any more; the ledger stays.

    One that is closed already is answered as it is.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def close() -> Answer:
        closed = close_member(
            member=member_at(number),
            reason=body.reason,
            at=now,
            actor=request.auth.actor,
        )
        return Answer(200, member_out(closed).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=close)
