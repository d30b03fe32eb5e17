"""What became of the reminders of the last days."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from points.models import ExpiryReminder

SHOWN_DAYS = 14
State = ExpiryReminder.State


@dataclass(frozen=True)
class ReminderDay:
    """The reminders that were queued on one day."""

    day: date
    queued: int
    sent: int
    skipped: int
    failed: int


def latest_days() -> list[ReminderDay]:
    """Return the latest days with reminders, the newest first."""
    newest = ExpiryReminder.objects.order_by("-queued_at")
    last = newest.values_list("queued_at", flat=True).first()
    if last is None:
        return []
    rows = (
        ExpiryReminder.objects.filter(queued_at__gt=last - timedelta(days=SHOWN_DAYS))
        .annotate(day=TruncDate("queued_at"))
        .values("day")
        .annotate(
            waiting=Count("pk", filter=Q(state=State.QUEUED)),
            sent=Count("pk", filter=Q(state=State.SENT)),
            skipped=Count("pk", filter=Q(state=State.SKIPPED)),
            failed=Count("pk", filter=Q(state=State.FAILED)),
        )
        .order_by("-day")
    )
    return [
        ReminderDay(
            each["day"],
            each["waiting"],
            each["sent"],
            each["skipped"],
            each["failed"],
        )
        for each in rows
    ]
