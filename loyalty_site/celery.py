"""The Celery application and its beat schedule.

Beat only rings: what is due is rows in PostgreSQL, so a second or a late beat is
harmless.
"""

import os
from contextlib import suppress

from celery import Celery, signals
from kombu.exceptions import OperationalError

from loyalty_site.embedded.servers import hold_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

app = Celery("loyalty_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Continues jobs whose message was lost or whose worker died.
    "jobs.wake": {"task": "jobs.wake_jobs", "schedule": 15.0},
    # Tiers follow purchases within half a minute.
    "points.tiers": {"task": "points.recompute_touched_tiers", "schedule": 30.0},
    # Gives for challenges what purchases and events have reached.
    "points.challenges": {"task": "points.evaluate_challenges", "schedule": 30.0},
    # Notices who joined and whose birthday it is, where a rule gives points for it.
    "points.events": {"task": "points.record_own_events", "schedule": 60.0},
    # Writes what expired; balances are right without it.
    "points.expiry": {"task": "points.expire_points", "schedule": 300.0},
    # Seals what was committed; what commits late is sealed the next time.
    "points.seals": {"task": "points.seal_ledger", "schedule": 900.0},
    # Lists show what is over; vouchers and holds are refused without it.
    "points.rewards": {"task": "points.tidy_rewards", "schedule": 60.0},
    # Pays for friends whose first purchase stands.
    "points.referrals": {"task": "points.settle_referrals", "schedule": 600.0},
    # Rings often, queues the reminders of expiry once per business day.
    "points.reminders": {"task": "points.queue_reminders", "schedule": 600.0},
    # Finds reminders that are due, or whose sender died.
    "points.mails": {"task": "points.send_reminders", "schedule": 60.0},
    # Rings often, starts once per business day.
    "points.nightly": {"task": "points.start_nightly", "schedule": 600.0},
    # Finds events that no endpoint has been told yet.
    "webhooks.sweep": {"task": "webhooks.sweep", "schedule": 5.0},
    # Rings often, forgets old events once a day.
    "webhooks.forget": {"task": "webhooks.forget", "schedule": 3600.0},
    # Rings often, forgets logged calls of the API once a day.
    "apiaccess.forget": {"task": "apiaccess.forget", "schedule": 3600.0},
    # Opens the month's wave of a survey once its moment has come.
    "surveys.open": {"task": "surveys.open_due_waves", "schedule": 60.0},
    # Finds invitations whose message was lost or whose sender died.
    "surveys.send": {"task": "surveys.send_due_invitations", "schedule": 30.0},
    # Closes waves and links whose last day is over.
    "surveys.close": {"task": "surveys.close_due_waves", "schedule": 60.0},
    # Reports follow the facts within a minute.
    "reports.refresh": {"task": "reports.refresh_rollups", "schedule": 60.0},
    # Rings often, starts the full check of the rollups once a night.
    "reports.check": {"task": "reports.start_nightly_check", "schedule": 900.0},
}


@signals.celeryd_init.connect
@signals.beat_init.connect
def hold_embedded_servers(**_: object) -> None:
    """Keep the try-out servers for a worker or beat that was started alone."""
    hold_servers()


@signals.beat_init.connect
def ring_once(**_: object) -> None:
    """Ring when beat starts, so that `/readyz` need not wait for the first interval."""
    with suppress(OperationalError):
        app.send_task("jobs.wake_jobs", retry=False)
