"""The first job of an import: read the file into staged rows and weigh them up."""

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import islice

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.behind import written_behind
from points.collector import collector_paused
from points.imports.columns import ColumnMap, check_columns
from points.imports.errors import FileNotReadable
from points.imports.files import read_header
from points.imports.reading import RecordReader
from points.imports.rows import Row, RowParser
from points.models import Programme, PurchaseImport
from points.selectors.programme import current_programme
from points.services.imports.settling import settle_rows
from points.services.imports.staging import copy_rows, mark_posted, name_members
from points.services.imports.states import (
    ImportNotReady,
    State,
    give_job,
    import_of,
    move,
    stopped_import,
)
from points.services.imports.uploads import file_of, forget_rows

READ_ROWS = 50_000
# Small enough to be read while the part before is staged.
PART_ROWS = 10_000


@transaction.atomic
def start_check(
    *,
    batch: PurchaseImport,
    columns: ColumnMap,
    at: datetime,
    actor: Actor,
    wakes: bool = True,
) -> Job:
    """Start reading the file with these columns; an earlier check is forgotten.

    Raises ColumnsNotMapped when they do not fit the file, and ImportNotReady when the
    import is being worked on, or was posted even in part.
    """
    if batch.rows_posted:
        raise ImportNotReady
    check_columns(columns.columns, columns.header)
    columns.zone(programme_zone=current_programme().time_zone)
    waiting = (State.UPLOADED, State.CHECKED, State.FAILED)
    move(batch, out_of=waiting, into=State.STAGING)
    forget_rows(batch)
    batch.mapping = columns.as_json()
    batch.summary = {"lines": batch.summary["lines"]}
    batch.rows_total = batch.rows_bad = batch.rows_known = 0
    batch.save()
    job = start_job(
        kind=CHECK.slug,
        title=_("Check %(file)s") % {"file": batch.file_name},
        params={"import": batch.pk},
        rows_total=batch.summary["lines"],
        at=at,
        actor=actor,
        wakes=wakes,
    )
    return give_job(batch, job)


def check_chunk(job: Job, at: datetime) -> Step:
    """Stage the next rows; after the last of them, weigh up all together."""
    batch = import_of(job)
    if job.cursor and job.cursor["is_read"]:
        settle_rows(batch, at=at)
        done = batch.rows_total
        return Step(
            cursor=job.cursor,
            rows=done - job.rows_done,
            rows_total=done,
            is_last=True,
            result_url=batch.get_absolute_url(),
        )
    return _read_chunk(job, batch, at)


def stop_check(job: Job, _at: datetime) -> None:
    """Forget what was staged when it was cancelled; a failed check can be tried again."""
    batch = stopped_import(job)
    if batch is None:
        return
    if job.is_cancel_asked:
        forget_rows(batch)
    batch.state = State.UPLOADED if job.is_cancel_asked else State.FAILED
    batch.save(update_fields=["state"])


CHECK = JobKind("points.import-check", check_chunk, stop_check)


@collector_paused()
def _read_chunk(job: Job, batch: PurchaseImport, at: datetime) -> Step:
    programme = current_programme()
    columns = ColumnMap.from_json(batch.mapping)
    parser = RowParser(
        columns,
        currency=programme.currency,
        programme_zone=programme.time_zone,
        now=at,
    )
    with file_of(batch).open("rb") as file:
        header, _delimiter, start = read_header(file, delimiter=columns.delimiter)
        if header != columns.header:
            raise FileNotReadable(_("The file has changed. Upload it again."))
        reader = RecordReader(
            file,
            delimiter=columns.delimiter,
            width=len(header),
            offset=job.cursor["offset"] if job.cursor else start,
            line=job.cursor["line"] if job.cursor else 2,
        )
        stage = partial(_stage, batch=batch, parser=parser, programme=programme)
        rows = sum(written_behind(stage, _parts(reader, parser)))
    cursor = {
        "offset": reader.offset,
        "line": reader.line,
        "is_read": rows < READ_ROWS,
    }
    return Step(cursor=cursor, rows=rows, is_last=False)


def _parts(reader: RecordReader, parser: RowParser) -> Iterator[list[Row]]:
    rows = map(parser.parse, islice(reader, READ_ROWS))
    while part := list(islice(rows, PART_ROWS)):
        yield part


def _stage(
    rows: list[Row],
    *,
    batch: PurchaseImport,
    parser: RowParser,
    programme: Programme,
) -> int:
    """Stage the rows and return how many they are."""
    system = ColumnMap.from_json(batch.mapping).member_system or batch.source
    name_members(rows, batch=batch, system=system, parser=parser)
    mark_posted(rows, source=batch.source, currency=programme.currency, parser=parser)
    copy_rows(rows, batch=batch)
    return len(rows)
