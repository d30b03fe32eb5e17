"""Beat's doors: a refresh every minute, a full check once a night."""

from datetime import UTC, datetime

import psycopg
import pytest
import time_machine
from django.db import connection

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from reports.models import CohortCube, MemberDay, RollupAlarm, RollupState
from reports.services.rollups import refresh_rollups
from reports.tasks import refresh as refresh_task, start_nightly_check
from tests.factories import make_member, set_programme
from tests.reports.factories import NOW, make_purchase, refresh


@pytest.mark.django_db
def test_the_task_refreshes_to_the_end(monkeypatch):
    monkeypatch.setattr("reports.services.rollups.NOTES_PER_CHUNK", 2)
    for _ in range(3):
        make_purchase(make_member(), NOW)
    refresh_task()
    assert CohortCube.objects.get().active == 3
    assert RollupState.objects.get().as_of is not None


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("hour", "jobs"),
    [(2, 0), (3, 1), (23, 1)],
)
def test_the_check_starts_once_a_night(hour, jobs):
    set_programme(time_zone="UTC")
    with time_machine.travel(datetime(2026, 11, 22, hour, 5, tzinfo=UTC), tick=False):
        start_nightly_check()
        start_nightly_check()
    assert Job.objects.filter(kind="reports.check").count() == jobs


@pytest.mark.django_db
def test_the_check_is_a_job_that_moves_in_chunks(monkeypatch):
    monkeypatch.setattr("reports.services.rollups.MEMBERS_PER_CHUNK", 2)
    for _ in range(5):
        make_purchase(make_member(), NOW)
    refresh()
    MemberDay.objects.update(orders=7)
    with time_machine.travel(NOW, tick=False):
        start_nightly_check()
    job = Job.objects.get()
    chunks = 1
    while run_chunk(job_id=job.pk, at=NOW):
        chunks += 1
    job.refresh_from_db()
    assert (job.state, job.rows_done, chunks) == (Job.State.DONE, 5, 4)
    assert RollupAlarm.objects.exists()
    assert RollupState.objects.get().checked_at == NOW


@pytest.mark.django_db(transaction=True)
def test_facts_that_commit_out_of_order_are_all_counted():
    """The earlier row commits after a refresh that has counted the later one."""
    slow, quick = make_member(), make_member()
    refresh()
    parameters = connection.get_connection_params()
    parameters = {
        name: parameters[name]
        for name in ("dbname", "user", "host")
        if name in parameters
    }
    with psycopg.connect(**parameters) as other:
        other.execute(
            "INSERT INTO points_purchase (public_id, member_id, source, source_id, "
            "amount_minor, occurred_at, posted_at, store, channel) VALUES "
            "(gen_random_uuid(), %s, 'till', 'slow', 1, %s, %s, '', '')",
            (slow.pk, NOW, NOW),
        )
        make_purchase(quick, NOW)
        refresh_rollups(at=NOW)
        assert CohortCube.objects.get().active == 1
        other.commit()
    refresh_rollups(at=NOW)
    assert CohortCube.objects.get().active == 2
