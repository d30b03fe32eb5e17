"""Send due invitations: claim with a lease, mail outside any transaction, mark."""

import logging
import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Case, F, Q, Value, When

from points.selectors.programme import current_programme
from surveys.mails import invitation_message
from surveys.models import (
    ContactLog,
    Invitation,
    SkippedInvite,
    Suppression,
    Wave,
)
from surveys.selectors.audience import reasons_against

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
State = Invitation.State

BATCH = 50
SENDERS = 4
# The pause after each failed attempt; after the last one the row is left to people.
PAUSES = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480, 1440, 2160)
)
SERVICE_GOES_AWAY = 421
PERMANENT = 500


class Outcome(Enum):
    """What became of one mail, as far as its batch is concerned."""

    SENT = auto()
    NOT_SENT = auto()
    STOP = auto()


@dataclass(frozen=True)
class Claim:
    """A right to send one invitation until its lease runs out.

    `attempt` is a fence: after somebody else has claimed the row it fits no more.
    """

    invitation_id: int
    attempt: int


def send_due(*, clock: Clock) -> bool:
    """Send one batch of due invitations; return whether there may be more."""
    claims = claim_invitations(limit=BATCH, at=clock())
    if claims:
        send_claimed(claims=claims, clock=clock)
    return len(claims) == BATCH


@transaction.atomic
def claim_invitations(*, limit: int, at: datetime) -> list[Claim]:
    """Take up to `limit` due invitations for this sender, none when enough send.

    A row whose last sender vanished with the mail handed over is counted as a
    possible second copy: whether the server took it cannot be known.
    """
    in_flight = Invitation.objects.filter(state=State.QUEUED, lease_until__gt=at)
    if in_flight.count() > (SENDERS - 1) * BATCH:
        return []
    due = Invitation.objects.due(at).order_by("due_at", "id")
    rows = dict(
        due.select_for_update(skip_locked=True).values_list("pk", "attempts")[:limit]
    )
    Invitation.objects.filter(pk__in=rows).update(
        lease_until=at + lease(),
        attempts=F("attempts") + 1,
        possible_copies=Case(
            When(handed_over_at=None, then=F("possible_copies")),
            default=F("possible_copies") + Value(1),
        ),
        handed_over_at=None,
    )
    return [Claim(pk, attempts + 1) for pk, attempts in rows.items()]


def lease() -> timedelta:
    """Return how long a sender may be silent before others take its rows."""
    return timedelta(seconds=settings.SURVEY_LEASE_SECONDS)


def send_claimed(*, claims: Sequence[Claim], clock: Clock) -> int:
    """Mail what was claimed and return how many were sent; never raises for mail.

    Nothing is locked while a mail server is talked to. When the server goes away the
    rest of the claims is given back at once.
    """
    server = get_connection()
    try:
        server.open()
    except OSError:
        logger.exception("The mail server cannot be reached")
        _give_back(claims, clock() + PAUSES[0])
        return 0
    try:
        return _mail_all(server, _ready_to_send(claims), clock)
    finally:
        with suppress(OSError):
            server.close()


def _mail_all(
    server: BaseEmailBackend, ready: list[tuple[Claim, Invitation]], clock: Clock
) -> int:
    sent = 0
    programme = current_programme()
    for position, (claim, invitation) in enumerate(ready):
        if not _hand_over(claim, clock()):
            continue
        letter = invitation_message(
            invitation=invitation, programme=programme, connection=server
        )
        outcome = _mail(letter, claim, invitation, clock)
        sent += outcome is Outcome.SENT
        if outcome is Outcome.STOP:
            _give_back([left for left, _ in ready[position + 1 :]], clock())
            break
    return sent


def _ready_to_send(claims: Sequence[Claim]) -> list[tuple[Claim, Invitation]]:
    rows = Invitation.objects.select_related("member", "survey", "wave__version")
    found = rows.in_bulk([claim.invitation_id for claim in claims])
    against = reasons_against(each.member for each in found.values())
    ready = []
    for claim in claims:
        invitation = found[claim.invitation_id]
        if reason := against.get(invitation.member_id):
            leave_out(invitation=invitation, reason=reason)
        else:
            ready.append((claim, invitation))
    return ready


def _hand_over(claim: Claim, at: datetime) -> bool:
    """Note that the mail is being handed over, unless the row is no longer ours."""
    mine = Invitation.objects.filter(
        pk=claim.invitation_id,
        attempts=claim.attempt,
        state=State.QUEUED,
        lease_until__gt=at,
    )
    return bool(mine.update(handed_over_at=at, lease_until=at + lease()))


