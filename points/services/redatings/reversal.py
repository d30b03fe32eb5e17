"""The way back: every lot that still is as the re-dating left it gets its old dates."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from points import sql
from points.models import DateChange, Redating
from points.selectors.programme import current_programme
from points.services.lot_dates import LotDates, move_dates
from points.services.posting import lock_accounts
from points.services.redatings.dates import not_too_soon, notice_end
from points.services.redatings.states import (
    RedatingNotReady,
    State,
    actor_of,
    move,
    redating_of,
    stop,
)

CHANGES_PER_CHUNK = 20_000

NEXT = """
SELECT id, account_id FROM points_datechange
WHERE redating_id = %(redating)s AND cause = 'redated' AND id > %(after)s
ORDER BY id LIMIT %(limit)s
"""
# What was spent up, has expired or was moved again since stays as it is.
UNTOUCHED = """
SELECT l.id, l.effective_at, l.expires_at, c.old_expires_at
FROM points_datechange c JOIN points_lot l ON l.id = c.lot_id
WHERE c.id = ANY(%(ids)s::bigint[]) AND l.is_open
  AND (l.expires_at IS NULL OR l.expires_at > %(at)s)
  AND NOT EXISTS (
    SELECT 1 FROM points_datechange n WHERE n.lot_id = c.lot_id AND n.id > c.id)
"""


@transaction.atomic
def start_reversal(*, redating: Redating, at: datetime, actor: Actor) -> Redating:
    """Start taking the re-dating back, also one that stopped on the way.

    Raises RedatingNotReady, and does nothing then.
    """
    try:
        with transaction.atomic():
            move(
                redating,
                out_of=[State.DONE, State.STOPPED],
                into=State.REVERSING,
                reversed_by=str(actor),
            )
    except IntegrityError:
        raise RedatingNotReady from None
    redating.job = start_job(
        kind=REVERSE.slug,
        title=_("Take a re-dating back"),
        params={"redating": redating.pk},
        rows_total=redating.lots,
        at=at,
        actor=actor,
    )
    redating.save(update_fields=["job"])
    return redating


def reverse_chunk(job: Job, at: datetime) -> Step:
    """Give the next lots their old dates, under the locks of their accounts."""
    redating = redating_of(job)
    after = int(job.cursor or 0)
    asked = {"redating": redating.pk, "after": after, "limit": CHANGES_PER_CHUNK}
    changes = sql.run(NEXT, asked, rows=CHANGES_PER_CHUNK)
    ids = [pk for pk, _account_id in changes]
    if ids:
        lock_accounts({account_id for _pk, account_id in changes})
        _restore(ids, redating, at=at, actor=actor_of(job))
    else:
        move(redating, out_of=Redating.WORKING, into=State.REVERSED, reversed_at=at)
    return Step(
        cursor=ids[-1] if ids else after,
        rows=len(ids),
        is_last=not ids,
        result_url=redating.get_absolute_url(),
    )


def _restore(ids: list[int], redating: Redating, *, at: datetime, actor: Actor) -> None:
    found = sql.run(UNTOUCHED, {"ids": ids, "at": at}, rows=len(ids))
    end = notice_end(at, current_programme().zone, days=0)
    dates = [
        LotDates(lot_id, effective_at, restored)
        for lot_id, effective_at, now, old in found
        if (restored := not_too_soon(old, now, end=end)) != now
    ]
    if dates:
        move_dates(
            dates,
            cause=DateChange.Cause.RESTORED,
            redating_id=redating.pk,
            reason=redating.reason,
            at=at,
            actor=actor,
        )


REVERSE = JobKind("points.redating-reverse", reverse_chunk, stop)
