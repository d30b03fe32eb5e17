"""Celery doors of webhooks; each says "look now", what is due is rows."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.jobs.services import claim_period
from loyalty_site.webhooks.services import delivering, forgetting


@shared_task(name="webhooks.sweep")
def sweep() -> None:
    """Find the endpoints with something due; each is sent to by a task of its own."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    for endpoint_id in delivering.endpoints_due(at=now):
        deliver.delay(endpoint_id)


@shared_task(name="webhooks.deliver")
def deliver(endpoint_id: int) -> None:
    """Send one batch and, while there is more, ask for the next."""
    if delivering.deliver_due(endpoint_id=endpoint_id, clock=timezone.now):  # noqa: TID251 -- a task reads the clock
        deliver.delay(endpoint_id)


@shared_task(name="webhooks.forget", time_limit=3600)
def forget() -> None:
    """Forget old events, once a day."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    if claim_period(what="webhooks.forget", period=now.date().isoformat(), at=now):
        forgetting.forget_old_events(at=now)
