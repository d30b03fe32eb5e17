"""The one path by which points move.

Always in this order: lock the accounts in id order, look for the keys, check, allocate,
insert, update the caches. A till purchase is a batch of one; an import posts thousands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points import sql
from points.errors import InsufficientPoints, KeyReused, UnknownMember
from points.selectors.programme import STAMP
from points.services.allocation import OpenLot, Take, spendable, take_in_order
from points.services.statements import (
    CREDITS,
    DEBITS,
    DOCUMENTED,
    FIRST_LOTS,
    FIRST_LOTS_LIMIT,
    KEYS,
    KNOWN,
    LEFT,
    NO_DOCUMENT,
    OPEN_LOTS,
    TAKES,
    WRITE_CREDITS,
    WRITE_DEBITS,
)


class Credit(NamedTuple):
    """Points (>= 0) for a member; zero leaves an entry that only explains itself.

    `effective_at` defaults to `occurred_at`; `expires_at` is exclusive, None is never;
    `trace` is JSON text. The fields are those of `CREDITS`, in its order.
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
    trace: str | None = None


class Debit(NamedTuple):
    """Points (> 0) from a member, in burn order of what is spendable at `occurred_at`.

    `lot_id` takes from that lot alone, spendable or not. `own_entry_id` takes from the
    lot of that entry first, pending or not, and then, unless `is_own_lot_only`, as far as
    it goes from the others: the debit is then for at most `points`, and may come to
    nothing. `lowers_qualifying` is >= 0 and counts at `qualifies_at`.
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
    is_own_lot_only: bool = False
    lowers_qualifying: int = 0
    qualifies_at: datetime | None = None
    reason: str = ""
    trace: str | None = None


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account under this transaction's lock; `stamp` is that of the settings."""

    member_id: int
    balance: int
    held: int
    tier_id: int | None
    tier_since: datetime | None
    is_closed: bool
    stamp: str


class Movement(NamedTuple):
    """One entry that was written: signed points, and the document written with it."""

    entry_id: int
    member_id: int
    key: str
    points: int
    document_id: int | None


@dataclass(frozen=True, slots=True)
class Documents:
    """What the entries follow from, written by the same statement.

    `statement` is a common table expression `document` of (id, key of the entry), and
    `values` and `given` are its parameters. Of debits it may read `posted`; of credits it comes
    first, and a credit without a document is not posted.
    """

    statement: str = NO_DOCUMENT
    values: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[sql.Given, sql.Rows] = field(default_factory=dict)


LOCK = f"""
SELECT a.member_id, a.balance, a.held, a.tier_id, a.tier_since,
       m.closed_at IS NOT NULL, {STAMP}
FROM points_account a JOIN members_member m ON m.id = a.member_id
WHERE a.member_id {{are_asked}}
ORDER BY a.member_id
FOR UPDATE OF a
"""  # noqa: S608 -- put together from constants
# The plan for one account is the same for every account, so the server keeps it; that
# for an array depends on its length and is made anew each time.
ONE, MANY = "= %(ids)s", "= ANY(%(ids)s::bigint[])"


def lock_accounts(member_ids: Iterable[int]) -> dict[int, LockedAccount]:
    """Lock the accounts in id order until the transaction ends, and return them.

    The only place that locks accounts. Raises UnknownMember for an id without one.
    """
    ids = sorted(set(member_ids))
    if len(ids) == 1:
        rows = sql.run(LOCK.format(are_asked=ONE), {"ids": ids[0]})
    else:
        rows = sql.run(LOCK.format(are_asked=MANY), {"ids": ids}, rows=len(ids))
    accounts = {row[0]: LockedAccount(*row) for row in rows}
    if len(accounts) != len(ids):
        missing = next(each for each in ids if each not in accounts)
        raise UnknownMember(reference=str(missing))
    return accounts


@transaction.atomic(savepoint=False)
def post_credits(
    credits: Sequence[Credit],  # noqa: A002 -- the ledger's own word
    *,
    posted_at: datetime,
    actor: Actor,
    are_locked: bool = False,
    documents: Documents | None = None,
) -> list[Movement]:
    """Write the credits, each with its lot, and return the entries that are new.

    A credit whose key the account already has moves nothing, nor does the second of two
    with the same key.
    """
    if not are_locked:
        lock_accounts(credit.member_id for credit in credits)
    first: dict[tuple[int, str], Credit] = {}
    for credit in credits:
        first.setdefault((credit.member_id, credit.key), credit)
    return _write(
        WRITE_CREDITS,
        documents or Documents(),
        {"posted_at": posted_at, "actor": str(actor)},
        {CREDITS: list(first.values())},
    )


