"""The pages of long work."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.progress import progress_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
HTMX = {"HX-Request": "true"}


def make_job(**changes) -> Job:
    values = {
        "kind": "x",
        "title": "Import of purchases.csv",
        "created_by": "user:counter",
        "created_at": NOW,
    }
    return Job.objects.create(**values | changes)


def test_people_see_their_own_jobs_and_managers_all(clerk, manager):
    mine, other = make_job(), make_job(title="Other", created_by="user:somebody")
    page = clerk.get("/jobs/").content.decode()
    assert mine.title in page
    assert other.title not in page
    assert other.title in manager.get("/jobs/").content.decode()


def test_the_job_of_another_is_missing(clerk):
    job = make_job(created_by="user:somebody")
    assert clerk.get(job.get_absolute_url()).status_code == 404
    for action in ("cancel", "retry"):
        assert clerk.post(f"{job.get_absolute_url()}{action}/").status_code == 404


def test_part_is_part_of_the_page_and_polls(clerk):
    job = make_job(state=Job.State.RUNNING, rows_done=25, rows_total=100)
    page = clerk.get(job.get_absolute_url())
    part = clerk.get(job.get_absolute_url(), headers=HTMX)
    assert "<html" not in part.content.decode()
    assert 'hx-trigger="every 2s"' in part.content.decode()
    assert 'value="25"' in part.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in page.content.decode()
    assert "HX-Request" in page["Vary"]


def test_polling_stops_when_the_job_has_finished(clerk):
    job = make_job(state=Job.State.DONE)
    part = clerk.get(job.get_absolute_url(), headers=HTMX)
    assert part.status_code == 286
    assert part["HX-Refresh"] == "true"
    assert "hx-trigger" not in part.content.decode()
    assert clerk.get(job.get_absolute_url()).status_code == 200


def test_cancel_asks_the_job_to_stop(clerk):
    job = make_job(state=Job.State.RUNNING)
    response = clerk.post(f"{job.get_absolute_url()}cancel/", follow=True)
    job.refresh_from_db()
    assert job.is_cancel_asked
    assert "stops before its next step" in response.content.decode()


def test_cancel_is_not_a_link(clerk):
    job = make_job(state=Job.State.RUNNING)
    assert clerk.get(f"{job.get_absolute_url()}cancel/").status_code == 405


def test_failed_job_says_why_and_can_go_on(clerk):
    job = make_job(state=Job.State.FAILED, error="The <disk> is full.")
    assert (
        "The &lt;disk&gt; is full."
        in clerk.get(job.get_absolute_url()).content.decode()
    )
    clerk.post(f"{job.get_absolute_url()}retry/")
    job.refresh_from_db()
    assert job.state == Job.State.QUEUED


def test_file_of_a_job_is_sent(clerk, settings, tmp_path: Path):
    settings.VAR_DIR = tmp_path
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "members.csv").write_text("a,b")
    job = make_job(state=Job.State.DONE, file_path="exports/members.csv")
    response = clerk.get(f"{job.get_absolute_url()}file/")
    assert b"".join(response.streaming_content) == b"a,b"
    assert 'filename="members.csv"' in response["Content-Disposition"]
    response.close()


@pytest.mark.parametrize("path", ["", "../outside.csv", "/etc/hostname", "missing"])
def test_no_other_file_is_sent(clerk, settings, tmp_path: Path, path):
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    (tmp_path / "outside.csv").write_text("secret")
    job = make_job(state=Job.State.DONE, file_path=path)
    assert clerk.get(f"{job.get_absolute_url()}file/").status_code == 404


def test_progress_knows_rate_and_time_left():
    job = make_job(
        state=Job.State.RUNNING,
        rows_done=1000,
        rows_total=3000,
        started_at=NOW,
        heartbeat_at=NOW,
    )
    progress = progress_of(job, at=NOW + timedelta(seconds=10))
    assert (progress.percent, progress.rows_per_second) == (33, 100)
    assert (progress.seconds_left, progress.is_stuck) == (20, False)


def test_silent_job_is_stuck_and_a_finished_one_is_not():
    later = NOW + timedelta(minutes=3)
    assert progress_of(make_job(), at=later).is_stuck
    assert not progress_of(make_job(state=Job.State.DONE), at=later).is_stuck


def test_bell_counts_what_runs(clerk):
    make_job(state=Job.State.RUNNING)
    assert "1 job is running" in clerk.get("/help/").content.decode()
