"""Import a file of refunds: take it, check it, post it refund by refund."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from points.imports.columns import ColumnMap
from points.imports.errors import FileNotReadable
from points.imports.files import FileFacts, read_header
from points.imports.reading import RecordReader
from points.imports.refund_rows import (
    RefundParser,
    RefundReader,
    guess_refund_columns,
)
from points.models import RefundImport, RefundImportRow
from points.selectors.programme import current_programme
from points.services.imports.keeping import forget_file, keep_file, kept_file
from points.services.imports.states import ImportNotReady, actor_of
from points.services.refund_files import RefundOfFile, post_refund

State = RefundImport.State
CHECKED_REFUNDS = 200
# Each refund commits by itself, with the cursor: a till never waits for a whole file,
# and campaign budgets are locked in the order of one refund, as everywhere.
POSTED_REFUNDS = 1
COUNTERS = ("rows_new", "rows_known", "rows_bad", "refunds", "points")


def take_refunds(
    *,
    public_id: UUID,
    source: str,
    file_name: str,
    blocks: Iterable[bytes],
    reading: ColumnMap,
    at: datetime,
    actor: Actor,
) -> RefundImport:
    """Keep the file, find its columns by their names and start its check.

    `reading` says how dates are written. The same `public_id` takes a file once. Raises
    FileNotReadable and ColumnsNotMapped; then neither file nor row is kept.
    """
    if taken := RefundImport.objects.filter(public_id=public_id).first():
        return taken
    reading.zone(programme_zone=current_programme().time_zone)
    path, facts = keep_file(public_id=public_id, blocks=blocks)
    try:
        columns = _columns_of(facts, reading)
    except BaseException:
        forget_file(path)
        raise
    with transaction.atomic():
        batch, is_new = RefundImport.objects.get_or_create(
            public_id=public_id,
            defaults={
                "source": source,
                "file_name": file_name[-200:],
                "file_path": path,
                "file_sha256": facts.sha256,
                "mapping": columns.as_json(),
                "language": translation.get_language() or "en",
                "created_at": at,
                "created_by": str(actor),
                # As many rows at most; the check counts them.
                "rows_total": facts.lines,
            },
        )
        if is_new:
            start_check(batch=batch, at=at, actor=actor)
            batch.refresh_from_db()
    return batch


@transaction.atomic
def start_check(*, batch: RefundImport, at: datetime, actor: Actor) -> Job:
    """Start weighing up every refund of the file; an earlier check is forgotten.

    Raises ImportNotReady when it was checked to the end, or is being worked on.
    """
    mine = _claimed(batch, out_of=(State.UNCHECKED,))
    _begin(mine)
    title = _("Check %(file)s") % {"file": mine.file_name}
    return _give_job(mine, CHECK, State.CHECKING, title=title, at=at, actor=actor)


@transaction.atomic
def start_posting(*, batch: RefundImport, at: datetime, actor: Actor) -> Job:
    """Start posting what was checked, or go on where the posting stopped.

    Raises ImportNotReady for anything else, so of two clicks one starts a job.
    """
    mine = _claimed(batch, out_of=(State.CHECKED, State.STOPPED))
    if not mine.may_be_posted:
        raise ImportNotReady
    if mine.state == State.CHECKED:
        _begin(mine)
    title = _("Post %(file)s") % {"file": mine.file_name}
    return _give_job(mine, POST, State.POSTING, title=title, at=at, actor=actor)


@transaction.atomic
def discard_refunds(*, batch: RefundImport) -> None:
    """Forget an import of which nothing was posted, with its file.

    Raises ImportNotReady when it is being worked on, or its posting was begun.
    """
    mine = _claimed(batch, out_of=(State.UNCHECKED, State.CHECKED))
    path = mine.file_path
    mine.delete()
    transaction.on_commit(lambda: forget_file(path))


def check_chunk(job: Job, at: datetime) -> Step:
    """Weigh up the next refunds; nothing of the ledger is written."""
    return _chunk(job, at, into=State.CHECKED)


def post_chunk(job: Job, at: datetime) -> Step:
    """Post the next refund."""
    return _chunk(job, at, into=State.POSTED)


def stop(job: Job, _at: datetime) -> None:
    """Leave what is posted; the import can be checked again, or goes on later."""
    states = {CHECK.slug: State.UNCHECKED, POST.slug: State.STOPPED}
    RefundImport.objects.filter(job=job).update(state=states[job.kind])


CHECK = JobKind("points.refunds-check", check_chunk, stop)
POST = JobKind("points.refunds-post", post_chunk, stop)
JOB_KINDS = (CHECK, POST)


def _columns_of(facts: FileFacts, reading: ColumnMap) -> ColumnMap:
    return replace(
        reading,
        columns=guess_refund_columns(facts.header),
        delimiter=facts.delimiter,
        header=facts.header,
    )


def _claimed(batch: RefundImport, *, out_of: tuple[str, ...]) -> RefundImport:
    """Return the import, locked, while it is in one of the states."""
    mine = RefundImport.objects.select_for_update().filter(pk=batch.pk).first()
    if mine is None or mine.state not in out_of:
        raise ImportNotReady
    return mine


def _begin(batch: RefundImport) -> None:
    """Go back to the first row: what was counted and what was bad is forgotten."""
    batch.rows.all().delete()
    batch.cursor = None
    for name in COUNTERS:
        setattr(batch, name, 0)


def _give_job(
    batch: RefundImport,
    kind: JobKind,
    state: str,
    *,
    title: str,
    at: datetime,
    actor: Actor,
) -> Job:
    batch.state = state
    batch.job = start_job(
        kind=kind.slug,
        title=title,
        params={"import": batch.pk},
        rows_total=batch.rows_left,
        at=at,
        actor=actor,
    )
    batch.save()
    return batch.job


def _chunk(job: Job, at: datetime, *, into: str) -> Step:
    batch = _import_of(job)
    is_dry_run = into == State.CHECKED
    columns, parser = _parser_of(batch, at)
    with (
        kept_file(batch.file_path).open("rb") as file,
        translation.override(batch.language),
    ):
        reader = RefundReader(_records(file, columns, batch), parser)
        found = [
            post_refund(
                rows,
                source=batch.source,
                parser=parser,
                is_dry_run=is_dry_run,
                at=at,
                actor=actor_of(job),
            )
            for rows in islice(
                reader, CHECKED_REFUNDS if is_dry_run else POSTED_REFUNDS
            )
        ]
    batch.cursor = {"offset": reader.offset, "line": reader.line}
    rows = _add_up(batch, found)
    if reader.is_done:
        batch.state = into
        batch.rows_total = batch.rows_done
    batch.save()
    return Step(
        cursor=batch.cursor,
        rows=rows,
        rows_total=job.rows_done + rows if reader.is_done else None,
        is_last=reader.is_done,
        result_url=batch.get_absolute_url(),
    )


def _import_of(job: Job) -> RefundImport:
    """Return the import that the job works on, locked until its chunk commits.

    Raises ImportNotReady when it was given to another job since, or discarded.
    """
    mine = RefundImport.objects.select_for_update().filter(job=job).first()
    if mine is None:
        raise ImportNotReady
    # A job that failed and is tried again finds it stopped.
    mine.state = State.CHECKING if job.kind == CHECK.slug else State.POSTING
    return mine


def _parser_of(batch: RefundImport, at: datetime) -> tuple[ColumnMap, RefundParser]:
    programme = current_programme()
    columns = ColumnMap.from_json(batch.mapping)
    parser = RefundParser(
        columns,
        currency=programme.currency,
        programme_zone=programme.time_zone,
        now=at,
    )
    return columns, parser


def _records(file: BinaryIO, columns: ColumnMap, batch: RefundImport) -> RecordReader:
    header, _delimiter, start = read_header(file, delimiter=columns.delimiter)
    if header != columns.header:
        raise FileNotReadable(_("The file has changed. Upload it again."))
    place = batch.cursor or {"offset": start, "line": 2}
    return RecordReader(file, delimiter=columns.delimiter, width=len(header), **place)


def _add_up(batch: RefundImport, found: Iterable[RefundOfFile]) -> int:
    """Add what became of the refunds to the numbers, and return how many rows it was."""
    counted = Counter[str]()
    bad = []
    for refund in found:
        counted += refund.counts
        bad += [row for row in refund.rows if row.problems]
    for name in COUNTERS:
        setattr(batch, name, getattr(batch, name) + counted[name])
    RefundImportRow.objects.bulk_create(
        RefundImportRow(
            batch=batch, line=row.line, error=[each.as_json() for each in row.problems]
        )
        for row in bad
    )
    return counted["rows"]
