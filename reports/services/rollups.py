"""Keep the rollups equal to the facts: refresh by what was touched, check in full."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from psycopg.sql import SQL

from points.selectors.programme import current_programme
from reports.models import RollupAlarm, RollupState
from reports.services.aggregation import (
    SAMPLE_ROWS,
    begin_alone,
    execute,
    put_right,
    reaggregate,
    rebuild_cube,
    rows_of,
    touch,
)
from reports.services.cubes import CUBES

logger = logging.getLogger(__name__)
# A chunk must stay well under the lease of a job and the time limit of a task.
NOTES_PER_CHUNK = 20_000
MEMBERS_PER_CHUNK = 50_000


# With the oldest notes go all others of the same members: nobody is counted twice.
_TAKE_NOTES = SQL("""
WITH oldest AS MATERIALIZED (
    SELECT member_id FROM reports_touchedmember ORDER BY id LIMIT %(chunk)s
),
taken AS (
    DELETE FROM reports_touchedmember
    WHERE member_id IN (SELECT member_id FROM oldest) RETURNING member_id
)
SELECT (SELECT count(*) FROM oldest), array_agg(DISTINCT member_id) FROM taken
""")


@dataclass(frozen=True)
class Refreshed:
    """What one chunk of a refresh did, and whether nothing was left to do."""

    members: int
    is_complete: bool


@dataclass(frozen=True)
class MemberRange:
    """Members with ids from `first` to `last`, both inclusive."""

    first: int
    last: int
    members: int


@transaction.atomic
def refresh_rollups(*, at: datetime) -> Refreshed:
    """Bring the members touched by committed facts up to date, one chunk of them.

    `at` is read before the call: when nothing is left, the rollups hold every fact
    committed before it. Two callers at once are harmless: the second one waits and
    finds nothing. The first call ever, and one after a change of the programme's
    zone, touches everybody.
    """
    begin_alone()
    state = _state_in_zone(current_programme().time_zone)
    notes, member_ids = rows_of(_TAKE_NOTES, {"chunk": NOTES_PER_CHUNK})[0]
    members = 0
    if member_ids:
        members = touch(
            SQL("SELECT unnest(%(members)s::bigint[]) AS member_id"),
            {"members": member_ids},
        )
        reaggregate(zone=state.time_zone)
    is_complete = notes < NOTES_PER_CHUNK
    if is_complete:
        RollupState.objects.update(as_of=at)
    return Refreshed(members=members, is_complete=is_complete)


def _state_in_zone(zone: str) -> RollupState:
    """Return the state; touch everybody when days must be read in another zone."""
    state, _is_new = RollupState.objects.get_or_create(pk=1)
    if state.time_zone != zone:
        execute(
            SQL(
                "INSERT INTO reports_touchedmember (member_id) "
                "SELECT id FROM members_member ORDER BY id"
            )
        )
        state.time_zone = zone
        state.as_of = None
        state.save(update_fields=["time_zone", "as_of"])
    return state


def next_members(*, after: int) -> MemberRange | None:
    """Return the next range of member ids after `after`, or None past the last."""
    first, last, members = rows_of(
        SQL(
            "SELECT min(id), max(id), count(*) FROM (SELECT id FROM members_member "
            "WHERE id > %(after)s ORDER BY id LIMIT %(chunk)s) chunk"
        ),
        {"after": after, "chunk": MEMBERS_PER_CHUNK},
    )[0]
    return MemberRange(first, last, members) if members else None


def check_everything(*, at: datetime) -> int:
    """Check all members and all cubes, a transaction each; return the wrong rows."""
    wrong = 0
    bounds = next_members(after=0)
    while bounds:
        wrong += check_members(first_id=bounds.first, last_id=bounds.last, at=at)
        bounds = next_members(after=bounds.last)
    return wrong + check_cubes(at=at)


@transaction.atomic
def check_members(*, first_id: int, last_id: int, at: datetime) -> int:
    """Recompute these members from the facts; put right and alarm where they differed.

    Members with a note are left to the next refresh: they may differ. Returns the
    number of rows that were wrong.
    """
    begin_alone()
    state = _state_in_zone(current_programme().time_zone)
    touch(
        SQL(
            "SELECT id AS member_id FROM members_member "
            "WHERE id BETWEEN %(first)s AND %(last)s "
            "AND id NOT IN (SELECT member_id FROM reports_touchedmember)"
        ),
        {"first": first_id, "last": last_id},
    )
    changed = put_right(zone=state.time_zone)
    # A fact committed since the notes were read has brought its own note.
    noted = {m for (m,) in rows_of(SQL("SELECT member_id FROM reports_touchedmember"))}
    wrong = {
        table: [row for row in rows if row[0] not in noted]
        for table, rows in changed.items()
    }
    return sum(_alarm(table, rows, at) for table, rows in wrong.items())


@transaction.atomic
def check_cubes(*, at: datetime) -> int:
    """Add every cube up anew from the members' rows; put right and alarm."""
    begin_alone()
    wrong = sum(_alarm(cube.table, rebuild_cube(cube), at) for cube in CUBES)
    RollupState.objects.update(checked_at=at)
    return wrong


def _alarm(rollup: str, rows: list[tuple[Any, ...]], at: datetime) -> int:
    if rows:
        logger.error(
            "Rollup %s differed from its rebuild in %s rows", rollup, len(rows)
        )
        RollupAlarm.objects.create(
            at=at,
            rollup=rollup,
            rows_wrong=len(rows),
            sample=[[str(cell) for cell in row] for row in rows[:SAMPLE_ROWS]],
        )
    return len(rows)
