"""Staged rows: who and what they mean, and writing them by COPY."""

import json
from collections.abc import Iterable, Sequence

from django.db import connection
from psycopg import Cursor
from psycopg.rows import TupleRow

from loyalty_site.lib.money import from_minor
from points import sql
from points.imports.problems import Problem
from points.imports.rows import Row, RowParser
from points.models import PurchaseImport
from points.services.imports.people import members_by_reference

COPY = """
COPY points_importrow (batch_id, line, member_ref, source_id, amount_minor,
  occurred_at, store, units, more, member_id, is_known, error) FROM STDIN
"""
# In the order of an index, since for a new source a scan would read the whole table.
ANY_OF_SOURCE = """
SELECT source FROM points_purchase
WHERE source = %(source)s AND NOT is_released ORDER BY source, source_id LIMIT 1
"""
POSTED = """
SELECT source_id, member_id, amount_minor, occurred_at
FROM points_purchase
WHERE source = %(source)s AND source_id = ANY(%(ids)s) AND NOT is_released
"""
_BLOCK_ROWS = 2_000
# What the text form of COPY gives a meaning of its own.
_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def name_members(
    rows: Sequence[Row], *, batch: PurchaseImport, system: str, parser: RowParser
) -> None:
    """Give each good row its member, or the problem that there is none.

    Unknown members are no problem when the import enrols them.
    """
    good = [row for row in rows if not row.problems]
    found = members_by_reference((row.member_ref for row in good), system=system)
    for row in good:
        member = found.get(row.member_ref)
        if member is None:
            if not batch.enrols_missing:
                row.problems.append(
                    parser.problem("member_unknown", "member", row.member_ref)
                )
        elif member.is_closed:
            row.problems.append(
                parser.problem("member_closed", "member", row.member_ref)
            )
        else:
            row.member_id = member.member_id


def mark_posted(
    rows: Sequence[Row], *, source: str, currency: str, parser: RowParser
) -> None:
    """Mark the good rows that were posted before, and those that contradict what was.

    In a file without ids the key is the content, so nothing can contradict it.
    """
    if not sql.run(ANY_OF_SOURCE, {"source": source}):
        return
    by_id: dict[str, list[Row]] = {}
    for row in rows:
        if not row.problems:
            by_id.setdefault(row.source_id, []).append(row)
    ids = sorted(by_id)
    posted = sql.run(POSTED, {"source": source, "ids": ids}, rows=len(ids))
    for source_id, member_id, amount_minor, occurred_at in posted:
        for row in by_id[source_id]:
            says = (row.member_id, row.amount_minor, row.occurred_at)
            if parser.has_ids and says != (member_id, amount_minor, occurred_at):
                amount = f"{from_minor(amount_minor, currency)} {currency}"
                found = f"{amount}, {occurred_at:%Y-%m-%d %H:%M} UTC"
                row.problems.append(
                    parser.problem("id_conflict", "id", source_id, found=found)
                )
            else:
                row.is_known = True


def copy_rows(rows: Iterable[Row], *, batch: PurchaseImport) -> None:
    """Append the rows to the staging table."""
    connection.ensure_connection()
    lines = [_copy_line(row, batch.pk) for row in rows]
    with connection.wrap_database_errors:
        cursor: Cursor[TupleRow] = Cursor(connection.connection)
        with cursor.copy(COPY) as copy:
            for start in range(0, len(lines), _BLOCK_ROWS):
                copy.write("".join(lines[start : start + _BLOCK_ROWS]))


def error_json(problems: Sequence[Problem]) -> str:
    """Return the problems of a row as they are stored."""
    return json.dumps([problem.as_json() for problem in problems], ensure_ascii=False)


def _copy_line(row: Row, batch_id: int) -> str:
    if row.problems:
        error = error_json(row.problems).translate(_ESCAPED)
        ref = row.member_ref.translate(_ESCAPED)
        return (
            f"{batch_id}\t{row.line}\t{ref}\t\t\\N\t\\N\t\t\\N\t\\N\t\\N\tf\t{error}\n"
        )
    ref, key, store = row.member_ref, row.source_id, row.store
    if "\\" in ref or "\\" in key or "\\" in store:
        ref, key, store = (text.translate(_ESCAPED) for text in (ref, key, store))
    units = "\\N" if row.units is None else row.units
    more = sql.as_json(row.more).translate(_ESCAPED) if row.more else "\\N"
    member = "\\N" if row.member_id is None else row.member_id
    known = "t" if row.is_known else "f"
    return (
        f"{batch_id}\t{row.line}\t{ref}\t{key}\t{row.amount_minor}\t{row.occurred_at}"
        f"\t{store}\t{units}\t{more}\t{member}\t{known}\t\\N\n"
    )
