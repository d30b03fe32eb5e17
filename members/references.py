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


_BY_NUMBER = "SELECT id, number FROM members_member WHERE number = %s"
_BY_NUMBERS = "SELECT id, number FROM members_member WHERE number = ANY(%s)"
_BY_PHONE = (
    "SELECT id, number FROM members_member WHERE phone = %s AND closed_at IS NULL"
)
_BY_EMAIL = (
    "SELECT id, number FROM members_member "
    "WHERE lower(email) = lower(%s) AND closed_at IS NULL"
)
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
    passed it on; a number, a card and an identifier find closed ones too.
    """
    if number:
        rows = fetch(_BY_NUMBER, [number.upper()])
    elif phone:
        rows = fetch(_BY_PHONE, [e164_of(phone)])
    elif email:
        rows = fetch(_BY_EMAIL, [email])
    else:
        rows = fetch(
            _BY_IDENTIFIER, [Identifier.CARD, card] if card else [system, value]
        )
    return Found(*rows[0]) if rows else None


def members_by_number(numbers: Collection[str]) -> dict[str, Found]:
    """Return those of the members that exist, by their number."""
    rows = fetch(_BY_NUMBERS, [sorted(numbers)]) if numbers else []
    return {number: Found(pk, number) for pk, number in rows}


def e164_of(text: str) -> str:
    """Return the number in E.164, or the text as it is when it is no number.

    Without a country code it is read as one of the installation's region.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
