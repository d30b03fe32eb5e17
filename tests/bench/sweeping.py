"""A day of expiry, and the proof of the books."""

import time
from datetime import datetime
from functools import partial

from django.db import connection

from points.selectors.proof import verify_books
from points.services.expiry import expire_points
from points.services.sealing import seal_ledger
from tests.bench.clock import now, say
from tests.bench.database import clean, rows_of, run
from tests.bench.results import (
    BOUNDED,
    HALF,
    Asked,
    Comparison,
    Row,
    Section,
    bounded,
    compared,
)
from tests.bench.scope import Scope
from tests.bench.timing import seconds_of

ROUNDS = 3
# Of a thousand members so many lots expire in a turn.
LOTS_PER_THOUSAND = 50
SECONDS_PER_MILLION = 60
# As `manage.py verify` does on two cores.
VERIFY_WORKERS = 2

EXPIRE = """
WITH due AS (
  SELECT id, account_id, remaining, expires_at FROM points_lot
  WHERE is_open AND expires_at <= %(at)s ORDER BY account_id, id FOR UPDATE
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason)
  SELECT account_id, 'expire', -remaining, 0, expires_at, expires_at, %(at)s, 'expiry',
    id::text, 'expire:' || id || ':floor', 'system:bench', '' FROM due
  RETURNING id, account_id, source_id, points
),
allocation AS (
  INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
  SELECT account_id, id, source_id::bigint, -points FROM entry
),
lot AS (
  UPDATE points_lot l SET remaining = 0 FROM due WHERE l.id = due.id
)
UPDATE points_account a
SET balance = balance - e.points, expired = expired + e.points
FROM (SELECT account_id, -sum(points) AS points FROM entry GROUP BY 1) e
WHERE a.member_id = e.account_id
"""


def expire_a_day(scope: Scope) -> list[Section]:
    """The same number of lots for each side, the soonest first."""
    lots = max(scope.members * LOTS_PER_THOUSAND // 1000, 100)
    floor, product = [], []
    for _ in range(ROUNDS):
        floor.append(lots / seconds_of(partial(run, EXPIRE, {"at": _instant(lots)})))
        product.append(lots / seconds_of(partial(_sweep, _instant(lots))))
        say(f"    floor {floor[-1]:>9,.0f}/s   product {product[-1]:>9,.0f}/s")
    work = f"Expiry: {lots:,} lots"
    return [compared(work, Comparison(work, "lots/s", floor, product, HALF))]


def verify(scope: Scope) -> list[Section]:
    """All checks, with what this very run has written; stops where the books differ."""
    clean()
    section = Section("Verify: the proof of all books", BOUNDED)
    section.rows.append(_sealing())
    started = time.perf_counter()
    for finding in verify_books(at=now(), workers=VERIFY_WORKERS):
        if finding.differences:
            message = f"{finding.name}: {finding.rows}"
            raise RuntimeError(message)
        section.rows.append(Row((finding.name, f"{finding.seconds:.1f} s", ""), None))
    total = time.perf_counter() - started
    connection.close()
    bound = max(SECONDS_PER_MILLION * scope.members / 1_000_000, 1)
    asked = Asked(f"≤ {bound:.0f} s", at_most=bound)
    section.rows.append(bounded("all of it", f"{total:.1f} s", total, asked))
    say(f"    {total:.1f} s, no difference")
    return [section]


def _sealing() -> Row:
    """Seal whatever is not sealed yet, which the proof then reads again."""
    rows, started = 0, time.perf_counter()
    while sealed := seal_ledger(at=now()):
        rows += sealed
    seconds = time.perf_counter() - started
    connection.close()
    return Row(("rows sealed before", f"{rows:,} in {seconds:.0f} s", ""), None)


def _instant(lots: int) -> datetime:
    """Return an instant by which that many more lots have expired."""
    [(at,)] = rows_of(
        "SELECT expires_at FROM points_lot WHERE is_open ORDER BY expires_at "
        "OFFSET %s LIMIT 1",
        [lots - 1],
    )
    return at


def _sweep(at: datetime) -> None:
    expire_points(at=at)
    connection.close()
