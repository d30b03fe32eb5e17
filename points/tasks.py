"""Celery doors of the points engine."""

from celery import shared_task
from django.utils import timezone

from points.selectors.programme import current_programme
from points.services import expiry, nightly, tiers


@shared_task(name="points.recompute_touched_tiers")
def recompute_touched_tiers() -> None:
    """Move members whose qualifying points changed."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    tiers.recompute_touched_tiers(at=now)


@shared_task(name="points.start_nightly")
def start_nightly() -> None:
    """Start the night's work of the business day, once."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    zone = current_programme().zone
    nightly.start_nightly(on=now.astimezone(zone).date(), at=now)


@shared_task(name="points.expire_points", time_limit=3600)
def expire_points() -> None:
    """Write an entry for every lot that has expired."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    expiry.expire_points(at=now)
