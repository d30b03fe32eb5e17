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
    stopped_import,
)
from points.services.imports.uploads import forget_rows
from points.services.posting import lock_accounts
from points.services.voids import void_purchases

VOID_ROWS = 20_000

NEXT = """
SELECT id FROM points_purchase
WHERE import_batch_id = %(batch)s AND voided_at IS NULL AND id > %(after)s
ORDER BY id LIMIT %(limit)s
"""
MEMBERS = """
SELECT DISTINCT member_id FROM points_purchase WHERE id = ANY(%(ids)s)
"""
BALANCES = """
SELECT coalesce(sum(balance), 0)::bigint FROM points_account
WHERE member_id = ANY(%(ids)s)
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
    taken_back = _void(ids, job, at) if ids else 0
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
    if batch := stopped_import(job):
        batch.state = State.POSTED if job.is_cancel_asked else State.FAILED
        batch.save(update_fields=["state"])


REVERSE = JobKind("points.import-reverse", reverse_chunk, stop_reversal)


def _void(ids: list[int], job: Job, at: datetime) -> int:
    """Void the purchases and return how many points could be taken back."""
    rows = sql.run(MEMBERS, {"ids": ids}, rows=len(ids))
    member_ids = [member_id for (member_id,) in rows]
    # Under the lock nothing but the reversal changes the balances.
    lock_accounts(member_ids)
    before = _sum_of_balances(member_ids)
    void_purchases(
        purchase_ids=ids,
        reason=job.params["reason"],
        at=at,
        actor=actor_of(job),
        releases_ids=True,
    )
    return before - _sum_of_balances(member_ids)


def _sum_of_balances(member_ids: list[int]) -> int:
    [(total,)] = sql.run(BALANCES, {"ids": member_ids}, rows=len(member_ids))
    return int(total)
