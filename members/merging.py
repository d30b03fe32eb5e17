"""Make two records of one person one, and two again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.actors import Actor
from loyalty_site.webhooks.services.outbox import NewEvent, tell
from members import events
from members.models import Consent, Identifier, Member
from members.segmenting import move_stays, move_stays_back
from members.selectors.consents import agreements_of
from members.services import Profile, record_consent, refuse_doubles

# What can be taken from the record that goes.
FIELDS = {
    "full_name": _("Full name"),
    "address_as": _("How to address"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "birth_on": _("Date of birth"),
    "language": _("Language"),
    "note": _("Note"),
}
CONSENT_SOURCE = "merge"


@dataclass(frozen=True)
class Joined:
    """What parting them again needs: when, replaced fields, and what moved."""

    profile_before: Mapping[str, str]
    identifier_ids: tuple[int, ...]
    stay_ids: tuple[int, ...]
    at: datetime


def blanks_to_fill(kept: Member, gone: Member) -> tuple[str, ...]:
    """Return the fields that only the record that goes has something in."""
    return tuple(
        name for name in FIELDS if getattr(gone, name) and not getattr(kept, name)
    )


def shown_field(member: Member, name: str) -> str:
    """Return a field as a person reads it."""
    if name == "language":
        return member.get_language_display()
    if name == "phone" and member.phone:
        return formats.phone(str(member.phone))
    if name == "birth_on" and member.birth_on:
        return formats.day(member.birth_on)
    return str(getattr(member, name) or "")


@transaction.atomic
def join_members(
    *,
    kept: Member,
    gone: Member,
    picks: Iterable[str],
    at: datetime,
    actor: Actor,
) -> Joined:
    """Close `gone` and let it lead to `kept`, which takes what it had, and `picks`.

    Of what both said about mails the stricter word counts. Whoever led to `gone` leads
    to `kept` from now on.
    """
    kept, gone = _locked(kept, gone)
    before = {name: str(getattr(kept, name) or "") for name in picks}
    with pghistory.context(reason="merge", actor=str(actor)):
        Member.objects.filter(merged_into=gone).update(merged_into=kept)
        gone.merged_into, gone.closed_at = kept, at
        gone.closed_reason = f"merged into {kept.number}"
        gone.save(update_fields=["merged_into", "closed_at", "closed_reason"])
        for name in before:
            setattr(kept, name, getattr(gone, name))
        kept.save(update_fields=list(before))
    moved = Identifier.objects.filter(member=gone)
    identifier_ids = tuple(moved.values_list("pk", flat=True))
    moved.update(member=kept)
    _be_strict(kept, gone, at=at)
    tell(
        [
            NewEvent(events.MERGED, events.member_data(gone)),
            NewEvent(events.UPDATED, events.member_data(kept)),
        ],
        at=at,
    )
    stay_ids = move_stays(gone=gone, kept=kept, at=at)
    return Joined(before, identifier_ids, stay_ids, at)


@transaction.atomic
def part_members(
    *,
    kept: Member,
    gone: Member,
    joined: Joined,
    led_here: Iterable[int],
    at: datetime,
    actor: Actor,
) -> None:
    """Open `gone` again with what it had; `kept` gets back what the picks replaced.

    What was changed at `kept` since stays as it is, and so does what it said about
    mails. `led_here` are the members who led to `gone` before. Raises AlreadyEnrolled
    where somebody else has the e-mail or the phone by now.
    """
    kept, gone = _locked(kept, gone)
    with pghistory.context(reason="unmerge", actor=str(actor)):
        unchanged = {
            name: old
            for name, old in joined.profile_before.items()
            if getattr(kept, name) == getattr(gone, name)
        }
        for name, old in unchanged.items():
            setattr(kept, name, _read(name, old))
        kept.save(update_fields=list(unchanged))
        refuse_doubles(_profile(gone), (), besides=gone)
        gone.merged_into, gone.closed_at, gone.closed_reason = None, None, ""
        gone.save(update_fields=["merged_into", "closed_at", "closed_reason"])
        Member.objects.filter(pk__in=list(led_here)).update(merged_into=gone)
    theirs = Identifier.objects.filter(pk__in=joined.identifier_ids, member=kept)
    theirs.update(member=gone)
    move_stays_back(stay_ids=joined.stay_ids, gone=gone, kept=kept, merged_at=joined.at)
    tell(
        [NewEvent(events.UPDATED, events.member_data(each)) for each in (kept, gone)],
        at=at,
    )


def _locked(kept: Member, gone: Member) -> tuple[Member, Member]:
    rows = Member.objects.select_for_update().order_by("pk")
    found = {each.pk: each for each in rows.filter(pk__in=[kept.pk, gone.pk])}
    return found[kept.pk], found[gone.pk]


def _read(name: str, text: str) -> date | str | None:
    """Return what a field held, from the text that was kept of it."""
    if name != "birth_on":
        return text
    return date.fromisoformat(text) if text else None


def _profile(member: Member) -> Profile:
    return Profile(**{name: getattr(member, name) for name in FIELDS})


def _be_strict(kept: Member, gone: Member, *, at: datetime) -> None:
    """Take back at `kept` what the person, as `gone`, did not want."""
    refused = {
        each.purpose
        for each in agreements_of(gone)
        if each.at is not None and not each.is_granted
    }
    for each in agreements_of(kept):
        if each.is_granted and each.purpose in refused:
            record_consent(
                member=kept,
                purpose=Consent.Purpose(each.purpose),
                is_granted=False,
                at=at,
                source=CONSENT_SOURCE,
            )
