"""The doors of the jobs."""

from loyalty_site.jobs.models import Heartbeat
from loyalty_site.jobs.tasks import wake_jobs


def test_waking_shows_that_worker_and_beat_live(db):
    wake_jobs()
    assert set(Heartbeat.objects.values_list("part", flat=True)) == {"beat", "worker"}
