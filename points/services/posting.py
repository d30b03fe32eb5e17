"""The one path by which points move.

Always in this order: lock the accounts in id order, look for the keys, check, allocate,
insert, update the caches. A till purchase is a batch of one; an import posts thousands.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points import sql
from points.errors import InsufficientPoints, KeyReused, UnknownMember
from points.services.allocation import OpenLot, Take, spendable, take_in_order


@dataclass(frozen=True, slots=True)
class Credit:
    """Points (>= 0) for a member; zero leaves an entry that only explains itself.

    `effective_at` defaults to `occurred_at`; `expires_at` is exclusive, None is never.
    """

    member_id: int
    kind: str
    points: int
    occurred_at: datetime
    key: str
    source: str
    source_id: str
    qualifying: int = 0
    effective_at: datetime | None = None
    expires_at: datetime | None = None
    reason: str = ""
    trace: Any = None


@dataclass(frozen=True, slots=True)
class Debit:
    """Points (> 0) from a member, in burn order of what is spendable at `occurred_at`.

    `lot_id` takes from that lot alone, spendable or not. `own_entry_id` takes from the
    lot of that entry first, and then, as far as it goes, from the others: the debit is
    then for at most `points`, and may come to nothing. `lowers_qualifying` is >= 0 and
    counts at `qualifies_at`.
    """

    member_id: int
    kind: str
    points: int
    occurred_at: datetime
    key: str
    source: str
    source_id: str
    lot_id: int | None = None
    own_entry_id: int | None = None
    lowers_qualifying: int = 0
    qualifies_at: datetime | None = None
    reason: str = ""
    trace: Any = None


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account under this transaction's lock."""

    member_id: int
    balance: int
    held: int
    tier_id: int | None
    tier_since: datetime | None
    is_closed: bool


@dataclass(frozen=True, slots=True)
class Movement:
    """One entry that was written: signed points."""

    entry_id: int
    member_id: int
    key: str
    points: int


LOCK = """
SELECT a.member_id, a.balance, a.held, a.tier_id, a.tier_since,
       m.closed_at IS NOT NULL
FROM points_account a JOIN members_member m ON m.id = a.member_id
WHERE a.member_id = ANY(%(ids)s::bigint[])
ORDER BY a.member_id
FOR UPDATE OF a
"""

KNOWN = """
SELECT e.account_id, e.key, e.points
FROM points_entry e
JOIN json_to_recordset(%(keys)s::json) AS k(account_id bigint, key text)
  ON e.account_id = k.account_id AND e.key = k.key
"""

OPEN_LOTS = """
SELECT account_id, id, remaining, effective_at, expires_at, entry_id
FROM points_lot
WHERE account_id = ANY(%(ids)s::bigint[]) AND is_open
ORDER BY account_id, priority, expires_at NULLS LAST, effective_at, id
"""

FIRST_LOTS_LIMIT = 30
FIRST_LOTS = """
SELECT account_id, id, remaining, effective_at, expires_at, entry_id
FROM points_lot
WHERE account_id = %(id)s AND is_open
ORDER BY priority, expires_at NULLS LAST, effective_at, id
LIMIT %(limit)s
"""

# `expires_at` of a move is that of its new lot; a debit has none, so the next expiry of
# its account comes from the lots that were left.
_MOVES = """
moves AS MATERIALIZED (
  SELECT * FROM json_to_recordset(%(moves)s::json) AS m(
    account_id bigint, kind text, points bigint, qualifying bigint,
    occurred_at timestamptz, qualifies_at timestamptz, source text, source_id text,
    key text, reason text, reverses_id bigint, trace jsonb,
    effective_at timestamptz, expires_at timestamptz)
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, reverses_id, trace)
  SELECT account_id, kind, points, qualifying, occurred_at, qualifies_at,
    %(posted_at)s, source, source_id, key, %(actor)s, reason, reverses_id, trace
  FROM moves
  ON CONFLICT (account_id, key) DO NOTHING
  RETURNING id, account_id, kind, key, points, qualifying, occurred_at
),
account AS (
  UPDATE points_account a
  SET balance = a.balance + s.points,
      earned = a.earned + s.earned,
      redeemed = a.redeemed + s.redeemed,
      expired = a.expired + s.expired,
      tier_is_due = a.tier_is_due OR s.qualifies,
      last_activity_at = GREATEST(a.last_activity_at, s.last_at),
      next_expiry_at = {next_expiry}
  FROM (
    SELECT account_id, sum(points) AS points,
      coalesce(sum(points) FILTER (WHERE kind IN ('earn', 'bonus')), 0) AS earned,
      -coalesce(sum(points) FILTER (WHERE kind LIKE 'redeem%%'), 0) AS redeemed,
      -coalesce(sum(points) FILTER (WHERE kind = 'expire'), 0) AS expired,
      bool_or(qualifying <> 0) AS qualifies,
      max(occurred_at) FILTER (WHERE kind <> 'expire') AS last_at,
      min(expires_at) FILTER (WHERE points > 0) AS expires_at
    FROM (SELECT e.*, m.expires_at FROM entry e JOIN moves m USING (account_id, key))
    GROUP BY account_id
  ) s{next_expiry_from}
  WHERE a.member_id = s.account_id{next_expiry_where}
)"""

