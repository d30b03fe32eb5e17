"""The second job of an import: post the staged rows, member by member."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from points import sql
from points.errors.posting import MembershipClosed, PurchaseConflict
from points.imports.columns import ColumnMap
from points.models import PurchaseImport
from points.services.imports.people import enrol_references, members_by_reference
from points.services.imports.planning import POSTED, refresh_statistics
from points.services.imports.rechecking import GoodRow, still_good
from points.services.imports.saying import with_more
from points.services.imports.states import (
    CHANNEL,
    ImportNotReady,
    State,
    actor_of,
    give_job,
    import_of,
    move,
    stopped_import,
)
from points.services.imports.uploads import forget_rows
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_purchases

# Small enough that a till that waits for one of these members is not turned away.
POST_ROWS = 20_000

# Both read an index in its own order, so a chunk costs the same at any depth.
NEXT_OF_MEMBERS = """
SELECT line, member_ref, source_id, amount_minor, occurred_at, store, units, more,
  member_id
FROM points_importrow
WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known
  AND member_id IS NOT NULL
  AND (member_id, occurred_at, line) > (%(after)s, %(at)s, %(line)s)
ORDER BY batch_id, member_id, occurred_at, line LIMIT %(limit)s
"""
NEXT_TO_ENROL = """
SELECT line, member_ref, source_id, amount_minor, occurred_at, store, units, more, 0
FROM points_importrow
WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known AND member_id IS NULL
  AND (member_ref, occurred_at, line) > (%(after)s, %(at)s, %(line)s)
