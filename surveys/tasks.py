"""Celery doors of the surveys app; each says "look now", what is due is rows."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.lib.actors import system_actor
from surveys.services import sending, waves

_ACTOR = system_actor("surveys.waves")


@shared_task(name="surveys.open_due_waves")
def open_due_waves() -> None:
    """Open the monthly waves whose moment has come."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    waves.open_due_waves(at=now, actor=_ACTOR)


@shared_task(name="surveys.close_due_waves")
def close_due_waves() -> None:
    """Close the waves whose last day is over."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    waves.close_due_waves(at=now)


@shared_task(name="surveys.send_due_invitations")
def send_due_invitations() -> None:
    """Send one batch and, while there is more, ask for the next."""
    if sending.send_due(clock=timezone.now):  # noqa: TID251 -- a task reads the clock
        send_due_invitations.delay()
