"""Give points of a debit back to the lots they came from."""

from collections.abc import Sequence
from datetime import datetime

from loyalty_site.lib.actors import Actor
from points import sql
from points.events import ARE_TOLD
from points.models import Allocation, Entry
from points.services.allocation import Take
from points.services.debts import settle_debts
from points.services.events import tell_movements
from points.services.lot_moves import forward_lots
from points.sql import Given

RETURNED = Given("returned", "lot_id bigint, points bigint")
GIVE_BACK = f"""
WITH entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, reverses_id)
  VALUES (%(account_id)s, %(kind)s, %(points)s, 0, %(at)s, %(at)s, %(at)s, %(source)s,
    %(source_id)s, %(key)s, %(actor)s, %(reason)s, %(reverses_id)s)
  ON CONFLICT (account_id, key) DO NOTHING
  RETURNING id, account_id, points
),
taken AS MATERIALIZED (
  SELECT e.id AS entry_id, e.account_id, returned.lot_id, returned.points
  FROM {RETURNED}, entry e
),
allocation AS (
  INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
  SELECT account_id, entry_id, lot_id, -points FROM taken
),
lot AS (
  UPDATE points_lot l SET remaining = l.remaining + t.points
  FROM taken t WHERE l.id = t.lot_id
  RETURNING l.expires_at
),
account AS (
  UPDATE points_account a
  SET balance = a.balance + e.points,
      redeemed = a.redeemed
        - CASE WHEN %(kind)s = 'redeem_reversal' THEN e.points ELSE 0 END,
      next_expiry_at =
        LEAST(a.next_expiry_at, (SELECT min(expires_at) FROM lot)),
      last_activity_at = GREATEST(a.last_activity_at, %(at)s)
  FROM entry e WHERE a.member_id = e.account_id
  RETURNING a.debt
)
SELECT entry.id, account.debt, {ARE_TOLD} FROM entry, account
"""  # noqa: S608 -- put together from constants


def give_back(
    *,
    entry: Entry,
    owner_id: int,
    takes: Sequence[Allocation | Take],
    kind: str,
    reason: str,
    at: datetime,
    actor: Actor,
    key: str = "",
) -> None:
    """Reverse a debit under the caller's account locks; repeating it moves nothing.

    In parts, each has a `key` of its own. What the account owes is settled at once.
    `owner_id` is the member it was for; where a merge made that another one than whose
    account it is, the points go on there, lot by lot.
    """
    written = sql.run(
        GIVE_BACK,
        {
            "account_id": entry.account_id,
            "kind": str(kind),
            "points": sum(take.points for take in takes),
            "at": at,
            "source": entry.source,
            "source_id": entry.source_id,
            "key": key or f"reverse:{entry.pk}",
            "actor": str(actor),
            "reason": reason,
            "reverses_id": entry.pk,
        },
        {RETURNED: [(take.lot_id, take.points) for take in takes]},
    )
    for new_id, owed, is_awaited in written:
        if is_awaited:
            tell_movements([new_id], at=at)
        if owed:
            settle_debts(
                {entry.account_id: owed},
                causes={entry.account_id: new_id},
                at=at,
                actor=actor,
            )
        if owner_id != entry.account_id:
            forward_lots(
                sender_id=entry.account_id,
                receiver_id=owner_id,
                cause=new_id,
                at=at,
                actor=actor,
            )
