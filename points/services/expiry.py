"""The sweep that writes what has expired; correctness does not wait for it."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import system_actor
from points import sql
from points.collector import collector_paused
from points.models import Entry
from points.services.posting import Debit, lock_accounts, post_debits

LOTS_PER_CHUNK = 20_000

DUE = """
SELECT DISTINCT account_id FROM (
  SELECT account_id FROM points_lot
  WHERE is_open AND expires_at <= %(at)s
  ORDER BY expires_at LIMIT %(limit)s) due
"""

EXPIRED_LOTS = """
SELECT account_id, id, remaining, expires_at,
       coalesce((SELECT max(a.id) FROM points_allocation a WHERE a.lot_id = l.id), 0)
FROM points_lot l
WHERE is_open AND expires_at <= %(at)s AND account_id = ANY(%(ids)s::bigint[])
ORDER BY account_id, id
"""


def expire_points(*, at: datetime) -> int:
    """Write an expire entry for every lot that has expired by `at`; return how many.

    One entry per lot, dated at the lot's own expiry; each chunk commits by itself, and
    a repeated sweep finds nothing left.
    """
    swept = 0
    while count := sweep_chunk(at):
        swept += count
    return swept


@collector_paused()
@transaction.atomic
def sweep_chunk(at: datetime) -> int:
    """Sweep the longest expired lots; return how many, 0 when none are left."""
    due = sql.run(DUE, {"at": at, "limit": LOTS_PER_CHUNK}, rows=LOTS_PER_CHUNK)
    ids = [account_id for (account_id,) in due]
    if not ids:
        return 0
    accounts = lock_accounts(ids)
    lots = sql.run(EXPIRED_LOTS, {"at": at, "ids": ids}, rows=len(ids))
    post_debits(
        [
            Debit(
                member_id=account_id,
                kind=Entry.Kind.EXPIRE,
                points=remaining,
                occurred_at=expires_at,
                # A reversed redemption can open an expired lot again.
                key=f"expire:{lot_id}:{last_allocation_id}",
                source="expiry",
                source_id=str(lot_id),
                lot_id=lot_id,
            )
            for account_id, lot_id, remaining, expires_at, last_allocation_id in lots
        ],
        posted_at=at,
        actor=system_actor("points.expiry"),
        accounts=accounts,
        # An open lot, under the lock, has not been swept.
        are_fresh=True,
    )
    return len(lots)
