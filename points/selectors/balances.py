"""What a member can spend at an instant, computed by time; a read writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, NamedTuple

from points import sql


@dataclass(frozen=True)
class Expiring:
    """Points that can be spent until `at`, and not in that instant any more."""

    at: datetime
    points: int


@dataclass(frozen=True)
class Coming:
    """Points that can be spent from `at`; where they wait for a confirmation, by then."""

    at: datetime
    points: int
    is_waiting: bool


@dataclass(frozen=True)
class Balance:
    """Points at an instant.

    `available` can be spent, `pending` not yet, `held` are reserved, `debt` is owed and
    settled by the next points; `expiring` lists every coming expiry, and `coming` when
    what is pending begins to count, soonest first. `lacking` is what of the debt is not
    there.
    """

    available: int
    pending: int
    held: int
    debt: int
    expiring: tuple[Expiring, ...]
    coming: tuple[Coming, ...] = ()
    lacking: int = 0


class Left(NamedTuple):
    """What a lot has left, and its dates."""

    expires_at: datetime | None
    effective_at: datetime
    points: int


NO_LOT = (None, None, None)
# The accounts with what is reserved of them, each with its lots, or with NO_LOT.
_BALANCES = """
WITH asked AS MATERIALIZED (
  SELECT a.member_id, {held} AS held, {debt} AS debt
  FROM points_account a WHERE a.member_id {{are_asked}}
)
SELECT asked.*, lots.* FROM asked LEFT JOIN LATERAL (
  SELECT l.expires_at, l.effective_at, {left}
  FROM points_lot l JOIN points_entry c ON c.id = l.entry_id
  WHERE {account}.account_id = asked.member_id{are_open} AND c.occurred_at <= %(at)s
    AND (l.expires_at IS NULL OR l.expires_at > %(at)s)
) lots ON true
ORDER BY asked.member_id, lots.expires_at NULLS LAST
"""
# A re-dating can let a lot expire under a hold, which then reserves nothing of it.
BALANCES_NOW = _BALANCES.format(
    held="""CASE WHEN a.held = 0 THEN 0 ELSE coalesce((
    SELECT sum(part.points)::bigint FROM points_hold h
    JOIN points_holdlot part ON part.hold_id = h.id
    JOIN points_lot own ON own.id = part.lot_id
    WHERE h.account_id = a.member_id AND h.state = 'held' AND h.expires_at > %(at)s
      AND (own.expires_at IS NULL OR own.expires_at > %(at)s)), 0)
    END""",
    debt="a.debt",
    left="l.remaining",
    account="l",
    are_open=" AND l.is_open",
)
# What a lot had left at the instant is what had not been taken from it by then.
BALANCES_THEN = _BALANCES.format(
    held="""coalesce((
    SELECT sum(h.points)::bigint FROM points_hold h
    WHERE h.account_id = a.member_id AND h.placed_at <= %(at)s AND h.expires_at > %(at)s
      AND (h.settled_at IS NULL OR h.settled_at > %(at)s)), 0)""",
    debt="""coalesce((
    SELECT sum(e.debt)::bigint FROM points_entry e
    WHERE e.account_id = a.member_id AND e.debt <> 0 AND e.occurred_at <= %(at)s), 0)""",
    left="""l.points - coalesce((
    SELECT sum(al.points)::bigint FROM points_allocation al
    JOIN points_entry e ON e.id = al.entry_id
    WHERE al.lot_id = l.id AND e.occurred_at <= %(at)s), 0)""",
    account="c",
    are_open="",
)


def balance_of(*, member_id: int, at: datetime, now: datetime | None = None) -> Balance:
    """Return the balance at `at`, seen from `now` (the same, if left out).

    At a past instant it is what had happened by then; at a coming one it is what would
    be left if nothing more happened.
    """
    return balances_of(member_ids=[member_id], at=at, now=now)[member_id]


def balances_of(
    *, member_ids: Sequence[int], at: datetime, now: datetime | None = None
) -> dict[int, Balance]:
    """Return the balance of each member; see `balance_of`."""
    is_past = now is not None and at < now
    statement = BALANCES_THEN if is_past else BALANCES_NOW
    rows = sql.run_for(member_ids, statement, {"at": at})
    return {
        member_id: _balance(_lots(of_member), at, held, debt)
        for (member_id, held, debt), of_member in groupby(rows, key=itemgetter(0, 1, 2))
    }


def _lots(rows: Iterable[tuple[Any, ...]]) -> list[Left]:
    found = (row[3:] for row in rows)
    return [Left(*lot) for lot in found if lot != NO_LOT]


def _balance(lots: Sequence[Left], at: datetime, held: int, debt: int) -> Balance:
    expiring: dict[datetime, int] = {}
    coming: dict[tuple[datetime, bool], int] = {}
    pending = active = 0
    for expires_at, effective_at, left in lots:
        if effective_at > at:
            pending += left
            begins = (effective_at, effective_at == expires_at)
            coming[begins] = coming.get(begins, 0) + left
            continue
        active += left
        if expires_at is not None and left:
            expiring[expires_at] = expiring.get(expires_at, 0) + left
    return Balance(
        available=max(active - held - debt, 0),
        pending=pending,
        held=held,
        debt=debt,
        expiring=tuple(Expiring(at, points) for at, points in sorted(expiring.items())),
        coming=tuple(
            Coming(begins_at, points, is_waiting)
            for (begins_at, is_waiting), points in sorted(coming.items())
            if points
        ),
        lacking=max(held + debt - active, 0),
    )
