"""The API of households: who shares with whom, who comes in, who leaves."""

import hashlib
from datetime import datetime
from typing import Annotated, Any
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
    MemberReference,
    one_line,
)
from members.models import Member
from points.api.reading import member_named
from points.errors.households import NotInHousehold, UnknownHousehold
from points.models import Household, HouseholdMembership, Programme
from points.selectors.households import members_of, shared_total
from points.services.households import (
    create_household,
    join_household,
    leave_household,
)

router = Router(tags=["Households"])
MEMBER: dict[str, JsonValue] = {"number": "M7Q2K9XW4BT"}
READ, WRITE = ApiKey.Scope.POINTS_READ, ApiKey.Scope.TRANSFERS_WRITE


class NewHousehold(Input):
    """A household and the member who begins it."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Chan", "member": MEMBER}]},
    )

    name: Annotated[str, one_line(80, shortest=1)]
    member: MemberReference


class NewSharer(Input):
    """The member who comes in."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"member": MEMBER}]}
    )

    member: MemberReference


class Leaving(Input):
    """Who leaves, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"member": MEMBER, "reason": "Moved out"}]},
    )

    member: MemberReference
    reason: Annotated[str, one_line(300), Field(min_length=1)]


class SharerOut(BaseModel):
    """A member of a household; `available` is on the own account."""

    member: str
    joined_at: Instant
    available: int


class HouseholdOut(BaseModel):
    """A household with its members, the oldest first; `available` is theirs together."""

    id: UUID
    name: str
    created_at: Instant
    available: int
    members: list[SharerOut]


class HouseholdListed(BaseModel):
    """A household, and how many members it has."""

    id: UUID
    name: str
    created_at: Instant
    size: int


class HouseholdPage(Page[HouseholdListed]):
    """Households, the newest first."""


class LeftOut(BaseModel):
    """Who left, by which rule, and how many points stayed behind and came along."""

    household: UUID
    member: str
    left_at: Instant
    rule: Programme.HouseholdLeaving
    points_left_behind: int
    points_that_came_along: int


@router.get(
    "",
    auth=BearerKey(READ),
    response={200: HouseholdPage, **READ_PROBLEMS},
    summary="List households",
    operation_id="list_households",
)
def list_households(request: ApiRequest, page: Query[PageQuery]) -> HouseholdPage:
    """List households, the newest first."""
    items, following = page_of(
        request,
        page,
        Household.objects.with_size(),
        order_by="-created_at",
        show=lambda found: [_listed(each) for each in found],
    )
    return HouseholdPage(items=items, next=following)


@router.get(
    "/{household_id}",
    auth=BearerKey(READ),
    response={200: HouseholdOut, **READ_PROBLEMS},
    summary="Read a household",
    operation_id="read_household",
)
def read_household(request: ApiRequest, household_id: UUID) -> HouseholdOut:
    """Say who shares, and what they have."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    return _shown(_household(household_id), now)


@router.post(
    "",
    auth=BearerKey(WRITE),
    response={201: HouseholdOut, **PROBLEMS},
    summary="Make a household",
    operation_id="create_household",
)
def post_household(
    request: ApiRequest, body: NewHousehold, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Make a household that begins with this member.

    409 `households_are_off` where the programme has none, and `in_another_household`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def create() -> Answer:
        household = create_household(
            name=body.name,
            member=_named(body.member),
            key=_key(caller.api_key_id, idempotency_key),
            at=now,
            actor=caller.actor,
        )
        return Answer(201, _shown(household, now).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=create)


@router.post(
    "/{household_id}/members",
    auth=BearerKey(WRITE),
    response={201: HouseholdOut, **PROBLEMS},
    summary="Add a member to a household",
    operation_id="join_household",
)
def post_member(
    request: ApiRequest,
    household_id: UUID,
    body: NewSharer,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Let a member share from now on; no points move. 409 `household_full`."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def join() -> Answer:
        household = _household(household_id)
        join_household(
            household=household,
            member=_named(body.member),
            at=now,
            actor=request.auth.actor,
        )
        return Answer(201, _shown(household, now).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=join)


@router.post(
    "/{household_id}/leave",
    auth=BearerKey(WRITE),
    response={200: LeftOut, **PROBLEMS},
    summary="Take a member out of a household",
    operation_id="leave_household",
)
def post_leaving(
    request: ApiRequest,
    household_id: UUID,
    body: Leaving,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Let a member leave; unspent points go by the programme's rule.

    409 `leaver_holds_points` while points of the member are set aside.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def leave() -> Answer:
        household, member = _household(household_id), _named(body.member)
        current = household.memberships.of_now().filter(account=member.pk).first()
        if current is None:
            raise NotInHousehold
        left = leave_household(
            membership=current, reason=body.reason, at=now, actor=request.auth.actor
        )
        return Answer(200, _left(left, household, member.number))

    return answer_once(request, key=idempotency_key, at=now, work=leave)


def _household(household_id: UUID) -> Household:
    found = Household.objects.filter(public_id=household_id).first()
    if found is None:
        raise UnknownHousehold
    return found


def _named(reference: MemberReference) -> Member:
    return Member.objects.get(pk=member_named(reference, field="member").pk)


def _key(api_key_id: int, idempotency_key: str) -> str:
    text = f"{api_key_id}:{idempotency_key}"
    return f"api:{hashlib.sha256(text.encode()).hexdigest()}"


def _listed(household: Any) -> HouseholdListed:  # noqa: ANN401 -- with its size
    return HouseholdListed(
        id=household.public_id,
        name=household.name,
        created_at=household.created_at,
        size=household.size,
    )


def _shown(household: Household, at: datetime) -> HouseholdOut:
    sharers = members_of(household, at=at)
    return HouseholdOut(
        id=household.public_id,
        name=household.name,
        created_at=household.created_at,
        available=shared_total(sharers),
        members=[
            SharerOut(
                member=each.membership.account.member.number,
                joined_at=each.membership.joined_at,
                available=each.balance.available,
            )
            for each in sharers
        ],
    )


def _left(
    left: HouseholdMembership, household: Household, number: str
) -> dict[str, JsonValue]:
    answer = LeftOut(
        household=household.public_id,
        member=number,
        left_at=left.left_at or left.joined_at,
        rule=Programme.HouseholdLeaving(left.rule),
        points_left_behind=left.points_back,
        points_that_came_along=left.points_along,
    )
    dumped: dict[str, JsonValue] = answer.model_dump(mode="json")
    return dumped
