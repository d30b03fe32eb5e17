"""The work of the night, in chunks: expire, then tiers and challenges of everybody."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import claim_period, start_job
from loyalty_site.lib.actors import system_actor
from points.services import expiry, tiers
from points.services.challenges import awarding

KIND = "points.nightly"


@transaction.atomic
def start_nightly(*, on: date, at: datetime) -> Job | None:
    """Start the night's job of a business day; it is started once per day."""
    if not claim_period(what=KIND, period=on.isoformat(), at=at):
        return None
    return start_job(
        kind=KIND,
        title=_("Nightly work of %(day)s") % {"day": on.isoformat()},
        params={},
        at=at,
        actor=system_actor(KIND),
    )


def take_chunk(job: Job, at: datetime) -> Step:
    """Sweep expired lots until none are left, then walk over all accounts."""
    first = (job.cursor or {}).get("first", 0)
    if not first:
        swept = expiry.sweep_chunk(at)
        return Step({"first": 0 if swept else 1}, rows=swept, is_last=False)
    last = first + tiers.MEMBERS_PER_CHUNK - 1
    moved = tiers.recompute_tiers_between(first=first, last=last, at=at)
    moved += awarding.evaluate_between(first=first, last=last, at=at)
    is_last = last >= tiers.last_member_id()
    return Step({"first": last + 1}, rows=moved, is_last=is_last)


NIGHTLY = JobKind(slug=KIND, take_chunk=take_chunk)
