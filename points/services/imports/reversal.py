"""The way back: void every purchase of an import and take back what it earned."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from points import sql
from points.models import PurchaseImport
from points.services.imports.states import (
    ImportNotReady,
    State,
    actor_of,
    give_job,
    import_of,
    move,
)
from points.services.imports.uploads import forget_rows
from points.services.purchases import void_purchases

VOID_ROWS = 20_000

NEXT = """
SELECT id FROM points_purchase
WHERE import_batch_id = %(batch)s AND voided_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(limit)s
"""
TAKEN_BACK = """
SELECT coalesce(-sum(c.points), 0)::bigint
FROM points_purchase p
JOIN points_entry e ON e.account_id = p.member_id
  AND e.key = 'earn:' || p.source || ':' || p.source_id
JOIN points_entry c ON c.reverses_id = e.id
WHERE p.id = ANY(%(ids)s)
"""


@transaction.atomic
def start_reversal(
    *, batch: PurchaseImport, reason: str, at: datetime, actor: Actor
) -> Job:
    """Start reversing what the import posted, also when it was posted in part only.

    Raises ImportNotReady while it is being worked on, or when nothing was posted.
    """
    if not batch.rows_posted:
        raise ImportNotReady
    posted = (State.POSTED, State.CHECKED, State.FAILED)
    move(batch, out_of=posted, into=State.REVERSING)
    job = start_job(
        kind=REVERSE.slug,
        title=_("Reverse %(file)s") % {"file": batch.file_name},
        params={"import": batch.pk, "reason": reason},
        rows_total=batch.rows_posted,
        at=at,
        actor=actor,
    )
    return give_job(batch, job)


def reverse_chunk(job: Job, at: datetime) -> Step:
    """Void the next purchases of the import."""
    batch = import_of(job)
    after = job.cursor or 0
    found = sql.run(
        NEXT, {"batch": batch.pk, "after": after, "limit": VOID_ROWS}, rows=VOID_ROWS
    )
    ids = [purchase_id for (purchase_id,) in found]
    taken_back = 0
    if ids:
        void_purchases(
            purchase_ids=ids, reason=job.params["reason"], at=at, actor=actor_of(job)
        )
        taken_back = sql.run(TAKEN_BACK, {"ids": ids}, rows=len(ids))[0][0]
    before = batch.summary.get("points_taken_back", 0)
    batch.summary["points_taken_back"] = before + taken_back
    batch.save(update_fields=["summary"])
    is_last = len(ids) < VOID_ROWS
    if is_last:
        forget_rows(batch, keep_bad=True)
        move(batch, out_of=(State.REVERSING, State.FAILED), into=State.REVERSED)
    return Step(
        cursor=ids[-1] if ids else after,
        rows=len(ids),
        is_last=is_last,
        result_url=batch.get_absolute_url(),
    )


def stop_reversal(job: Job, _at: datetime) -> None:
    """Leave what is reversed; the rest can be reversed by asking again."""
    batch = import_of(job)
    state = State.POSTED if job.is_cancel_asked else State.FAILED
    PurchaseImport.objects.filter(pk=batch.pk).update(state=state)


REVERSE = JobKind("points.import-reverse", reverse_chunk, stop_reversal)
