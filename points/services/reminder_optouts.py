"""Stop reminders by a personal link."""

from datetime import datetime
from uuid import UUID

from django.core.signing import BadSignature, Signer
from django.db import transaction

from members.models import Consent, Member
from members.services import record_consent
from points.models import ExpiryReminder

_signer = Signer(salt="points.reminders.stop")


def stop_token(reminder: ExpiryReminder) -> str:
    """Return the token of the link in that mail; it only ever takes a permission away."""
    return _signer.sign(reminder.public_id.hex)


@transaction.atomic
def stop_reminders(*, token: str, at: datetime) -> Member | None:
    """Record that the member wants no such mails; None for unknown tokens.

    Repeating it adds nothing. Reminders that wait are left out when they are due.
    """
    try:
        public_id = UUID(_signer.unsign(token))
    except (BadSignature, ValueError):
        return None
    reminder = ExpiryReminder.objects.filter(public_id=public_id).first()
    if reminder is None:
        return None
    # The member's row is locked so that a double click says it once.
    member = Member.objects.select_for_update().get(pk=reminder.account_id)
    said = member.consents.filter(
        purpose=Consent.Purpose.MARKETING, channel=Consent.Channel.EMAIL
    )
    latest = said.order_by("-at", "-id").first()
    if latest is None or latest.is_granted:
        record_consent(
            member=member,
            purpose=Consent.Purpose.MARKETING,
            is_granted=False,
            at=at,
            source="unsubscribe link",
        )
    return member
