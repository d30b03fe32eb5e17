"""The full check of the rollups as a job that moves in committed chunks."""

from datetime import datetime

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from reports.services.rollups import check_cubes, check_members, next_members

KIND = "reports.check"


def take_chunk(job: Job, at: datetime) -> Step:
    """Check the next members; after the last of them, the cubes."""
    wrong = job.cursor["wrong"] if job.cursor else 0
    bounds = next_members(after=job.cursor["last_id"] if job.cursor else 0)
    if bounds is None:
        wrong += check_cubes(at=at)
        return Step(cursor={"wrong": wrong}, rows=0, is_last=True, message=str(wrong))
    wrong += check_members(first_id=bounds.first, last_id=bounds.last, at=at)
    cursor = {"last_id": bounds.last, "wrong": wrong}
    return Step(cursor=cursor, rows=bounds.members, is_last=False)


CHECK = JobKind(slug=KIND, take_chunk=take_chunk)
