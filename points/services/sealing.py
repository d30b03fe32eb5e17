"""Seal what the ledger has committed, stretch by stretch."""

from datetime import datetime

from django.db import transaction

from points import sql
from points.models import Seal, SealHorizon
from points.seals import FIRST_ROOT, FORM, ROW_HASHES, Stretch, root_of

ROWS_PER_SEAL = 4_096
ROWS_PER_RUN = 1_000_000

# One sealer at a time. This lock gives the transaction no number of its own, which would
# keep the horizon below it.
ALONE = "SELECT pg_try_advisory_xact_lock(hashtext('points.sealing'))"
SEEN = """
SELECT (SELECT coalesce(max(id), 0) FROM points_entry),
  (SELECT coalesce(max(id), 0) FROM points_lot),
  (SELECT coalesce(max(id), 0) FROM points_allocation),
  pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""
OLDEST_GOING_ON = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
LATEST = """
SELECT number, last_id, root FROM points_seal
WHERE "table" = %(table)s ORDER BY number DESC LIMIT 1
"""
STRETCHES = """
WITH hashed AS MATERIALIZED (
  SELECT id, hash, (row_number() OVER (ORDER BY id) - 1) / %(size)s AS stretch
  FROM ({row_hashes} WHERE id > %(after)s AND id <= %(until)s
    ORDER BY id LIMIT %(limit)s) rows
), placed AS (
  SELECT *, coalesce(lag(last_id) OVER (ORDER BY stretch), %(after)s) + 1 AS first_id
  FROM (SELECT stretch, max(id) AS last_id FROM hashed GROUP BY 1) s
)
SELECT first_id, last_id, count(*), sha256(string_agg(hash, ''::bytea ORDER BY id)),
  string_agg(int4send((id - first_id)::int) || substring(hash FROM 1 FOR 4),
    ''::bytea ORDER BY id)
FROM hashed JOIN placed USING (stretch) GROUP BY 1, 2 ORDER BY 1
"""


@transaction.atomic
def seal_ledger(*, at: datetime) -> int:
    """Seal the rows that are sure to be complete; return how many.

    Ids are given out before they are committed, so rows are sealed only up to ids that were
    seen before everything that was going on then was over. Source: ADR 0026.
    """
    [(is_alone,)] = sql.run(ALONE)
    if not is_alone:
        return 0
    [(entry_id, lot_id, allocation_id, before_xid)] = sql.run(SEEN)
    [(oldest,)] = sql.run(OLDEST_GOING_ON)
    seen = {"entry": entry_id, "lot": lot_id, "allocation": allocation_id}
    noted = SealHorizon.objects.first()
    if oldest >= before_xid:
        sure = seen
    elif noted is not None and oldest >= noted.before_xid:
        sure = {table: getattr(noted, f"{table}_id") for table in seen}
    else:
        sure = {}
    rows = sum(_seal(table, until, at) for table, until in sure.items())
    if sure or noted is None:
        ids = {f"{table}_id": last for table, last in seen.items()}
        values = ids | {"before_xid": before_xid, "noted_at": at}
        SealHorizon.objects.update_or_create(pk=1, defaults=values)
    return rows


def _seal(table: str, until: int, at: datetime) -> int:
    latest = sql.run(LATEST, {"table": table})
    number, after, root = latest[0] if latest else (0, 0, FIRST_ROOT)
    found = sql.run(
        STRETCHES.format(row_hashes=ROW_HASHES[table]),
        {"after": after, "until": until, "size": ROWS_PER_SEAL, "limit": ROWS_PER_RUN},
        rows=ROWS_PER_RUN,
    )
    seals = []
    for first_id, last_id, rows, content, marks in found:
        number += 1
        stretch = Stretch(table, number, first_id, last_id, rows)
        root = root_of(bytes(root), stretch, bytes(content))
        seals.append(
            Seal(
                **stretch._asdict(),
                form=FORM,
                content=content,
                marks=marks,
                root=root,
                sealed_at=at,
            )
        )
    Seal.objects.bulk_create(seals)
    return sum(each.rows for each in seals)
