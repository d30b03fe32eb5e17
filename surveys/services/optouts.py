"""Unsubscribing from surveys by a personal link."""

from datetime import datetime

from django.db import transaction

from members.models import Consent, Member
from members.services import record_consent
from surveys.models import Invitation, SkippedInvite
from surveys.services.sending import leave_out
from surveys.tokens import hash_of


@transaction.atomic
def unsubscribe(*, token: str, at: datetime) -> Member | None:
    """Record that the member wants no more surveys by e-mail; None for unknown tokens.

    Invitations that wait to be sent are cancelled. Repeating it adds nothing. The link
    never runs out: it may only take a permission away.
    """
    invitation = (
        Invitation.objects.select_related("member")
        .filter(unsubscribe_hash=hash_of(token))
        .first()
    )
    if invitation is None:
        return None
    # The member's row is locked so that a double click says it once.
    member = Member.objects.select_for_update().get(pk=invitation.member_id)
    if not _has_refused(member):
        record_consent(
            member=member,
            purpose=Consent.Purpose.SURVEY,
            is_granted=False,
            at=at,
            source="unsubscribe link",
        )
    waiting = Invitation.objects.filter(member=member, state=Invitation.State.QUEUED)
    for each in waiting:
        leave_out(invitation=each, reason=SkippedInvite.Reason.REFUSED)
    return member


def _has_refused(member: Member) -> bool:
    said = member.consents.filter(
        purpose=Consent.Purpose.SURVEY, channel=Consent.Channel.EMAIL
    )
    latest = said.order_by("-at", "-id").first()
    return latest is not None and not latest.is_granted
