"""Moving a re-dating from one state to the next, so that of two clicks one counts."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points import sql
from points.models import Redating

State = Redating.State
ACCOUNTS_PER_CHUNK = 5_000

NEXT = """
SELECT member_id FROM points_account WHERE member_id > %(after)s
ORDER BY member_id LIMIT %(limit)s
"""


class RedatingNotReady(DomainError):
    """The re-dating is not in a state that allows this, or another one is at work."""

    code = "redating_not_ready"

    def __init__(self) -> None:
        super().__init__(
            _("Another re-dating is at work, or this one has moved on. See its state.")
        )


def move(
    redating: Redating,
    *,
    out_of: Collection[str],
    into: str,
    **changes: int | str | datetime,
) -> None:
    """Change the state, or raise RedatingNotReady when it is not one of `out_of`."""
    mine = Redating.objects.filter(pk=redating.pk, state__in=out_of)
    if not mine.update(state=into, **changes):
        raise RedatingNotReady
    redating.refresh_from_db()


def redating_of(job: Job) -> Redating:
    """Return the re-dating that the job works on, locked until its chunk commits.

    Raises RedatingNotReady where it has stopped or another job has it: an old job that
    is tried again moves nothing.
    """
    mine = Redating.objects.select_for_update().filter(
        job=job, state__in=Redating.WORKING
    )
    if (redating := mine.filter(pk=job.params["redating"]).first()) is None:
        raise RedatingNotReady
    return redating


def actor_of(job: Job) -> Actor:
    """Return who started the job."""
    kind, _colon, name = job.created_by.partition(":")
    return Actor(kind, name)


def next_accounts(after: int) -> list[int]:
    """Return the ids of the next accounts, in order."""
    found = sql.run(NEXT, {"after": after, "limit": ACCOUNTS_PER_CHUNK})
    return [account_id for (account_id,) in found]


def stop(job: Job, _at: datetime) -> None:
    """Leave what was moved; it can be taken back, or asked for again."""
    mine = Redating.objects.filter(job=job, state__in=Redating.WORKING)
    mine.update(state=State.STOPPED)