_CREDITED = _MOVES.format(
    next_expiry="LEAST(a.next_expiry_at, s.expires_at)",
    next_expiry_from="",
    next_expiry_where="",
)
_DEBITED = _MOVES.format(
    next_expiry="n.next_expiry_at",
    next_expiry_from=""",
    json_to_recordset(%(left)s::json)
      AS n(account_id bigint, next_expiry_at timestamptz)""",
    next_expiry_where=" AND n.account_id = a.member_id",
)

WRITE_CREDITS = f"""
WITH {_CREDITED},
lot AS (
  INSERT INTO points_lot
    (account_id, entry_id, points, remaining, effective_at, expires_at, priority)
  SELECT e.account_id, e.id, e.points, e.points, m.effective_at, m.expires_at, 0
  FROM entry e JOIN moves m USING (account_id, key)
  WHERE e.points > 0
  ORDER BY e.id
)
SELECT id, account_id, key, points FROM entry
"""  # noqa: S608 -- put together from constants

WRITE_DEBITS = f"""
WITH {_DEBITED},
taken AS MATERIALIZED (
  SELECT t.n, e.id AS entry_id, e.account_id, t.lot_id, t.points
  FROM json_to_recordset(%(takes)s::json)
    AS t(n int, account_id bigint, key text, lot_id bigint, points bigint)
  JOIN entry e ON e.account_id = t.account_id AND e.key = t.key
),
allocation AS (
  INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
  SELECT account_id, entry_id, lot_id, points FROM taken ORDER BY n
),
lot AS (
  UPDATE points_lot l SET remaining = l.remaining - t.points
  FROM (SELECT lot_id, sum(points) AS points FROM taken GROUP BY lot_id) t
  WHERE l.id = t.lot_id
)
SELECT id, account_id, key, points FROM entry
"""  # noqa: S608 -- put together from constants


def lock_accounts(member_ids: Iterable[int]) -> dict[int, LockedAccount]:
    """Lock the accounts in id order until the transaction ends, and return them.

    The only place that locks accounts. Raises UnknownMember for an id without one.
    """
    ids = sorted(set(member_ids))
    rows = sql.run(LOCK, {"ids": ids}, rows=len(ids))
    accounts = {row[0]: LockedAccount(*row) for row in rows}
    if len(accounts) != len(ids):
        missing = next(each for each in ids if each not in accounts)
        raise UnknownMember(reference=str(missing))
    return accounts


@transaction.atomic
def post_credits(
    credits: Sequence[Credit],  # noqa: A002 -- the ledger's own word
    *,
    posted_at: datetime,
    actor: Actor,
    are_locked: bool = False,
) -> list[Movement]:
    """Write the credits, each with its lot, and return the entries that are new.

    A credit whose key the account already has moves nothing.
    """
    if not are_locked:
        lock_accounts(credit.member_id for credit in credits)
    moves = [_credit_row(credit) for credit in credits]
    rows = sql.run(
        WRITE_CREDITS,
        {"moves": sql.as_json(moves), "posted_at": posted_at, "actor": str(actor)},
        rows=len(moves),
    )
    return [Movement(*row) for row in rows]


@transaction.atomic
def post_debits(
    debits: Sequence[Debit],
    *,
    posted_at: datetime,
    actor: Actor,
    accounts: dict[int, LockedAccount] | None = None,
) -> list[Movement]:
    """Take the points lot by lot and return the entries that are new.

    Raises InsufficientPoints, and writes nothing at all, when one of the debits cannot
    be met; KeyReused when a key was used for other points.
    """
    accounts = accounts or lock_accounts(debit.member_id for debit in debits)
    known = _known_points(debits)
    fresh = [each for each in debits if (each.member_id, each.key) not in known]
    _refuse_reused_keys(debits, known)
    lots = _lots_for(fresh, accounts)
    by_id = {lot.id: lot for each in lots.values() for lot in each}
    moves: list[dict[str, Any]] = []
    takes: list[dict[str, Any]] = []
    for debit in fresh:
        if debit.lot_id is not None:
            taken = take_in_order([by_id[debit.lot_id]], debit.points)
        else:
            taken = _allocate(debit, lots.get(debit.member_id, []), accounts)
        points = sum(take.points for take in taken)
        moves.append(_debit_row(debit, points))
        takes += [
            {
                "n": n,
                "account_id": debit.member_id,
                "key": debit.key,
                "lot_id": take.lot_id,
                "points": take.points,
            }
            for n, take in enumerate(taken, start=len(takes))
        ]
    rows = sql.run(
        WRITE_DEBITS,
        {
            "moves": sql.as_json(moves),
            "takes": sql.as_json(takes),
            "left": sql.as_json(_next_expiries(lots)),
            "posted_at": posted_at,
            "actor": str(actor),
        },
        rows=len(takes),
    )
    return [Movement(*row) for row in rows]


