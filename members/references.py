"""How other systems name a member: by number, card, phone, e-mail, own identifier."""

import phonenumbers
from django.conf import settings

from members.models import Identifier, Member


def member_by_reference(
    *,
    number: str = "",
    card: str = "",
    phone: str = "",
    email: str = "",
    system: str = "",
    value: str = "",
) -> Member | None:
    """Return the member named by the one reference given, or None.

    A phone or an e-mail finds open memberships only, because a closed one may have
    passed it on; a number, a card and an identifier find closed ones too.
    """
    if number:
        return Member.objects.filter(number=number.upper()).first()
    if phone:
        return Member.objects.active().filter(phone=e164_of(phone)).first()
    if email:
        return Member.objects.active().filter(email__iexact=email).first()
    system, value = (Identifier.CARD, card) if card else (system, value)
    return Member.objects.filter(
        identifiers__system=system, identifiers__value=value
    ).first()


def e164_of(text: str) -> str:
    """Return the number in E.164, or the text as it is when it is no number.

    Without a country code it is read as one of the installation's region.
    """
    try:
        number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
