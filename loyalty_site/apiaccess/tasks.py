"""Celery doors of the API."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.apiaccess.forgetting import forget_old_requests
from loyalty_site.jobs.services import claim_period


@shared_task(name="apiaccess.forget", time_limit=3600)
def forget() -> None:
    """Forget old calls, once a day."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    if claim_period(what="apiaccess.forget", period=now.date().isoformat(), at=now):
        forget_old_requests(at=now)
