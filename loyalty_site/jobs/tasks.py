"""Celery doors of the jobs."""

from celery import shared_task
from django.utils import timezone

from loyalty_site.jobs import services


@shared_task(name="jobs.run_job_chunk")
def run_job_chunk(job_id: int) -> None:
    """Do one chunk and queue the next."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    if services.run_chunk(job_id=job_id, at=now):
        run_job_chunk.delay(job_id)


@shared_task(name="jobs.wake_jobs")
def wake_jobs() -> None:
    """Find jobs whose message was lost, and show that beat and worker live."""
    now = timezone.now()  # noqa: TID251 -- a task reads the clock
    # Only beat sends this task and only a worker runs it, so both are alive.
    for part in ("beat", "worker"):
        services.beat_heart(part=part, at=now)
    for job_id in services.jobs_to_wake(at=now):
        run_job_chunk.delay(job_id)
