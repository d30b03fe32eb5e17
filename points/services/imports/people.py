"""Finding the members that a file speaks of, many at a time, and enrolling others."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

import pghistory

from loyalty_site.lib.actors import Actor
from loyalty_site.webhooks.services.outbox import NewEvent, are_awaited, tell
from members import events
from members.models import Identifier, Member
from points import sql

ENROLLED_VIA = "import"
_PHONE = re.compile(r"(?:\+|00)[1-9][0-9 ()./-]{5,24}")
_NOT_DIGITS = re.compile(r"[^0-9]")

# What belonged to a merged membership finds the one that stayed. A number of the
# file's own system is looked for before a card of the same digits.
BY_IDENTIFIER = """
SELECT i.value, s.id, s.closed_at IS NOT NULL
FROM members_identifier i JOIN members_member m ON m.id = i.member_id
JOIN members_member s ON s.id = coalesce(m.merged_into_id, m.id)
WHERE i.system = %(system)s AND i.value = ANY(%(refs)s)
"""
BY_NUMBER = """
SELECT m.number, s.id, s.closed_at IS NOT NULL
FROM members_member m JOIN members_member s ON s.id = coalesce(m.merged_into_id, m.id)
WHERE m.number = ANY(%(refs)s)
"""
BY_PHONE = """
SELECT phone, id, FALSE FROM members_member
WHERE phone = ANY(%(refs)s) AND phone <> '' AND closed_at IS NULL
"""
BY_EMAIL = """
SELECT lower(email), id, FALSE FROM members_member
WHERE lower(email) = ANY(%(refs)s) AND email <> '' AND closed_at IS NULL
"""
_STAYED = """
FROM members_member m JOIN members_member s ON s.id = m.merged_into_id
WHERE m.merged_into_id IS NOT NULL AND
"""
BY_MERGED_PHONE = f"""
SELECT m.phone, s.id, s.closed_at IS NOT NULL {_STAYED} m.phone = ANY(%(refs)s)
"""
BY_MERGED_EMAIL = f"""
SELECT lower(m.email), s.id, s.closed_at IS NOT NULL {_STAYED}
  lower(m.email) = ANY(%(refs)s)
"""


@dataclass(frozen=True, slots=True)
class Found:
    """A member that a reference names."""

    member_id: int
    is_closed: bool


def members_by_reference(refs: Iterable[str], *, system: str) -> dict[str, Found]:
    """Return who is meant by each reference; unknown ones are left out.

    Looked up, in this order, as an identifier of `system`, a card, a member number, an
    international phone number and an e-mail; the last two among open memberships.
    """
    found: dict[str, Found] = {}
    missing = sorted(set(refs))
    for keys, statement, params in (
        (_same, BY_IDENTIFIER, {"system": system}),
        (_same, BY_IDENTIFIER, {"system": Identifier.CARD}),
        (_number, BY_NUMBER, {}),
        (_phone, BY_PHONE, {}),
        (_email, BY_EMAIL, {}),
        (_phone, BY_MERGED_PHONE, {}),
        (_email, BY_MERGED_EMAIL, {}),
    ):
        asked = {ref: key for ref in missing if (key := keys(ref))}
        if asked:
            answers = _ask(statement, asked.values(), params)
            found |= {ref: answers[key] for ref, key in asked.items() if key in answers}
            missing = [ref for ref in missing if ref not in found]
    return found


def enrol_references(
    first_seen: Mapping[str, datetime], *, system: str, at: datetime, actor: Actor
) -> dict[str, int]:
    """Enrol a member for each reference and return their ids.

    Each is enrolled at the time given, which is that of the first purchase, and is
    from then on known to `system` by the reference. The database opens the accounts.
    """
    with pghistory.context(reason="import", actor=str(actor)):
        members = Member.objects.bulk_create(
            [
                Member(enrolled_at=at, enrolled_via=ENROLLED_VIA)
                for at in first_seen.values()
            ],
            batch_size=2_000,
        )
    enrolled = dict(zip(first_seen, (member.pk for member in members), strict=True))
    Identifier.objects.bulk_create(
        [
            Identifier(member_id=member_id, system=system, value=ref)
            for ref, member_id in enrolled.items()
        ],
        batch_size=5_000,
    )
    _tell(members, at=at)
    return enrolled


def _tell(members: Iterable[Member], *, at: datetime) -> None:
    if are_awaited([events.CREATED]):
        told = [NewEvent(events.CREATED, events.member_data(each)) for each in members]
        tell(told, at=at)


def _ask(
    statement: str, keys: Iterable[str], params: Mapping[str, str]
) -> dict[str, Found]:
    refs = sorted(set(keys))
    rows = sql.run(statement, {"refs": refs, **params}, rows=len(refs))
    return {key: Found(member_id, is_closed) for key, member_id, is_closed in rows}


def _same(ref: str) -> str:
    return ref


def _number(ref: str) -> str:
    return ref.upper() if ref[:1] in {"M", "m"} else ""


def _phone(ref: str) -> str:
    if not _PHONE.fullmatch(ref):
        return ""
    return f"+{_NOT_DIGITS.sub('', ref.removeprefix('00'))}"


def _email(ref: str) -> str:
    return ref.lower() if "@" in ref else ""