@transaction.atomic(savepoint=False)
def post_debits(
    debits: Sequence[Debit],
    *,
    posted_at: datetime,
    actor: Actor,
    accounts: dict[int, LockedAccount] | None = None,
    are_fresh: bool = False,
    documents: Documents | None = None,
) -> list[Movement]:
    """Take the points lot by lot and return the entries that are new.

    `are_fresh` says that the caller has looked for the keys, under the lock. Raises
    InsufficientPoints, and writes nothing at all, when one of the debits cannot be met;
    KeyReused when a key was used for other points.
    """
    accounts = accounts or lock_accounts(debit.member_id for debit in debits)
    known = {} if are_fresh else _known_points(debits)
    fresh = [each for each in debits if (each.member_id, each.key) not in known]
    _refuse_reused_keys(debits, known)
    lots = _lots_for(fresh, accounts)
    by_id = {lot.id: lot for each in lots.values() for lot in each}
    moves: list[tuple[Any, ...]] = []
    takes: list[tuple[Any, ...]] = []
    for debit in fresh:
        if debit.lot_id is not None:
            taken = take_in_order([by_id[debit.lot_id]], debit.points)
        else:
            taken = _allocate(debit, lots.get(debit.member_id, []), accounts)
        points = sum(take.points for take in taken)
        moves.append(_debit_row(debit, points))
        takes += [
            (n, debit.member_id, debit.key, take.lot_id, take.points)
            for n, take in enumerate(taken, start=len(takes))
        ]
    return _write(
        WRITE_DEBITS,
        documents or Documents(),
        {"posted_at": posted_at, "actor": str(actor)},
        {DEBITS: moves, TAKES: takes, LEFT: _next_expiries(lots)},
    )


def _write(
    statement: str,
    documents: Documents,
    values: Mapping[str, Any],
    given: Mapping[sql.Given, sql.Rows],
) -> list[Movement]:
    written = sql.run(
        _with_document(statement, documents.statement),
        {**values, **documents.values},
        {**given, **documents.given},
    )
    return [Movement(*row) for row in written]


@cache
def _with_document(statement: str, document: str) -> str:
    documented = "" if document == NO_DOCUMENT else DOCUMENTED
    return statement.format(document=document, documented=documented)


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
        wanted = debit.points + accounts[debit.member_id].held
        rows = sql.run(
            FIRST_LOTS,
            {
                "id": debit.member_id,
                "at": debit.occurred_at,
                "wanted": wanted,
                "limit": FIRST_LOTS_LIMIT,
            },
        )
        lots = [OpenLot(*lot) for lot in rows]
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
        own = [lot for lot in lots if lot.entry_id == debit.own_entry_id]
        valid = [lot for lot in own if not lot.has_expired(debit.occurred_at)]
        others = [lot for lot in burnable if lot not in own]
        if debit.is_own_lot_only:
            others = []
        return take_in_order([*valid, *others], debit.points)
    available = spendable(burnable, debit.occurred_at) - accounts[debit.member_id].held
    if available < debit.points:
        raise InsufficientPoints(available=max(available, 0), needed=debit.points)
    return take_in_order(burnable, debit.points)


def _next_expiries(
    lots: dict[int, list[OpenLot]],
) -> list[tuple[int, datetime | None]]:
    return [
        (
            member_id,
            min(
                (lot.expires_at for lot in left if lot.remaining and lot.expires_at),
                default=None,
            ),
        )
        for member_id, left in lots.items()
    ]


def _known_points(debits: Sequence[Debit]) -> dict[tuple[int, str], int]:
    keys = [(each.member_id, each.key) for each in debits]
    rows = sql.run(KNOWN, given={KEYS: keys})
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


def _debit_row(debit: Debit, points: int) -> tuple[Any, ...]:
    """Return the fields of `DEBITS`."""
    return (
        debit.member_id,
        debit.kind,
        -points,
        -debit.lowers_qualifying,
        debit.occurred_at,
        debit.qualifies_at or debit.occurred_at,
        debit.source,
        debit.source_id,
        debit.key,
        debit.reason,
        debit.own_entry_id,
        debit.trace,
    )
