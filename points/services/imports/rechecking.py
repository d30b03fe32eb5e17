"""Looking again at rows of a chunk that was refused, because the world moved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import F

from points import sql
from points.imports.columns import ColumnMap
from points.imports.problems import Problem
from points.models import PurchaseImport
from points.services.imports.staging import POSTED, error_json
from points.sql import Given

CLOSED = """
SELECT id FROM members_member WHERE id = ANY(%(ids)s) AND closed_at IS NOT NULL
"""
BAD = Given("bad", "line int, error text")
MARK_BAD = f"""
UPDATE points_importrow r SET error = bad.error::jsonb
FROM {BAD} WHERE r.batch_id = %(batch)s AND r.line = bad.line
"""  # noqa: S608 -- put together from constants


@dataclass(slots=True)
class GoodRow:
    """A staged row without problems; its member's id is 0 until one is enrolled."""

    line: int
    member_ref: str
    source_id: str
    amount_minor: int
    occurred_at: datetime
    store: str
    units: Decimal | None
    more: dict[str, Any] | None
    member_id: int


def still_good(batch: PurchaseImport, rows: Sequence[GoodRow]) -> list[GoodRow]:
    """Mark the rows that can no longer be posted as bad and return the others."""
    names = ColumnMap.from_json(batch.mapping).columns
    member_ids = sorted({row.member_id for row in rows if row.member_id})
    closed = {
        pk for (pk,) in sql.run(CLOSED, {"ids": member_ids}, rows=len(member_ids))
    }
    posted = _posted(batch, rows)
    bad: dict[int, Problem] = {}
    for row in rows:
        says = (row.member_id, row.amount_minor, row.occurred_at)
        if posted.get(row.source_id, says) != says:
            found = {"found": str(posted[row.source_id][1])}
            bad[row.line] = Problem(
                "id_conflict", names.get("id", ""), row.source_id, found
            )
        elif row.member_id in closed and row.source_id not in posted:
            bad[row.line] = Problem("member_closed", names["member"], row.member_ref)
    _mark(batch, bad)
    return [row for row in rows if row.line not in bad]


def _posted(
    batch: PurchaseImport, rows: Sequence[GoodRow]
) -> dict[str, tuple[Any, ...]]:
    ids = sorted(row.source_id for row in rows)
    found = sql.run(POSTED, {"source": batch.source, "ids": ids}, rows=len(ids))
    return {source_id: tuple(says) for source_id, *says in found}


def _mark(batch: PurchaseImport, bad: dict[int, Problem]) -> None:
    rows = [(line, error_json([problem])) for line, problem in bad.items()]
    sql.run(MARK_BAD, {"batch": batch.pk}, {BAD: rows})
    PurchaseImport.objects.filter(pk=batch.pk).update(rows_bad=F("rows_bad") + len(bad))
