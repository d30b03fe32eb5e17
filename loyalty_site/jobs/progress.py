"""How far a job is, how fast it goes and how long it still takes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from loyalty_site.jobs.models import Job

SILENT_AFTER = timedelta(minutes=2)


@dataclass(frozen=True)
class Progress:
    """What the progress panel shows; unknown numbers are None."""

    percent: int | None
    rows_per_second: int | None
    seconds_left: int | None
    is_stuck: bool


def progress_of(job: Job, *, at: datetime) -> Progress:
    """Measure the job at that instant; a job without a sign of life is stuck."""
    rate = _rows_per_second(job, at)
    left = None
    if rate and job.rows_total and not job.is_finished:
        left = max(0, job.rows_total - job.rows_done) // rate
    return Progress(
        percent=job.percent,
        rows_per_second=rate,
        seconds_left=left,
        is_stuck=_is_stuck(job, at),
    )


def _rows_per_second(job: Job, at: datetime) -> int | None:
    if job.started_at is None:
        return None
    seconds = int(((job.finished_at or at) - job.started_at).total_seconds())
    return job.rows_done // seconds if seconds > 0 and job.rows_done else None


def _is_stuck(job: Job, at: datetime) -> bool:
    last_sign = job.heartbeat_at or job.created_at
    return not job.is_finished and at - last_sign > SILENT_AFTER
