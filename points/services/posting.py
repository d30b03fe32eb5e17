"""The one path by which points move.

Always in this order: lock the accounts in id order, look for the keys, check, allocate,
insert, update the caches. A till purchase is a batch of one; an import posts thousands.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points import sql
from points.errors.posting import InsufficientPoints, KeyReused, UnknownMember
from points.selectors.programme import STAMP
from points.services.allocation import (
    OpenLot,
    Take,
    spendable,
    take_held,
    take_in_order,
)
from points.services.debts import settle_debts
from points.services.open_lots import (
    Lots,
    first_lots_of,
    mark_reserved,
    open_lots_of,
)
from points.services.statements import (
    CREDITS,
    KEYS,
    KNOWN,
    WRITE_CREDITS,
)
from points.services.writing import Documents, Movement, take_rows, write, write_debits


class Credit(NamedTuple):
    """Points (>= 0) for a member; zero leaves an entry that only explains itself.

    `effective_at` defaults to `occurred_at`; `expires_at` is exclusive, None is never;
    `trace` is JSON text; `origin_id` is the entry that first credited points that come
    from another account. The fields are those of `CREDITS`, in its order.
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
    priority: int = 0
    origin_id: int | None = None


class Debit(NamedTuple):
    """Points (> 0) from a member, in burn order of what is spendable at `occurred_at`.

    `lot_id` takes from that lot alone, spendable or not. `own_entry_id` takes first from
    lots that began with that entry, pending or not, and then, unless `is_own_lot_only`, as far as
    it goes from the others: the debit is then for at most `points`, and may come to
    nothing. What is lacking then becomes a debt, until the account owes `debt_limit`.
    `held_lots` takes so much of those lots, as a hold had set them aside. What live holds
    set aside is not touched by others, unless `lot_id` names the lot.
    `lowers_qualifying` is >= 0 and counts at `qualifies_at`.
    """

    member_id: int
    kind: str
    points: int
    occurred_at: datetime
    key: str
    source: str
    source_id: str
    lot_id: int | None = None
    held_lots: Mapping[int, int] | None = None
    own_entry_id: int | None = None
    is_own_lot_only: bool = False
    debt_limit: int = 0
    lowers_qualifying: int = 0
    qualifies_at: datetime | None = None
    reason: str = ""
    trace: str | None = None

    @property
    def is_in_burn_order(self) -> bool:
        """Whether it names no lot of its own."""
        return (
            self.lot_id is None and self.held_lots is None and self.own_entry_id is None
        )


@dataclass(frozen=True, slots=True)
class LockedAccount:
    """An account under this transaction's lock; `stamp` is that of the settings."""

    member_id: int
    balance: int
    held: int
    debt: int
    tier_id: int | None
    tier_since: datetime | None
    is_closed: bool
    stamp: str


LOCKS = "FOR UPDATE OF a"
LOCK = f"""
SELECT a.member_id, a.balance, a.held, a.debt, a.tier_id, a.tier_since,
       m.closed_at IS NOT NULL OR a.is_merged, {STAMP}
FROM points_account a JOIN members_member m ON m.id = a.member_id
WHERE a.member_id {{are_asked}}
ORDER BY a.member_id
{LOCKS}
"""  # noqa: S608 -- put together from constants


def lock_accounts(member_ids: Iterable[int]) -> dict[int, LockedAccount]:
    """Lock the accounts in id order until the transaction ends, and return them.

    With `lock_free_accounts` the only place that locks accounts. Raises UnknownMember
    for an id without one.
    """
    ids = sorted(set(member_ids))
    accounts = {row[0]: LockedAccount(*row) for row in sql.run_for(ids, LOCK)}
    if len(accounts) != len(ids):
        missing = next(each for each in ids if each not in accounts)
        raise UnknownMember(reference=str(missing))
    return accounts


def lock_free_accounts(member_ids: Iterable[int]) -> dict[int, LockedAccount]:
    """Lock those of the accounts that nobody else holds, without waiting for any."""
    ids = sorted(set(member_ids))
    free = LOCK.replace(LOCKS, f"{LOCKS} SKIP LOCKED")
    return {row[0]: LockedAccount(*row) for row in sql.run_for(ids, free)}


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
    with the same key. What is owed is settled at once.
    """
    if not are_locked:
        lock_accounts(credit.member_id for credit in credits)
    first: dict[tuple[int, str], Credit] = {}
    for credit in credits:
        first.setdefault((credit.member_id, credit.key), credit)
    written = write(
        WRITE_CREDITS,
        documents or Documents(),
        {"posted_at": posted_at, "actor": str(actor)},
        {CREDITS: list(first.values())},
    )
    owing = {each.member_id: each for each in written if each.owed and each.points}
    settle_debts(
        {member_id: each.owed for member_id, each in owing.items()},
        causes={member_id: each.entry_id for member_id, each in owing.items()},
        at=posted_at,
        actor=actor,
    )
    return written


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
    if any(each.held for each in accounts.values()):
        mark_reserved(lots, at=posted_at)
    owed = {each.member_id: each.debt for each in accounts.values()}
    moves: list[tuple[Any, ...]] = []
    takes: list[tuple[Any, ...]] = []
    for debit in fresh:
        taken = _allocate(debit, lots[debit.member_id], owed)
        points = sum(take.points for take in taken)
        debt = min(
            debit.points - points, max(debit.debt_limit - owed[debit.member_id], 0)
        )
        owed[debit.member_id] += debt
        moves.append(_debit_row(debit, points + debt, debt=debt))
        takes += take_rows(debit.member_id, debit.key, taken, start=len(takes))
    return write_debits(
        moves, takes, lots, at=posted_at, actor=actor, documents=documents
    )


def _lots_for(debits: Sequence[Debit], accounts: dict[int, LockedAccount]) -> Lots:
    if len(debits) == 1 and debits[0].is_in_burn_order:
        [debit] = debits
        account = accounts[debit.member_id]
        return first_lots_of(
            debit.member_id,
            wanted=debit.points + account.held + account.debt,
            at=debit.occurred_at,
        )
    return open_lots_of({debit.member_id for debit in debits})


def _allocate(
    debit: Debit,
    lots: list[OpenLot],
    owed: Mapping[int, int],
) -> list[Take]:
    """Return the takes, lowering the lots so that the next debit sees them lowered."""
    if debit.lot_id is not None:
        own = [lot for lot in lots if lot.id == debit.lot_id]
        for lot in own:
            # An expiry that was brought forward is stronger than a hold.
            lot.reserved = 0
        return take_in_order(own, debit.points)
    burnable = [lot for lot in lots if lot.is_spendable(debit.occurred_at)]
    if debit.held_lots is not None:
        taken = take_held(burnable, debit.held_lots, debit.points)
        if (points := sum(take.points for take in taken)) < debit.points:
            raise InsufficientPoints(available=points, needed=debit.points)
        return taken
    if debit.own_entry_id is not None:
        own = [lot for lot in lots if lot.origin_id == debit.own_entry_id]
        valid = [lot for lot in own if not lot.has_expired(debit.occurred_at)]
        others = [lot for lot in burnable if lot not in own]
        if debit.is_own_lot_only:
            others = []
        return take_in_order([*valid, *others], debit.points)
    available = spendable(burnable, debit.occurred_at) - owed[debit.member_id]
    if available < debit.points:
        raise InsufficientPoints(available=max(available, 0), needed=debit.points)
    return take_in_order(burnable, debit.points)


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


def _debit_row(debit: Debit, points: int, *, debt: int) -> tuple[Any, ...]:
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
        debt,
    )
