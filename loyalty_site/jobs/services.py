"""Start, run, cancel and retry jobs; a killed worker repeats nothing."""

import logging
import secrets
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import Error as DatabaseError, transaction
from django.db.models import F, Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.kinds import JOB_KINDS, Step
from loyalty_site.jobs.models import LEASE, Heartbeat, Job, PeriodicRun
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError

logger = logging.getLogger(__name__)
ATTEMPTS = 5


class LeaseLost(Exception):
    """Another worker took the job over; this chunk is rolled back."""


@transaction.atomic
def start_job(
    *,
    kind: str,
    title: str,
    params: dict[str, Any],
    at: datetime,
    actor: Actor,
    rows_total: int | None = None,
    wakes: bool = True,
) -> Job:
    """Write the job's row and, after the commit, wake a worker for it.

    Without `wakes` the caller runs the chunks itself; should it die, a worker goes on.
    """
    job = Job.objects.create(
        kind=JOB_KINDS[kind].slug,
        title=title,
        params=params,
        created_at=at,
        created_by=str(actor),
        rows_total=rows_total,
    )
    if wakes:
        wake_after_commit(job.pk)
    return job


def wake_after_commit(job_id: int) -> None:
    """Send the message "look at this job" once the transaction has committed.

    A broker that is away only delays: beat wakes unfinished jobs from their rows.
    """
    transaction.on_commit(lambda: _send_wake(job_id), robust=True)


def _send_wake(job_id: int) -> None:
    # By name: the task module imports these services.
    current_app.send_task("jobs.run_job_chunk", args=[job_id])


def run_chunk(*, job_id: int, at: datetime) -> bool:
    """Do one chunk of the job and return whether there is more to do now.

    The job is claimed by a lease in a transaction of its own; the chunk commits only
    if the lease is still held, so of two workers exactly one chunk counts.
    """
    token = secrets.token_hex(8)
    job = _claim(job_id, token, at)
    if job is None:
        return False
    if job.is_cancel_asked:
        _stop(job, Job.State.CANCELLED, "", at)
    elif job.attempts > ATTEMPTS:
        _stop(job, Job.State.FAILED, _("The job broke off too often."), at)
    else:
        return _try_chunk(job, token, at)
    return False


def _try_chunk(job: Job, token: str, at: datetime) -> bool:
    try:
        return _take_chunk(job, token, at)
    except LeaseLost:
        pass
    except DomainError as refusal:
        _stop(job, Job.State.FAILED, str(refusal), at)
    except DatabaseError as error:
        _fail_or_retry(job, error, at)
    return False


def _claim(job_id: int, token: str, at: datetime) -> Job | None:
    claimed = (
        Job.objects.unfinished()
        .filter(Q(lease_until=None) | Q(lease_until__lte=at), pk=job_id)
        .update(
            state=Job.State.RUNNING,
            lease_until=at + LEASE,
            lease_token=token,
            heartbeat_at=at,
            attempts=F("attempts") + 1,
        )
    )
    if not claimed:
        return None
    job = Job.objects.get(pk=job_id)
    if job.started_at is None:
        Job.objects.filter(pk=job_id).update(started_at=at)
    return job


def _take_chunk(job: Job, token: str, at: datetime) -> bool:
    with transaction.atomic():
        step = JOB_KINDS[job.kind].take_chunk(job, at)
        if not _advance(job, token, step, at):
            raise LeaseLost
    return not step.is_last


def _advance(job: Job, token: str, step: Step, at: datetime) -> int:
    changes: dict[str, Any] = {
        "cursor": step.cursor,
        "rows_done": F("rows_done") + step.rows,
        "message": step.message,
        "attempts": 0,
        "lease_until": None,
    }
    if step.rows_total is not None:
        changes["rows_total"] = step.rows_total
    if step.is_last:
        changes |= {
            "state": Job.State.DONE,
            "finished_at": at,
            "result_url": step.result_url,
            "file_path": step.file_path,
        }
    return Job.objects.filter(pk=job.pk, lease_token=token).update(**changes)


def _fail_or_retry(job: Job, error: Exception, at: datetime) -> None:
    """Leave a transient failure to a later try; give up after `ATTEMPTS` in a row."""
    logger.error("A chunk of job %s failed", job.public_id, exc_info=error)
    if job.attempts >= ATTEMPTS:
        _stop(job, Job.State.FAILED, str(error), at)
        return
    pause = timedelta(seconds=2**job.attempts)
    Job.objects.filter(pk=job.pk).update(lease_until=at + pause)


def _stop(job: Job, state: str, error: str | Promise, at: datetime) -> None:
    with transaction.atomic():
        JOB_KINDS[job.kind].on_stop(job, at)
        Job.objects.filter(pk=job.pk).update(
            state=state, error=str(error), finished_at=at, lease_until=None
        )


def ask_to_cancel(*, job: Job) -> None:
    """Ask the job to stop before its next chunk; what is committed stays."""
    Job.objects.unfinished().filter(pk=job.pk).update(is_cancel_asked=True)
    wake_after_commit(job.pk)


@transaction.atomic
def retry_job(*, job: Job) -> None:
    """Let a failed job go on from its cursor."""
    Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(
        state=Job.State.QUEUED,
        error="",
        attempts=0,
        finished_at=None,
        lease_until=None,
        is_cancel_asked=False,
    )
    wake_after_commit(job.pk)


def jobs_to_wake(*, at: datetime) -> list[int]:
    """Return unfinished jobs that nobody is working on."""
    idle = Job.objects.unfinished().filter(Q(lease_until=None) | Q(lease_until__lte=at))
    return list(idle.order_by("pk").values_list("pk", flat=True)[:100])


def claim_period(*, what: str, period: str, at: datetime) -> bool:
    """Return True to exactly one caller per (what, period)."""
    _run, is_new = PeriodicRun.objects.get_or_create(
        what=what, period=period, defaults={"started_at": at}
    )
    return is_new


def beat_heart(*, part: str, at: datetime) -> None:
    """Note that a part of the system is alive."""
    Heartbeat.objects.update_or_create(part=part, defaults={"at": at})
