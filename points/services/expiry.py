"""The sweep that writes what has expired; correctness does not wait for it."""

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import transaction

from loyalty_site.lib.actors import system_actor
from points import sql
from points.collector import collector_paused
from points.models import Entry
from points.services.posting import (
    Debit,
    LockedAccount,
    lock_free_accounts,
    post_debits,
)

logger = logging.getLogger(__name__)
LOTS_PER_CHUNK = 20_000

DUE = """
SELECT DISTINCT account_id FROM (
  SELECT account_id FROM points_lot
  WHERE is_open AND expires_at <= %(at)s
  ORDER BY expires_at LIMIT %(limit)s) due
"""

EXPIRED_LOTS = """
SELECT account_id, id, remaining, expires_at,
       coalesce((SELECT max(a.id) FROM points_allocation a WHERE a.lot_id = l.id), 0),
       CASE WHEN effective_at = expires_at THEN coalesce(origin_id, entry_id) END
FROM points_lot l
WHERE is_open AND expires_at <= %(at)s AND account_id = ANY(%(ids)s::bigint[])
ORDER BY account_id, id
"""

# What is left to count toward a tier of purchases that nobody confirmed.
QUALIFYING = """
SELECT e.id, (e.qualifying + coalesce((
  SELECT sum(r.qualifying) FROM points_entry r WHERE r.reverses_id = e.id), 0))::bigint,
  e.qualifies_at
FROM points_entry e WHERE e.id = ANY(%(ids)s::bigint[])
"""


class DueLot(NamedTuple):
    """A lot whose time is over; `waiting_entry_id` where it was never confirmed."""

    account_id: int
    lot_id: int
    remaining: int
    expires_at: datetime
    last_allocation_id: int
    waiting_entry_id: int | None


def expire_points(*, at: datetime) -> int:
    """Write an expire entry for every lot that has expired by `at`; return how many.

    One entry per lot, dated at the lot's own expiry; each chunk commits by itself, and
    a repeated sweep finds nothing left. Points that waited for a confirmation in vain
    are clawed back instead.
    """
    swept = 0
    while count := sweep_chunk(at):
        swept += count
    return swept


@collector_paused()
@transaction.atomic
def sweep_chunk(at: datetime) -> int:
    """Sweep the longest expired lots; return how many, 0 when none are left.

    An account that somebody else holds is passed over, and left to the next sweep.
    """
    due = sql.run(DUE, {"at": at, "limit": LOTS_PER_CHUNK}, rows=LOTS_PER_CHUNK)
    ids = [account_id for (account_id,) in due]
    if not ids:
        return 0
    accounts = lock_free_accounts(ids)
    if held := len(ids) - len(accounts):
        logger.warning("The sweep left %s accounts that are in use to the next", held)
    return sweep_locked(accounts, at=at)


def sweep_locked(accounts: dict[int, LockedAccount], *, at: datetime) -> int:
    """Sweep the expired lots of accounts that are locked; return how many."""
    ids = sorted(accounts)
    found = sql.run(EXPIRED_LOTS, {"at": at, "ids": ids}, rows=len(ids))
    lots = [DueLot(*row) for row in found]
    post_debits(
        [*_expired(lots), *_cancelled(lots)],
        posted_at=at,
        actor=system_actor("points.expiry"),
        accounts=accounts,
        # An open lot, under the lock, has not been swept.
        are_fresh=True,
    )
    return len(lots)


def _expired(lots: Sequence[DueLot]) -> Iterator[Debit]:
    for lot in lots:
        if lot.waiting_entry_id is None:
            yield Debit(
                member_id=lot.account_id,
                kind=Entry.Kind.EXPIRE,
                points=lot.remaining,
                occurred_at=lot.expires_at,
                # A reversed redemption can open an expired lot again.
                key=f"expire:{lot.lot_id}:{lot.last_allocation_id}",
                source="expiry",
                source_id=str(lot.lot_id),
                lot_id=lot.lot_id,
            )


def _cancelled(lots: Sequence[DueLot]) -> Iterator[Debit]:
    """Yield what takes back points that waited in vain, and what they counted for."""
    ids = [lot.waiting_entry_id for lot in lots if lot.waiting_entry_id]
    counted = {
        entry_id: (qualifying, qualifies_at)
        for entry_id, qualifying, qualifies_at in (
            sql.run(QUALIFYING, {"ids": ids}, rows=len(ids)) if ids else []
        )
    }
    for lot in lots:
        if lot.waiting_entry_id is None:
            continue
        qualifying, qualifies_at = counted[lot.waiting_entry_id]
        yield Debit(
            member_id=lot.account_id,
            kind=Entry.Kind.CLAW_BACK,
            points=lot.remaining,
            occurred_at=lot.expires_at,
            key=f"cancel:{lot.lot_id}:{lot.last_allocation_id}",
            source="confirmation",
            source_id=str(lot.lot_id),
            lot_id=lot.lot_id,
            own_entry_id=lot.waiting_entry_id,
            lowers_qualifying=max(qualifying, 0),
            qualifies_at=qualifies_at,
        )