def open_lots_of(member_ids: Iterable[int]) -> dict[int, list[OpenLot]]:
    """Return the lots with something left, in burn order, by member."""
    ids = sorted(member_ids)
    lots: dict[int, list[OpenLot]] = {}
    if ids:
        for account_id, *lot in sql.run(OPEN_LOTS, {"ids": ids}, rows=len(ids)):
            lots.setdefault(account_id, []).append(OpenLot(*lot))
    return lots


def _lots_for(
    debits: Sequence[Debit], accounts: dict[int, LockedAccount]
) -> dict[int, list[OpenLot]]:
    """Return the open lots of the debits; of a single one, only as many as it needs.

    A busy account has thousands of lots, and a redemption wants the first few. One lot
    must be left over, since it tells the account's next expiry.
    """
    if len(debits) == 1 and debits[0].lot_id is None and not debits[0].own_entry_id:
        [debit] = debits
        rows = sql.run(FIRST_LOTS, {"id": debit.member_id, "limit": FIRST_LOTS_LIMIT})
        lots = [OpenLot(*lot) for _account_id, *lot in rows]
        wanted = debit.points + accounts[debit.member_id].held
        enough = spendable(lots, debit.occurred_at) > wanted
        if enough or len(lots) < FIRST_LOTS_LIMIT:
            return {debit.member_id: lots}
    return open_lots_of({debit.member_id for debit in debits})


def _allocate(
    debit: Debit, lots: list[OpenLot], accounts: dict[int, LockedAccount]
) -> list[Take]:
    """Return the takes, lowering the lots so that the next debit sees them lowered."""
    burnable = [lot for lot in lots if lot.is_spendable(debit.occurred_at)]
    if debit.own_entry_id is not None:
        # Stable: the others stay in burn order behind the lot of the entry itself.
        burnable.sort(key=lambda lot: lot.entry_id != debit.own_entry_id)
        return take_in_order(burnable, debit.points)
    available = spendable(burnable, debit.occurred_at) - accounts[debit.member_id].held
    if available < debit.points:
        raise InsufficientPoints(available=max(available, 0), needed=debit.points)
    return take_in_order(burnable, debit.points)


def _next_expiries(lots: dict[int, list[OpenLot]]) -> list[dict[str, Any]]:
    return [
        {
            "account_id": member_id,
            "next_expiry_at": min(
                (lot.expires_at for lot in left if lot.remaining and lot.expires_at),
                default=None,
            ),
        }
        for member_id, left in lots.items()
    ]


def _known_points(debits: Sequence[Debit]) -> dict[tuple[int, str], int]:
    keys = [{"account_id": each.member_id, "key": each.key} for each in debits]
    rows = sql.run(KNOWN, {"keys": sql.as_json(keys)}, rows=len(keys))
    return {(account_id, key): points for account_id, key, points in rows}


def _refuse_reused_keys(
    debits: Sequence[Debit], known: dict[tuple[int, str], int]
) -> None:
    for debit in debits:
        points = known.get((debit.member_id, debit.key))
        if points is None or debit.own_entry_id is not None:
            continue
        if -points != debit.points:
            raise KeyReused(key=debit.key)


def _credit_row(credit: Credit) -> dict[str, Any]:
    effective_at = credit.effective_at or credit.occurred_at
    return {
        "account_id": credit.member_id,
        "kind": credit.kind,
        "points": credit.points,
        "qualifying": credit.qualifying,
        "occurred_at": credit.occurred_at,
        "qualifies_at": credit.occurred_at,
        "source": credit.source,
        "source_id": credit.source_id,
        "key": credit.key,
        "reason": credit.reason,
        "trace": credit.trace,
        "effective_at": effective_at,
        "expires_at": credit.expires_at,
    }


def _debit_row(debit: Debit, points: int) -> dict[str, Any]:
    return {
        "account_id": debit.member_id,
        "kind": debit.kind,
        "points": -points,
        "qualifying": -debit.lowers_qualifying,
        "occurred_at": debit.occurred_at,
        "qualifies_at": debit.qualifies_at or debit.occurred_at,
        "source": debit.source,
        "source_id": debit.source_id,
        "key": debit.key,
        "reason": debit.reason,
        "reverses_id": debit.own_entry_id,
        "trace": debit.trace,
    }