ORDER BY batch_id, member_ref, occurred_at, line LIMIT %(limit)s
"""
BEGINNING = "-infinity"


@transaction.atomic
def start_posting(
    *, batch: PurchaseImport, at: datetime, actor: Actor, wakes: bool = True
) -> Job:
    """Start posting what was checked; what is already posted is passed over.

    Raises ImportNotReady unless the import was checked, or stopped on the way.
    """
    if not may_be_posted(batch):
        raise ImportNotReady
    move(batch, out_of=(State.CHECKED, State.FAILED), into=State.POSTING)
    job = start_job(
        kind=POST.slug,
        title=_("Post %(file)s") % {"file": batch.file_name},
        params={"import": batch.pk},
        rows_total=batch.rows_total - batch.rows_bad - batch.rows_known,
        at=at,
        actor=actor,
        wakes=wakes,
    )
    return give_job(batch, job)


def may_be_posted(batch: PurchaseImport) -> bool:
    """Whether the import was checked whole and its reversal was never begun."""
    was_checked = bool(batch.summary.get("checked_at"))
    return was_checked and "points_taken_back" not in batch.summary


def post_chunk(job: Job, at: datetime) -> Step:
    """Post the next rows: first those of members, then those who are enrolled by it."""
    batch = import_of(job)
    cursor = job.cursor or _cursor(NEXT_OF_MEMBERS_PHASE, None)
    rows = _next_rows(batch, cursor)
    if not rows and cursor["phase"] == NEXT_OF_MEMBERS_PHASE:
        cursor = _cursor(TO_ENROL_PHASE, None)
        rows = _next_rows(batch, cursor)
    if rows:
        _post(batch, rows, at=at, actor=actor_of(job))
    is_last = len(rows) < POST_ROWS and cursor["phase"] == TO_ENROL_PHASE
    if is_last:
        _finish(batch)
    return Step(
        cursor=_cursor(cursor["phase"], rows[-1]) if rows else cursor,
        rows=len(rows),
        is_last=is_last,
        result_url=batch.get_absolute_url(),
    )


def stop_posting(job: Job, _at: datetime) -> None:
    """Leave what is posted; a cancelled import can be confirmed again for the rest."""
    if batch := stopped_import(job):
        batch.state = State.CHECKED if job.is_cancel_asked else State.FAILED
        batch.save(update_fields=["state"])


POST = JobKind("points.import-post", post_chunk, stop_posting)
NEXT_OF_MEMBERS_PHASE, TO_ENROL_PHASE = "members", "to-enrol"


def _cursor(phase: str, row: GoodRow | None) -> dict[str, Any]:
    after: int | str
    if phase == NEXT_OF_MEMBERS_PHASE:
        after = row.member_id if row else 0
    else:
        after = row.member_ref if row else ""
    return {
        "phase": phase,
        "after": after,
        "at": str(row.occurred_at) if row else BEGINNING,
        "line": row.line if row else 0,
    }


def _next_rows(batch: PurchaseImport, cursor: dict[str, Any]) -> list[GoodRow]:
    is_first = cursor["phase"] == NEXT_OF_MEMBERS_PHASE
    found = sql.run(
        NEXT_OF_MEMBERS if is_first else NEXT_TO_ENROL,
        {"batch": batch.pk, "limit": POST_ROWS, **cursor},
        rows=POST_ROWS,
    )
    return [GoodRow(*values) for values in found]


def _post(
    batch: PurchaseImport, rows: list[GoodRow], *, at: datetime, actor: Actor
) -> None:
    enrolled = _enrol(batch, rows, at=at, actor=actor)
    try:
        with transaction.atomic():
            posted = _post_rows(batch, rows, at=at, actor=actor)
    except (PurchaseConflict, MembershipClosed):
        # Something changed since the check: those rows become bad ones, the rest post.
        rows = still_good(batch, rows)
        posted = _post_rows(batch, rows, at=at, actor=actor)
    new = [each for each in posted if each.is_new]
    PurchaseImport.objects.filter(pk=batch.pk).update(
        rows_posted=F("rows_posted") + len(new),
        members_enrolled=F("members_enrolled") + enrolled,
        points_posted=F("points_posted") + sum(each.points for each in new),
    )


def _post_rows(
    batch: PurchaseImport, rows: Sequence[GoodRow], *, at: datetime, actor: Actor
) -> list[PostedPurchase]:
    return post_purchases(
        purchases=[_purchase(row, batch.source) for row in rows],
        at=at,
        actor=actor,
        import_batch_id=batch.pk,
    )


def _purchase(row: GoodRow, source: str) -> NewPurchase:
    purchase = NewPurchase(
        row.member_id,
        source,
        row.source_id,
        row.amount_minor,
        row.occurred_at,
        store=row.store,
        channel=CHANNEL,
        units=row.units,
    )
    return with_more(purchase, row.more)


def _enrol(
    batch: PurchaseImport, rows: list[GoodRow], *, at: datetime, actor: Actor
) -> int:
    """Give the rows without a member one, and return how many were enrolled."""
    nameless = [row for row in rows if not row.member_id]
    if not nameless:
        return 0
    system = ColumnMap.from_json(batch.mapping).member_system or batch.source
    refs = {row.member_ref for row in nameless}
    found = members_by_reference(refs, system=system)
    member_ids = {ref: each.member_id for ref, each in found.items()}
    # The rows come in the order of time, so the first of a member is the earliest.
    first_seen = {
        row.member_ref: row.occurred_at
        for row in reversed(nameless)
        if row.member_ref not in member_ids
    }
    enrolled = enrol_references(first_seen, system=system, at=at, actor=actor)
    member_ids |= enrolled
    for row in nameless:
        row.member_id = member_ids[row.member_ref]
    return len(enrolled)


def _finish(batch: PurchaseImport) -> None:
    forget_rows(batch, keep_bad=True)
    batch.refresh_from_db()
    batch.rows_known = batch.rows_total - batch.rows_bad - batch.rows_posted
    batch.save(update_fields=["rows_known"])
    refresh_statistics(POSTED, rows=batch.rows_posted)
    move(batch, out_of=(State.POSTING, State.FAILED), into=State.POSTED)
