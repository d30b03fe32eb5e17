"""How other systems name a member: by number, card, phone, e-mail, own identifier."""

from collections.abc import Collection
from dataclasses import dataclass

import phonenumbers
from django.conf import settings

from loyalty_site.lib.statements import fetch
from members.models import Identifier


@dataclass(frozen=True, slots=True)
class Found:
    """A member who was found; nothing more than a till needs."""

    pk: int
    number: str


# Who was merged leads to the membership that stayed.
_STAYED = "JOIN members_member s ON s.id = coalesce(m.merged_into_id, m.id) "
_BY_NUMBER = (
    f"SELECT s.id, s.number FROM members_member m {_STAYED} WHERE m.number = %s"  # noqa: S608 -- put together from constants
)
_BY_NUMBERS = (
    f"SELECT m.number, s.id, s.number FROM members_member m {_STAYED}"  # noqa: S608 -- as above
    "WHERE m.number = ANY(%s)"
)
_BY_PHONE = (
    "SELECT id, number FROM members_member WHERE phone = %s AND closed_at IS NULL"
)
_BY_EMAIL = (
    "SELECT id, number FROM members_member "
    "WHERE lower(email) = lower(%s) AND closed_at IS NULL"
)
_MERGED = (
    f"SELECT s.id, s.number FROM members_member m {_STAYED}"  # noqa: S608 -- as above
    "WHERE m.merged_into_id IS NOT NULL AND {} ORDER BY m.closed_at DESC LIMIT 1"
)
_MERGED_BY_PHONE = _MERGED.format("m.phone = %s")
_MERGED_BY_EMAIL = _MERGED.format("lower(m.email) = lower(%s)")
_BY_IDENTIFIER = (
    "SELECT m.id, m.number FROM members_identifier i "
    "JOIN members_member m ON m.id = i.member_id "
    "WHERE i.system = %s AND i.value = %s"
)


def find_member(
    *,
    number: str = "",
    card: str = "",
    phone: str = "",
    email: str = "",
    system: str = "",
    value: str = "",
) -> Found | None:
    """Return the member named by the one reference given, or None.

    A phone or an e-mail finds open memberships only, because a closed one may have
    passed it on; a number, a card and an identifier find closed ones too. What belonged
    to a merged membership finds the one that stayed.
    """
    if number:
        rows = fetch(_BY_NUMBER, [number.upper()])
    elif phone:
        called = [e164_of(phone)]
        rows = fetch(_BY_PHONE, called) or fetch(_MERGED_BY_PHONE, called)
    elif email:
        rows = fetch(_BY_EMAIL, [email]) or fetch(_MERGED_BY_EMAIL, [email])
    else:
        rows = fetch(
            _BY_IDENTIFIER, [Identifier.CARD, card] if card else [system, value]
        )
    return Found(*rows[0]) if rows else None


def members_by_number(numbers: Collection[str]) -> dict[str, Found]:
    """Return those of the members that exist, by the number that was asked for."""
    rows = fetch(_BY_NUMBERS, [sorted(numbers)]) if numbers else []
    return {asked: Found(pk, number) for asked, pk, number in rows}


def e164_of(text: str) -> str:
    """Return the number in E.164, or the text as it is when it is no number.

    Without a country code it is read as one of the installation's region.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
