"""Reading an import: a look at its file, its bad rows, and what it came to."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import BinaryIO

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loyalty_site.lib.exports import Cell
from points.imports.columns import ColumnMap
from points.imports.files import read_header
from points.imports.problems import Problem, problems_from_json
from points.imports.reading import RecordReader
from points.models import ImportRow, PurchaseImport, RefundImport, RefundImportRow
from points.services.imports.keeping import kept_file

PREVIEW_ROWS = 5
AnyImport = PurchaseImport | RefundImport


@dataclass(frozen=True)
class BadRow:
    """A row that is not posted, and everything that is wrong with it."""

    line: int
    problems: list[Problem]


@dataclass(frozen=True)
class CheckResult:
    """What the check of a file came to; the amount in minor units of `currency`.

    `left` of the `new` rows are not posted yet. `points` are None when there were too
    many rows to ask the rules beforehand.
    """

    new: int
    left: int
    amount_minor: int
    currency: str
    first_at: datetime | None
    last_at: datetime | None
    members: int
    to_enrol: int
    points: int | None
    points_taken_back: int


def check_result_of(batch: PurchaseImport) -> CheckResult:
    """Return what the check of the import's file came to; zeros before it."""
    stored = batch.summary
    return CheckResult(
        new=stored.get("new", 0),
        left=stored.get("new", 0) - batch.rows_posted,
        amount_minor=stored.get("amount_minor", 0),
        currency=stored.get("currency", ""),
        first_at=_instant(stored.get("first_at")),
        last_at=_instant(stored.get("last_at")),
        members=stored.get("members", 0),
        to_enrol=stored.get("to_enrol", 0),
        points=stored.get("points"),
        points_taken_back=stored.get("points_taken_back", 0),
    )


def preview_of(batch: PurchaseImport) -> list[list[str]]:
    """Return the cells of the first rows; raises FileNotReadable when it is gone."""
    columns = ColumnMap.from_json(batch.mapping)
    with kept_file(batch.file_path).open("rb") as file:
        records = list(islice(_reader(file, columns), PREVIEW_ROWS))
    return [record.cells for record in records if record.cells]


def bad_rows_of(batch: AnyImport, *, limit: int) -> list[BadRow]:
    """Return the first bad rows in the order of the file."""
    found = _bad(batch).values_list("line", "error")[:limit]
    return [BadRow(line, problems_from_json(error)) for line, error in found]


def bad_rows_header(batch: AnyImport) -> list[str]:
    """Return the header of the file of bad rows: line, problem, and that of the file.

    A file of refunds may hold lines of purchases, so theirs is named so that it cannot
    be taken for one when the mended rows are imported.
    """
    line = _("Row in the file") if isinstance(batch, RefundImport) else _("Line")
    return [line, _("Problem"), *ColumnMap.from_json(batch.mapping).header]


def bad_rows_as_cells(batch: AnyImport) -> Iterator[list[Cell]]:
    """Yield each bad row as it stands in the file, after its line and its problems.

    The file is passed over line by line; only the bad rows are taken apart.
    """
    columns = ColumnMap.from_json(batch.mapping)
    found = _bad(batch).values_list("line", "error").iterator(chunk_size=2_000)
    with kept_file(batch.file_path).open("rb") as file:
        here = 1
        for line, error in found:
            for _passed in range(line - here):
                file.readline()
            reader = _reader(file, columns, offset=file.tell(), line=line)
            record = next(iter(reader), None)
            here = reader.line
            file.seek(reader.offset)
            problems = "; ".join(map(_with_column, problems_from_json(error)))
            yield [line, problems, *(record.cells if record else [])]


def same_file_before(batch: PurchaseImport) -> PurchaseImport | None:
    """Return the latest import of the same file that was posted, None for none."""
    others = PurchaseImport.objects.exclude(pk=batch.pk).filter(
        file_sha256=batch.file_sha256, source=batch.source, rows_posted__gt=0
    )
    return others.first()


def same_refunds_before(batch: RefundImport) -> RefundImport | None:
    """Return the latest import of the same file of refunds that was posted."""
    posted = (RefundImport.State.POSTED, RefundImport.State.STOPPED)
    others = RefundImport.objects.exclude(pk=batch.pk).filter(
        file_sha256=batch.file_sha256, source=batch.source, state__in=posted
    )
    return others.first()


def sources_of(user: AbstractUser | AnonymousUser) -> list[str]:
    """Return the sources that were imported from before, for reuse."""
    purchases = PurchaseImport.objects.visible_to(user).values_list("source", flat=True)
    refunds = RefundImport.objects.visible_to(user).values_list("source", flat=True)
    return sorted(purchases.order_by().union(refunds.order_by())[:100])


def _instant(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _bad(batch: AnyImport) -> QuerySet[ImportRow] | QuerySet[RefundImportRow]:
    if isinstance(batch, RefundImport):
        return RefundImportRow.objects.filter(batch=batch).order_by("line")
    return ImportRow.objects.filter(batch=batch, error__isnull=False).order_by("line")


def _with_column(problem: Problem) -> str:
    if not problem.column:
        return problem.sentence
    return f"{problem.column}: {problem.sentence}"


def _reader(
    file: BinaryIO, columns: ColumnMap, *, offset: int = 0, line: int = 2
) -> RecordReader:
    if not offset:
        _header, _delimiter, offset = read_header(file, delimiter=columns.delimiter)
    return RecordReader(
        file,
        delimiter=columns.delimiter,
        width=len(columns.header),
        offset=offset,
        line=line,
    )