def _mail(
    letter: EmailMessage, claim: Claim, invitation: Invitation, clock: Clock
) -> Outcome:
    try:
        letter.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, text = next(iter(refused.recipients.values()))
        _refused(claim, invitation, code=code, text=_said(text), at=clock())
    except smtplib.SMTPResponseException as refused:
        _put_off(claim, _said(refused.smtp_error), clock(), is_outcome_known=True)
        if refused.smtp_code == SERVICE_GOES_AWAY:
            return Outcome.STOP
    except ValueError as broken:
        # An address or a name that no header can hold.
        _put_off(claim, str(broken), clock(), is_outcome_known=True)
    except OSError as lost:
        # The server hung up or was silent: it may have taken the mail or not.
        _put_off(claim, str(lost), clock(), is_outcome_known=False)
        return Outcome.STOP
    else:
        mark_sent(invitations=[invitation], at=clock())
        return Outcome.SENT
    return Outcome.NOT_SENT


def _said(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text


@transaction.atomic
def mark_sent(*, invitations: Sequence[Invitation], at: datetime) -> int:
    """Note that the mails are out, once each, also in the ledger of contacts."""
    pks = [each.pk for each in invitations if each.sent_at is None]
    unsent = Invitation.objects.select_for_update().filter(pk__in=pks, sent_at=None)
    fresh = list(unsent.values_list("pk", "public_id", "member_id"))
    # One that was answered already keeps that state.
    Invitation.objects.filter(pk__in=[pk for pk, _, _ in fresh]).update(
        state=Case(
            When(state=State.QUEUED, then=Value(State.SENT)), default=F("state")
        ),
        sent_at=at,
        lease_until=None,
        handed_over_at=None,
        error="",
    )
    for each in invitations:
        each.sent_at = each.sent_at or at
    ContactLog.objects.bulk_create(
        (
            ContactLog(
                member_id=member_id,
                kind=ContactLog.Kind.SURVEY,
                at=at,
                source="invitation",
                source_id=str(public_id),
            )
            for _, public_id, member_id in fresh
        ),
        ignore_conflicts=True,
    )
    return len(fresh)


@transaction.atomic
def leave_out(*, invitation: Invitation, reason: str) -> None:
    """Cancel a queued invitation and list its member as left out, with the reason."""
    cancelled = Invitation.objects.filter(pk=invitation.pk, state=State.QUEUED).update(
        state=State.CANCELLED, lease_until=None
    )
    if not cancelled:
        return
    SkippedInvite.objects.get_or_create(
        wave_id=invitation.wave_id,
        member_id=invitation.member_id,
        defaults={"reason": reason},
    )
    Wave.objects.filter(pk=invitation.wave_id).update(
        members_invited=F("members_invited") - 1,
        members_skipped=F("members_skipped") + 1,
    )


def _refused(
    claim: Claim, invitation: Invitation, *, code: int, text: str, at: datetime
) -> None:
    if code < PERMANENT:
        _put_off(claim, text, at, is_outcome_known=True)
        return
    with transaction.atomic():
        Invitation.objects.filter(pk=claim.invitation_id).update(
            state=State.BOUNCED,
            lease_until=None,
            handed_over_at=None,
            sent_at=at,
            error=text[:300],
        )
        known = Suppression.objects.filter(address__iexact=invitation.member.email)
        if not known.exists():
            Suppression.objects.bulk_create(
                [
                    Suppression(
                        address=invitation.member.email,
                        reason=Suppression.Reason.BOUNCE,
                        detail=text[:300],
                        at=at,
                    )
                ],
                ignore_conflicts=True,
            )


def _put_off(claim: Claim, text: str, at: datetime, *, is_outcome_known: bool) -> None:
    """Let the row wait longer after each attempt; give up after the last pause."""
    is_last = claim.attempt > len(PAUSES)
    pause = PAUSES[min(claim.attempt, len(PAUSES)) - 1]
    changes = {"handed_over_at": None} if is_outcome_known else {}
    Invitation.objects.filter(pk=claim.invitation_id, state=State.QUEUED).update(
        state=State.FAILED if is_last else State.QUEUED,
        lease_until=None,
        due_at=at + pause,
        error=text[:300],
        **changes,
    )


def _give_back(claims: Sequence[Claim], due_at: datetime) -> None:
    """Free rows that were not tried, without counting an attempt."""
    mine = Q()
    for claim in claims:
        mine |= Q(pk=claim.invitation_id, attempts=claim.attempt)
    if claims:
        Invitation.objects.filter(mine, state=State.QUEUED).update(
            lease_until=None, due_at=due_at, attempts=F("attempts") - 1
        )
