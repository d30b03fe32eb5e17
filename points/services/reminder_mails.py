"""Send queued reminders: claim with a lease, mail outside any transaction, mark."""

import logging
import smtplib
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F, Q

from members.models import Consent, Member
from members.selectors.consents import with_consent
from points import sql
from points.mails import expiry_reminder_message
from points.models import ExpiryReminder, Programme
from points.selectors.programme import current_programme
from points.sql import Given

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
State = ExpiryReminder.State

BATCH = 50
LEASE = timedelta(minutes=2)
# The pause after each failed attempt; after the last one the reminder is given up.
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 480))
PERMANENT = 500

TOLD = Given("told", "id bigint, account_id bigint, last_on text")
LEFT = f"""
SELECT told.id, sum(l.remaining)::bigint, min(l.expires_at)
FROM {TOLD} JOIN points_lot l ON l.account_id = told.account_id
WHERE l.is_open AND l.expires_at > %(at)s AND l.effective_at < l.expires_at
  AND ((l.expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
    = told.last_on::date
GROUP BY told.id
"""  # noqa: S608 -- put together from constants


class Letter(NamedTuple):
    """A reminder that is ours until its lease ends, and what it tells now."""

    reminder: ExpiryReminder
    member: Member
    points: int
    expires_at: datetime


def send_due_reminders(*, clock: Clock) -> bool:
    """Send one batch of due reminders; return whether there may be more.

    A sender that dies between the server's yes and our commit leaves a row that is sent
    again once its lease is over; nothing else comes twice.
    """
    claimed = _claim(clock())
    if claimed:
        _send(claimed, clock)
    return len(claimed) == BATCH


@transaction.atomic
def _claim(at: datetime) -> list[ExpiryReminder]:
    free = Q(lease_until=None) | Q(lease_until__lte=at)
    due = ExpiryReminder.objects.filter(free, state=State.QUEUED, due_at__lte=at)
    rows = list(
        due.order_by("due_at", "id").select_for_update(skip_locked=True)[:BATCH]
    )
    ExpiryReminder.objects.filter(pk__in=[row.pk for row in rows]).update(
        lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    for row in rows:
        row.attempts += 1
    return rows


def _send(claimed: Sequence[ExpiryReminder], clock: Clock) -> None:
    programme = current_programme()
    letters = _letters(claimed, programme, clock())
    server = get_connection()
    try:
        server.open()
    except OSError as lost:
        logger.exception("The mail server cannot be reached")
        for letter in letters:
            _put_off(letter.reminder, str(lost), clock())
        return
    try:
        for letter in letters:
            if _is_ours(letter.reminder, clock()):
                _mail(letter, programme, server, clock)
    finally:
        with suppress(OSError):
            server.close()


def _letters(
    claimed: Sequence[ExpiryReminder], programme: Programme, at: datetime
) -> list[Letter]:
    """Return what still has to be told; note the others as not needed any more."""
    ids = [reminder.account_id for reminder in claimed]
    agreed = with_consent(
        Member.objects.active().filter(pk__in=ids).exclude(email=""),
        Consent.Purpose.MARKETING,
    ).in_bulk()
    asked: list[tuple[int, int, str]] = [
        (each.pk, each.account_id, each.last_on.isoformat()) for each in claimed
    ]
    found = sql.run(LEFT, {"at": at, "zone": programme.time_zone}, {TOLD: asked})
    left = {pk: (points, expires_at) for pk, points, expires_at in found}
    letters = [
        Letter(each, agreed[each.account_id], *left[each.pk])
        for each in claimed
        if each.account_id in agreed and each.pk in left
    ]
    told = {letter.reminder.pk for letter in letters}
    ExpiryReminder.objects.filter(
        pk__in=[each.pk for each in claimed if each.pk not in told], state=State.QUEUED
    ).update(state=State.SKIPPED, lease_until=None)
    return letters


def _is_ours(reminder: ExpiryReminder, at: datetime) -> bool:
    """Renew the lease, unless somebody else has claimed the row meanwhile."""
    mine = ExpiryReminder.objects.filter(
        pk=reminder.pk,
        attempts=reminder.attempts,
        state=State.QUEUED,
        lease_until__gt=at,
    )
    return bool(mine.update(lease_until=at + LEASE))


def _mail(
    letter: Letter, programme: Programme, server: BaseEmailBackend, clock: Clock
) -> None:
    message = expiry_reminder_message(
        reminder=letter.reminder,
        member=letter.member,
        points=letter.points,
        expires_at=letter.expires_at,
        programme=programme,
        connection=server,
    )
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as refused:
        code, _text = next(iter(refused.recipients.values()))
        _put_off(letter.reminder, str(refused), clock(), for_good=code >= PERMANENT)
    except (OSError, ValueError) as failed:
        _put_off(letter.reminder, str(failed), clock())
    else:
        ExpiryReminder.objects.filter(pk=letter.reminder.pk).update(
            state=State.SENT,
            points=letter.points,
            sent_at=clock(),
            lease_until=None,
            error="",
        )


def _put_off(
    reminder: ExpiryReminder, text: str, at: datetime, *, for_good: bool = False
) -> None:
    """Let the row wait longer after each attempt; give up after the last pause."""
    is_last = for_good or reminder.attempts > len(PAUSES)
    pause = PAUSES[min(reminder.attempts, len(PAUSES)) - 1]
    ExpiryReminder.objects.filter(pk=reminder.pk, state=State.QUEUED).update(
        state=State.FAILED if is_last else State.QUEUED,
        lease_until=None,
        due_at=at + pause,
        error=text[:300],
    )
