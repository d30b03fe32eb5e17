"""Whether what was sealed is still what it was, and which row is the first that is not."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from points import sql
from points.models import Seal
from points.seals import (
    FIRST_ROOT,
    MARK_HASH_BYTES,
    ROW_HASHES,
    Stretch,
    marks_of,
    root_of,
)

Difference = tuple[str, str, str]

SEALS = """
SELECT s.number, s.first_id, s.last_id, s.rows, s.content, s.root, (
  SELECT sha256(coalesce(string_agg(hash, ''::bytea ORDER BY id), ''::bytea))
  FROM ({row_hashes} WHERE id BETWEEN s.first_id AND s.last_id) rows
) FROM points_seal s WHERE s."table" = %(table)s ORDER BY s.number
"""
ROWS = "{row_hashes} WHERE id BETWEEN %(first)s AND %(last)s ORDER BY id"
MARKS = """
SELECT marks FROM points_seal WHERE "table" = %(table)s AND number = %(number)s
"""


class KeptRoot(NamedTuple):
    """A root as it is kept outside the database."""

    table: str
    number: int
    root: str


def broken_seals(kept: Iterator[KeptRoot] | None = None) -> list[Difference]:
    """Return (row, found, expected) of each table's first difference, if any.

    `kept` are roots from outside the database, which the seals must have still.
    """
    roots: dict[tuple[str, int], str] = {}
    found: list[Difference] = []
    for table in Seal.Table.values:
        found += _broken(table, roots)
    for each in kept or ():
        here = roots.get((each.table, each.number), "no such seal")
        if here != each.root:
            found.append((f"seal {each.number} of {each.table}", here, each.root))
            break
    return found


def _broken(table: str, roots: dict[tuple[str, int], str]) -> Iterator[Difference]:
    before, after, expected = FIRST_ROOT, 0, 1
    statement = SEALS.format(row_hashes=ROW_HASHES[table])
    is_whole = True
    for number, first, last, rows, content, root, now in sql.run(
        statement, {"table": table}, rows=1000
    ):
        roots[table, number] = bytes(root).hex()
        stretch = Stretch(table, number, first, last, rows)
        made = root_of(before, stretch, bytes(content))
        if is_whole and (number, first, made) != (expected, after + 1, bytes(root)):
            is_whole = False
            yield f"seal {number} of {table}", bytes(root).hex(), made.hex()
        if is_whole and content != now:
            is_whole = False
            yield _first_changed(stretch)
        before, after, expected = bytes(root), last, number + 1


def _first_changed(stretch: Stretch) -> Difference:
    table, number, first, last, _rows = stretch
    [(marks,)] = sql.run(MARKS, {"table": table, "number": number})
    sealed = dict(marks_of(first, bytes(marks)))
    statement = ROWS.format(row_hashes=ROW_HASHES[table])
    rows = sql.run(statement, {"first": first, "last": last}, rows=1000)
    now = {row_id: bytes(digest)[:MARK_HASH_BYTES] for row_id, digest in rows}
    changed = next(
        (
            row_id
            for row_id in sorted(sealed.keys() | now.keys())
            if sealed.get(row_id) != now.get(row_id)
        ),
        first,
    )
    return f"{table} {changed}", _said(now, changed), _said(sealed, changed)


def _said(marks: Mapping[int, bytes], row_id: int) -> str:
    return marks[row_id].hex() if row_id in marks else "no such row"
