"""The Celery application and its beat schedule.

Beat only rings: what is due is rows in PostgreSQL, so a second or a late beat is
harmless.
"""

import os

from celery import Celery, signals

from loyalty_site.embedded.servers import hold_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loyalty_site.settings")

app = Celery("loyalty_site")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

app.conf.beat_schedule = {
    # Continues jobs whose message was lost or whose worker died.
    "jobs.wake": {"task": "jobs.wake_jobs", "schedule": 15.0},
}


@signals.celeryd_init.connect
@signals.beat_init.connect
def hold_embedded_servers(**_: object) -> None:
    """Keep the try-out servers for a worker or beat that was started alone."""
    hold_servers()
