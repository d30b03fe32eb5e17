"""Every write to members: enrol, change, close, record consent."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

import pghistory
from django.db import IntegrityError, transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.webhooks.services.outbox import NewEvent, tell
from members import events
from members.departures import prepare_departure
from members.errors import AlreadyEnrolled, MemberClosed, NothingToReach
from members.introductions import introduce
from members.models import Consent, Identifier, Member
from members.segmenting import leave_all


@dataclass(frozen=True)
class Profile:
    """What is known of a person; empty strings mean not known. Phones are E.164."""

    full_name: str = ""
    address_as: str = ""
    email: str = ""
    phone: str = ""
    birth_on: date | None = None
    language: str = Member.Language.EN
    note: str = ""


@dataclass(frozen=True)
class Identity:
    """A value that a system knows the member by, such as a card number."""

    system: str
    value: str


@transaction.atomic
def enrol_member(
    *,
    profile: Profile,
    at: datetime,
    actor: Actor,
    via: str = "staff",
    identities: tuple[Identity, ...] = (),
    consents: tuple[str, ...] = (),
    code: str = "",
) -> Member:
    """Enrol a person and return the member; the database opens the points account.

    `consents` are the purposes agreed to by e-mail; `code` is that of who brought the
    person. Raises AlreadyEnrolled, naming the field, when an open membership has the
    same e-mail, phone or identity, or what is wrong with the code.
    """
    if not (profile.full_name or profile.email or profile.phone or identities):
        raise NothingToReach
    refuse_doubles(profile, identities, besides=None)
    with pghistory.context(reason="enrol", actor=str(actor)):
        member = _saved(Member(enrolled_at=at, enrolled_via=via), profile)
    _add_identities(member, profile, identities)
    for purpose in consents:
        record_consent(
            member=member, purpose=purpose, is_granted=True, at=at, source=via
        )
    introduce(member=member, code=code.strip(), at=at, actor=actor)
    tell([NewEvent(events.CREATED, events.member_data(member))], at=at)
    return member


@transaction.atomic
def change_member(
    *, member: Member, profile: Profile, at: datetime, actor: Actor
) -> Member:
    """Replace the profile of an open membership; the history keeps the old one."""
    member = Member.objects.select_for_update().get(pk=member.pk)
    if not member.is_open:
        raise MemberClosed(number=member.number)
    refuse_doubles(profile, (), besides=member)
    with pghistory.context(reason="change", actor=str(actor)):
        _saved(member, profile)
    tell([NewEvent(events.UPDATED, events.member_data(member))], at=at)
    return member


@transaction.atomic
def close_member(*, member: Member, reason: str, at: datetime, actor: Actor) -> Member:
    """Close the membership and end its segments; repeating it changes nothing.

    Raises what keeps the member from leaving what they are part of.
    """
    prepare_departure(member=member, reason=reason, at=at, actor=actor)
    member = Member.objects.select_for_update().get(pk=member.pk)
    if member.is_open:
        with pghistory.context(reason=reason, actor=str(actor)):
            member.closed_at = at
            member.closed_reason = reason
            member.save(update_fields=["closed_at", "closed_reason"])
        leave_all(member=member, at=at)
        tell([NewEvent(events.CLOSED, events.member_data(member))], at=at)
    return member


def record_consent(
    *, member: Member, purpose: str, is_granted: bool, at: datetime, source: str
) -> Consent:
    """Add what the member said; the latest row counts, the others stay as history."""
    return Consent.objects.create(
        member=member,
        purpose=purpose,
        channel=Consent.Channel.EMAIL,
        is_granted=is_granted,
        at=at,
        source=source,
    )


@transaction.atomic
def set_consents(
    *, member: Member, granted: Collection[str], at: datetime, source: str
) -> None:
    """Record yes for the purposes granted and no for those taken back.

    Only what changed is recorded: nobody said no to what they were never asked.
    """
    Member.objects.select_for_update().get(pk=member.pk)
    said = Consent.objects.filter(member=member, channel=Consent.Channel.EMAIL)
    latest = dict(said.order_by("at", "pk").values_list("purpose", "is_granted"))
    for purpose in Consent.Purpose.values:
        is_granted = purpose in granted
        if latest.get(purpose, False) != is_granted:
            record_consent(
                member=member,
                purpose=purpose,
                is_granted=is_granted,
                at=at,
                source=source,
            )


def _saved(member: Member, profile: Profile) -> Member:
    for name, value in vars(profile).items():
        setattr(member, name, value)
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError:
        # Somebody enrolled the same person since the look-up: say which one.
        refuse_doubles(profile, (), besides=member)
        raise
    return member


def _add_identities(
    member: Member, profile: Profile, identities: tuple[Identity, ...]
) -> None:
    try:
        with transaction.atomic():
            Identifier.objects.bulk_create(
                Identifier(member=member, system=each.system, value=each.value)
                for each in identities
            )
    except IntegrityError:
        # As in _saved: somebody else was faster, and the refusal names who it is.
        refuse_doubles(profile, identities, besides=member)
        raise


def refuse_doubles(
    profile: Profile, identities: tuple[Identity, ...], *, besides: Member | None
) -> None:
    """Raise AlreadyEnrolled where another open membership has any of these values."""
    others = Member.objects.active().exclude(pk=besides.pk if besides else 0)
    known_by = {
        "email": others.with_email(profile.email) if profile.email else None,
        "phone": others.filter(phone=profile.phone) if profile.phone else None,
    }
    for name, known in known_by.items():
        if known is not None and (found := known.first()):
            raise AlreadyEnrolled(field=name, number=found.number)
    for each in identities:
        taken = Identifier.objects.filter(system=each.system, value=each.value)
        if owned := taken.select_related("member").first():
            raise AlreadyEnrolled(field=each.system, number=owned.member.number)
