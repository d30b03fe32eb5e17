"""Weighing up all staged rows together: equal rows, equal ids, and the sums."""

from datetime import datetime
from typing import Any

from django.db import connection

from points import sql
from points.imports.columns import ColumnMap
from points.models import PurchaseImport
from points.selectors.programme import current_rulebook
from points.services.imports.estimating import estimated_points
from points.services.imports.planning import STAGED, refresh_statistics
from points.services.imports.staging import POSTED
from points.services.imports.states import State, move

LOTS = 1_000_000

# Equal rows of a file without ids all count: the second one gets a key of its own,
# which is that of `occurrence_key`.
PLACE_EQUALS = """
WITH equals AS MATERIALIZED (
  SELECT source_id FROM points_importrow
  WHERE batch_id = %(batch)s AND error IS NULL
  GROUP BY source_id HAVING count(*) > 1
), placed AS (
  SELECT r.id, row_number() OVER (PARTITION BY source_id ORDER BY line) AS place
  FROM points_importrow r JOIN equals USING (source_id)
  WHERE r.batch_id = %(batch)s AND r.error IS NULL
)
UPDATE points_importrow r
SET source_id = r.source_id || '#' || placed.place, is_known = FALSE
FROM placed WHERE r.id = placed.id AND placed.place > 1
RETURNING r.id, r.source_id
"""
MARK_KNOWN = """
UPDATE points_importrow SET is_known = TRUE WHERE id = ANY(%(ids)s)
"""
# Of rows with the same id and content the first counts; with other content, none.
COMPARE_IDS = """
WITH says AS MATERIALIZED (
  SELECT source_id,
    count(DISTINCT (member_id, member_ref, amount_minor, occurred_at, store, units,
      more))
      AS contents,
    array_agg(line ORDER BY line) AS lines
  FROM points_importrow WHERE batch_id = %(batch)s AND error IS NULL
  GROUP BY source_id HAVING count(*) > 1
)
UPDATE points_importrow r
SET is_known = r.is_known OR (says.contents = 1 AND r.line > says.lines[1]),
    error = CASE WHEN says.contents > 1 THEN jsonb_build_array(jsonb_build_object(
      'code', 'id_conflict_in_file', 'column', %(column)s::text,
      'value', r.source_id, 'params', jsonb_build_object('line',
        CASE WHEN r.line = says.lines[1] THEN says.lines[2] ELSE says.lines[1] END)
    )) END
FROM says
WHERE r.batch_id = %(batch)s AND r.error IS NULL AND r.source_id = says.source_id
"""
SUMS = """
SELECT count(*),
  count(*) FILTER (WHERE error IS NOT NULL),
  count(*) FILTER (WHERE error IS NULL AND is_known),
  coalesce(sum(amount_minor) FILTER (WHERE error IS NULL AND NOT is_known), 0)::bigint,
  min(occurred_at) FILTER (WHERE error IS NULL AND NOT is_known),
  max(occurred_at) FILTER (WHERE error IS NULL AND NOT is_known)
FROM points_importrow WHERE batch_id = %(batch)s
"""
# Apart from the sums, so that each walks the index that holds just these rows.
PEOPLE = """
SELECT
  (SELECT count(*) FROM (SELECT DISTINCT member_id FROM points_importrow
    WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known
      AND member_id IS NOT NULL) AS known),
  (SELECT count(*) FROM (SELECT DISTINCT member_ref FROM points_importrow
    WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known
      AND member_id IS NULL) AS unknown)
"""


def settle_rows(batch: PurchaseImport, *, at: datetime) -> None:
    """Decide on rows that are the same, add up, and let the import be confirmed."""
    columns = ColumnMap.from_json(batch.mapping)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '96MB'")
    refresh_statistics(STAGED, rows=batch.summary["lines"])
    if "id" in columns.columns:
        sql.run(
            COMPARE_IDS,
            {"batch": batch.pk, "column": columns.columns["id"]},
            rows=LOTS,
        )
    else:
        _place_equal_rows(batch)
    total, bad, known, amount, first_at, last_at = _one(SUMS, batch)
    members, to_enrol = _one(PEOPLE, batch)
    batch.rows_total, batch.rows_bad, batch.rows_known = total, bad, known
    batch.summary |= {
        "new": total - bad - known,
        "amount_minor": amount,
        "currency": current_rulebook().currency,
        "first_at": first_at.isoformat() if first_at else None,
        "last_at": last_at.isoformat() if last_at else None,
        "members": members,
        "to_enrol": to_enrol,
        "points": estimated_points(batch, rows=total - bad - known),
        "checked_at": at.isoformat(),
    }
    batch.save(update_fields=["rows_total", "rows_bad", "rows_known", "summary"])
    move(batch, out_of=(State.STAGING, State.FAILED), into=State.CHECKED)


def _place_equal_rows(batch: PurchaseImport) -> None:
    placed = dict(sql.run(PLACE_EQUALS, {"batch": batch.pk}, rows=LOTS))
    if not placed:
        return
    row_ids = {source_id: row_id for row_id, source_id in placed.items()}
    posted = sql.run(
        POSTED, {"source": batch.source, "ids": sorted(row_ids)}, rows=len(row_ids)
    )
    ids = [row_ids[source_id] for source_id, *_content in posted]
    sql.run(MARK_KNOWN, {"ids": ids}, rows=len(ids))


def _one(statement: str, batch: PurchaseImport) -> tuple[Any, ...]:
    return sql.run(statement, {"batch": batch.pk}, rows=LOTS)[0]
