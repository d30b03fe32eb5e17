"""The API of members: enrol one, read one, list them."""

from datetime import UTC
from typing import Annotated

import phonenumbers
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_lazy
from ninja import Query, Router
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    field_validator,
)

from loyalty_site.apiaccess.errors import ParameterRefused
from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import Page, PageQuery, page_of
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    READ_PROBLEMS,
    Day,
    ExternalId,
    IdempotencyKey,
    Input,
    Instant,
    one_line,
)
from loyalty_site.lib.errors import DomainError
from members.models import Consent, Member
from members.references import e164_of, find_member
from members.services import Identity, Profile, enrol_member

router = Router(tags=["Members"])


class UnknownMember(DomainError):
    """No member is known by that reference."""

    code = "unknown_member"
    field = "member"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No member is known by this reference."))


def _valid_email(text: str) -> str:
    try:
        validate_email(text)
    except ValidationError as error:
        raise ValueError(_("This is not an e-mail address.")) from error
    return text


def _valid_phone(text: str) -> str:
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise ValueError(_("This is not a telephone number.")) from error
    if not phonenumbers.is_valid_number(number):
        raise ValueError(_("This is not a telephone number in use."))
    return e164_of(text)


Email = Annotated[
    str,
    AfterValidator(_valid_email),
    Field(max_length=254, examples=["mei.chan@example.org"]),
]
Phone = Annotated[
    str,
    AfterValidator(_valid_phone),
    Field(max_length=40, examples=["+85251234567"]),
]
EXAMPLE: dict[str, JsonValue] = {
    "full_name": "Chan Mei",
    "address_as": "Ms Chan",
    "email": "mei.chan@example.org",
    "phone": "+85251234567",
    "birth_on": "1990-02-28",
    "language": "zh-hant",
    "identifiers": [{"system": "card", "value": "9001234567"}],
    "consents": ["survey"],
}


class NewMember(Input):
    """A person to enrol; give at least one of name, e-mail, phone, identifier."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    full_name: Annotated[str, one_line(120)] = ""
    address_as: Annotated[str, one_line(80)] = ""
    email: Email | None = None
    phone: Phone | None = None
    birth_on: Day | None = None
    language: Member.Language = Member.Language.EN
    identifiers: Annotated[list[ExternalId], Field(max_length=10)] = []
    consents: Annotated[list[Consent.Purpose], Field(max_length=10)] = []
    referral_code: Annotated[str, one_line(20)] = ""

    @field_validator("identifiers")
    @classmethod
    def are_different(cls, identifiers: list[ExternalId]) -> list[ExternalId]:
        """Refuse the same identifier twice."""
        if len({(each.system, each.value) for each in identifiers}) < len(identifiers):
            raise ValueError(_("An identifier is given twice."))
        return identifiers

    def profile(self) -> Profile:
        """Return what the service takes."""
        return Profile(
            full_name=self.full_name,
            address_as=self.address_as,
            email=self.email or "",
            phone=self.phone or "",
            birth_on=self.birth_on,
            language=self.language.value,
        )


class MemberOut(BaseModel):
    """A member as a till sees one."""

    number: str
    full_name: str
    address_as: str
    email: str | None
    phone: str | None
    birth_on: Day | None
    language: str
    enrolled_at: Instant
    closed_at: Instant | None
    identifiers: list[ExternalId]


class MemberPage(Page[MemberOut]):
    """Members, those enrolled last first."""


def member_out(member: Member) -> MemberOut:
    """Return the member as the API shows one."""
    return MemberOut(
        number=member.number,
        full_name=member.full_name,
        address_as=member.address_as,
        email=member.email or None,
        phone=str(member.phone) or None,
        birth_on=member.birth_on,
        language=member.language,
        enrolled_at=member.enrolled_at.astimezone(UTC),
        closed_at=member.closed_at,
        identifiers=[
            ExternalId.model_construct(system=each.system, value=each.value)
            for each in member.identifiers.all()
        ],
    )


class BornLater(DomainError):
    """The date of birth lies ahead."""

    code = "born_in_the_future"
    field = "birth_on"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("The date of birth is in the future."))


@router.post(
    "",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={201: MemberOut, **PROBLEMS},
    summary="Enrol a member",
    operation_id="enrol_member",
)
def post_member(
    request: ApiRequest, body: NewMember, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Enrol a person; refused when an open membership has the same e-mail or phone."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def enrol() -> Answer:
        if body.birth_on is not None and body.birth_on > now.date():
            raise BornLater
        member = enrol_member(
            profile=body.profile(),
            at=now,
            actor=request.auth.actor,
            via="api",
            identities=tuple(
                Identity(each.system, each.value) for each in body.identifiers
            ),
            consents=tuple(dict.fromkeys(each.value for each in body.consents)),
            code=body.referral_code,
        )
        return Answer(201, member_out(member).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=enrol)


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.MEMBERS_READ),
    response={200: MemberPage, **READ_PROBLEMS},
    summary="List members",
    operation_id="list_members",
)
def list_members(
    request: ApiRequest,
    page: Query[PageQuery],
    is_open: Annotated[bool | None, Query()] = None,
) -> MemberPage:
    """List members, those enrolled last first; `is_open` leaves out closed or open ones."""
    rows = Member.objects.prefetch_related("identifiers")
    if is_open is not None:
        rows = rows.filter(closed_at__isnull=is_open)
    items, following = page_of(
        request,
        page,
        rows,
        order_by="-enrolled_at",
        show=lambda found: [member_out(each) for each in found],
    )
    return MemberPage(items=items, next=following)


@router.get(
    "/lookup",
    auth=BearerKey(ApiKey.Scope.MEMBERS_READ),
    response={200: MemberOut, **READ_PROBLEMS},
    summary="Find a member by card, phone or e-mail",
    operation_id="find_member",
)
def get_member_by(
    request: ApiRequest,
    card: Annotated[str, Query(max_length=80)] = "",
    phone: Annotated[str, Query(max_length=40)] = "",
    email: Annotated[str, Query(max_length=254)] = "",
) -> MemberOut:
    """Return the one member who has the card, the phone or the e-mail."""
    if sum(map(bool, (card, phone, email))) != 1:
        raise ParameterRefused(
            gettext_lazy("Give exactly one of card, phone, email."), field="card"
        )
    found = find_member(card=card, phone=phone, email=email)
    if found is None:
        raise UnknownMember
    return member_out(Member.objects.get(pk=found.pk))


@router.get(
    "/{number}",
    auth=BearerKey(ApiKey.Scope.MEMBERS_READ),
    response={200: MemberOut, **READ_PROBLEMS},
    summary="Read a member",
    operation_id="read_member",
)
def get_member(request: ApiRequest, number: str) -> MemberOut:
    """Return the member with this number."""
    return member_out(member_at(number))


def member_at(number: str) -> Member:
    """Return the member of an address, or raise UnknownMember."""
    is_sane = number.isascii() and number.isprintable()
    if not is_sane or (found := find_member(number=number)) is None:
        raise UnknownMember
    return Member.objects.get(pk=found.pk)
