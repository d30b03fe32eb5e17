"""A file of purchases by the command, in a process of its own."""

import csv
import json
import os
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import IO, Any

from django.db import connection

from tests.bench.clients import dice
from tests.bench.clock import now, say
from tests.bench.database import clean, raw_connection
from tests.bench.earning import TRACE
from tests.bench.results import (
    BOUNDED,
    HALF,
    Asked,
    Comparison,
    Section,
    bounded,
    compared,
)
from tests.bench.scope import Scope
from tests.bench.seeding import EXPIRY_MONTHS, make_rules
from tests.bench.timing import seconds_of

ROWS_PER_MEMBER = 10
ROWS_OF_ANYBODY = 5
CHUNK_ROWS = 50_000
ROWS_PER_SECOND = 10_000
MEGABYTES = 300
MANY_RULES = 10

STAGE = """
CREATE TEMPORARY TABLE stage (n bigint GENERATED ALWAYS AS IDENTITY, receipt text,
  number text, at timestamptz, amount numeric, store text)
"""
NAMED = """
CREATE TEMPORARY TABLE named AS
SELECT row_number() OVER (ORDER BY m.id, s.at, s.n) AS n, m.id AS member_id, s.receipt,
  uuidv7() AS public_id,
  s.at, (s.amount * 100)::bigint AS amount, s.store
FROM stage s JOIN members_member m USING (number)
"""
POST = f"""
WITH given AS (SELECT * FROM named WHERE n > %(after)s AND n <= %(until)s),
purchase AS (
  INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
    occurred_at, posted_at, store, channel)
  SELECT public_id, member_id, %(source)s, receipt, amount, at, now(), store,
    'import' FROM given ORDER BY n
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, trace)
  SELECT member_id, 'earn', amount / 100, amount / 100, at, at, now(), 'purchase',
    receipt, 'earn:' || public_id, 'system:bench', '',
    %(trace)s::jsonb FROM given ORDER BY n
  RETURNING id, account_id, points, occurred_at
),
lot AS (
  INSERT INTO points_lot (account_id, entry_id, points, remaining, effective_at,
    expires_at, priority)
  SELECT account_id, id, points, points, occurred_at,
    occurred_at + interval '{EXPIRY_MONTHS} months', 0 FROM entry
)
UPDATE points_account a
SET balance = balance + e.points, earned = earned + e.points, tier_is_due = true,
  last_activity_at = GREATEST(last_activity_at, last_at),
  next_expiry_at = LEAST(next_expiry_at, first_at + interval '{EXPIRY_MONTHS} months')
FROM (
  SELECT account_id, sum(points) AS points, min(occurred_at) AS first_at,
    max(occurred_at) AS last_at FROM entry GROUP BY 1
) e WHERE a.member_id = e.account_id
"""


def import_purchases(scope: Scope) -> list[Section]:
    """One rule and then ten; before each the floor takes a file of its own."""
    rows = min(scope.rows, ROWS_OF_ANYBODY * scope.members)
    title = (
        f"Import: a file of {rows:,} purchases of {rows // ROWS_PER_MEMBER:,} members"
    )
    comparisons, bounds = [], Section(title, BOUNDED)
    for rules in (1, MANY_RULES):
        make_rules(rules)
        words = "1 rule" if rules == 1 else f"{rules} rules"
        floor, _ = _timed(rows, f"floor-{uuid.uuid4().hex[:8]}", _raw)
        seconds, megabytes = _timed(rows, f"file-{uuid.uuid4().hex[:8]}", _command)
        comparisons.append(
            Comparison(words, "rows/s", [rows / floor], [rows / seconds], HALF)
        )
        say(
            f"    floor {rows / floor:>9,.0f}/s   product {rows / seconds:>9,.0f}/s   "
            f"ratio {floor / seconds:.2f}   {megabytes:,.0f} MB   {words}"
        )
        bounds.rows += [
            bounded(
                f"rows per second, {words}",
                f"{rows / seconds:,.0f}",
                rows / seconds,
                Asked(f"≥ {ROWS_PER_SECOND:,}", at_least=ROWS_PER_SECOND),
            ),
            bounded(
                f"most memory of the command, {words}",
                f"{megabytes:,.0f} MB",
                megabytes,
                Asked(f"< {MEGABYTES} MB", at_most=MEGABYTES),
            ),
        ]
    return [compared(title, *comparisons), bounds]


def _timed(
    rows: int, source: str, take: Callable[[Path, str], float]
) -> tuple[float, float]:
    """Return the seconds and what `take` returned."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"{source}.csv")
        with path.open("w", newline="") as file:
            _write(file, rows)
        clean()
        connection.close()
        found: list[float] = []
        seconds = seconds_of(lambda: found.append(take(path, source)))
        return seconds, found[0]


def _write(file: IO[str], rows: int) -> None:
    """Write receipts of the last 60 days, in the order of time."""
    pick, members = dice(rows), rows // ROWS_PER_MEMBER
    writer = csv.writer(file)
    writer.writerow(["receipt", "member", "time", "amount", "store"])
    first, step = now() - timedelta(days=60), timedelta(days=59) / rows
    for number in range(rows):
        writer.writerow(
            (
                f"R{number:09}",
                f"M{pick.randint(1, members):09}",
                f"{first + number * step:%Y-%m-%dT%H:%M:%SZ}",
                f"{pick.randint(2000, 20_000) / 100:.2f}",
                f"S{number % 200}",
            )
        )


def _raw(path: Path, source: str) -> float:
    copy_in = "COPY stage (receipt, number, at, amount, store) FROM STDIN CSV HEADER"
    with raw_connection() as raw, path.open("rb") as file:
        raw.execute(STAGE)
        with raw.cursor().copy(copy_in) as copy:
            while block := file.read(1 << 16):
                copy.write(block)
        named = raw.execute(NAMED).rowcount
        raw.execute("CREATE UNIQUE INDEX ON named (n)")
        raw.execute("ANALYZE named")
        for after in range(0, named, CHUNK_ROWS):
            chunk: dict[str, Any] = {"after": after, "until": after + CHUNK_ROWS}
            raw.execute(POST, chunk | {"source": source, "trace": TRACE}, prepare=False)
    return 0.0


def _command(path: Path, source: str) -> float:
    """Import by the command and return the megabytes that it took at most."""
    command = [sys.executable, "manage.py", "import_purchases", str(path), "--json"]
    command += ["--source", source, "--map"]
    command += ["id=receipt,member=member,at=time,amount=amount,store=store"]
    with tempfile.TemporaryFile() as answer:
        process = subprocess.Popen(command, stdout=answer, cwd=_root())
        _pid, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        answer.seek(0)
        text = answer.read().decode()
    if process.returncode or json.loads(text)["rows_bad"]:
        message = f"The import ended with {process.returncode}: {text[:2000]}"
        raise RuntimeError(message)
    return usage.ru_maxrss / 1024


def _root() -> Path:
    return Path(__file__).resolve().parents[2]
