"""Celery doors of reports."""

from datetime import timedelta

from celery import shared_task
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext

from loyalty_site.jobs.services import claim_period, start_job
from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.periods import day_of
from points.selectors.programme import current_programme
from reports.jobs import KIND
from reports.services.rollups import refresh_rollups

BUDGET = timedelta(seconds=120)
CHECK_HOUR = 3


@shared_task(
    name="reports.refresh_rollups",
    autoretry_for=(OperationalError,),
    retry_backoff=True,
    max_retries=3,
)
def refresh() -> None:
    """Bring the rollups up to date; what is left after two minutes waits for a beat."""
    started = now = timezone.now()  # noqa: TID251 -- a task reads the clock
    while not refresh_rollups(at=now).is_complete and now - started < BUDGET:
        now = timezone.now()  # noqa: TID251 -- a task reads the clock


@shared_task(name="reports.start_nightly_check")
def start_nightly_check() -> None:
    """Start the full check once a night, from three o'clock in the programme's zone."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    zone = current_programme().zone
    if now.astimezone(zone).hour < CHECK_HOUR:
        return
    if claim_period(what=KIND, period=str(day_of(now, zone)), at=now):
        start_job(
            kind=KIND,
            title=gettext("Full check of the report figures"),
            params={},
            at=now,
            actor=system_actor("reports.check"),
        )
