"""Jobs: chunks commit with their cursor, once, whatever breaks."""

from datetime import timedelta

import pytest
from django.db import OperationalError

from loyalty_site.jobs.kinds import JOB_KINDS, JobKind, Step
from loyalty_site.jobs.models import LEASE, Job, PeriodicRun
from loyalty_site.jobs.services import (
    ATTEMPTS,
    ask_to_cancel,
    claim_period,
    jobs_to_wake,
    retry_job,
    run_chunk,
    start_job,
)
from loyalty_site.lib.errors import DomainError
from points.models import Store
from tests.factories import CLERK, NOON

pytestmark = pytest.mark.django_db
CHUNKS = 3


class Power(BaseException):
    """The power is cut."""


@pytest.fixture
def kind(monkeypatch):
    """A job that makes a store per chunk, and can be told to break."""
    kind = Stores()
    monkeypatch.setitem(JOB_KINDS, "test", JobKind("test", kind.take_chunk, kind.stop))
    return kind


class Stores:
    """Makes a store per chunk, and breaks when told to."""

    def __init__(self):
        self.stopped: list[int] = []
        self.breaks_with: BaseException | None = None

    def take_chunk(self, job, at):
        number = (job.cursor or 0) + 1
        Store.objects.create(code=f"store {number}")
        if self.breaks_with is not None:
            raise self.breaks_with
        return Step(number, rows=1, rows_total=CHUNKS, is_last=number == CHUNKS)

    def stop(self, job, at):
        self.stopped.append(job.pk)


@pytest.fixture
def job(kind) -> Job:
    return start_job(kind="test", title="Stores", params={}, at=NOON, actor=CLERK)


def run(job, at=NOON) -> bool:
    more = run_chunk(job_id=job.pk, at=at)
    job.refresh_from_db()
    return more


def stores() -> int:
    return Store.objects.filter(code__startswith="store ").count()


def test_a_job_runs_chunk_by_chunk_to_its_end(job):
    assert [run(job), job.percent, run(job), job.percent] == [True, 33, True, 66]
    assert [run(job), run(job)] == [False, False]
    assert (job.state, job.rows_done, stores()) == ("done", 3, 3)
    assert job.finished_at == NOON


def test_a_chunk_that_breaks_leaves_nothing_and_is_repeated(kind, job):
    kind.breaks_with = Power()
    with pytest.raises(Power):
        run(job)
    assert stores() == 0

    kind.breaks_with = None
    assert run(job) is False, "the lease of the dead worker still holds"
    assert run(job, NOON + LEASE) is True
    assert (job.cursor, stores()) == (1, 1)


def test_a_worker_that_lost_its_lease_commits_nothing(kind, job, monkeypatch):
    def taken_over(job, at):
        Job.objects.filter(pk=job.pk).update(lease_token="another")
        return kind.take_chunk(job, at)

    monkeypatch.setitem(JOB_KINDS, "test", JobKind("test", taken_over))

    assert run(job) is False
    assert (job.cursor, job.rows_done, stores()) == (None, 0, 0)


def test_a_passing_fault_is_tried_again_later(kind, job):
    kind.breaks_with = OperationalError("gone")
    assert run(job) is False
    assert (job.state, jobs_to_wake(at=NOON)) == ("running", [])

    kind.breaks_with = None
    assert jobs_to_wake(at=NOON + timedelta(minutes=1)) == [job.pk]
    assert run(job, NOON + timedelta(minutes=1)) is True


def test_a_fault_that_stays_ends_the_job_with_its_reason(kind, job):
    kind.breaks_with = OperationalError("disk full")
    for attempt in range(ATTEMPTS):
        run(job, NOON + timedelta(hours=attempt))

    assert (job.state, job.error, kind.stopped) == ("failed", "disk full", [job.pk])
    assert stores() == 0


def test_a_job_that_kills_its_worker_is_given_up(kind, job):
    kind.breaks_with = Power()
    for attempt in range(ATTEMPTS):
        with pytest.raises(Power):
            run(job, NOON + timedelta(hours=attempt))

    run(job, NOON + timedelta(days=1))

    assert (job.state, job.error) == ("failed", "The job broke off too often.")


def test_a_refusal_ends_the_job_at_once_and_a_retry_goes_on(kind, job):
    run(job)
    kind.breaks_with = DomainError("The file is gone.")
    run(job)
    assert (job.state, job.error, stores()) == ("failed", "The file is gone.", 1)

    kind.breaks_with = None
    retry_job(job=job)

    assert [run(job), run(job)] == [True, False]
    assert (job.state, stores()) == ("done", 3)


def test_a_cancelled_job_keeps_what_is_committed(kind, job):
    run(job)
    ask_to_cancel(job=job)

    assert run(job) is False
    assert (job.state, stores(), kind.stopped) == ("cancelled", 1, [job.pk])


def test_a_period_is_claimed_once():
    claims = [claim_period(what="tests", period="2026-06", at=NOON) for _ in range(3)]

    assert claims == [True, False, False]
    assert PeriodicRun.objects.count() == 1
