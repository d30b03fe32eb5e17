"""Redeem a reward, hand it over, take it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from loyalty_site.lib.actors import Actor
from members.models import Member
from points import sql
from points.errors import (
    KeyReused,
    MembershipClosed,
    OutOfStock,
    RedemptionSettled,
    RewardNotOnOffer,
)
from points.models import Allocation, Entry, Redemption, Reward, RewardStock
from points.services.posting import Debit, lock_accounts, post_debits
from points.services.returns import give_back
from points.services.writing import Documents

KNOWN = """
SELECT r.id FROM points_redemption r JOIN points_entry e ON e.id = r.entry_id
WHERE e.account_id = %(account_id)s AND e.key = %(key)s
"""

# Of two for the last piece the second waits for the first, and then finds none. What is
# on offer is said as in `RewardQuerySet.on_offer`.
TAKE_PIECE = """
WITH taken AS (
  UPDATE points_rewardstock SET pieces = pieces - 1
  WHERE reward_id = %(reward_id)s AND pieces > 0
  RETURNING reward_id
)
SELECT r.cost_points,
  r.is_active AND (r.starts_at IS NULL OR r.starts_at <= %(at)s)
    AND (r.ends_at IS NULL OR r.ends_at > %(at)s),
  s.reward_id IS NOT NULL AND t.reward_id IS NULL
FROM points_reward r
LEFT JOIN points_rewardstock s ON s.reward_id = r.id
LEFT JOIN taken t ON t.reward_id = r.id
WHERE r.id = %(reward_id)s
"""

DOCUMENT = """
document AS (
  INSERT INTO points_redemption (public_id, account_id, reward_id, entry_id, points,
    state, code, at, actor, settled_by)
  SELECT %(public_id)s, account_id, %(reward_id)s, id, -points, %(state)s, %(code)s,
    occurred_at, %(actor)s, ''
  FROM posted
  RETURNING id, %(entry_key)s::text AS key
)
"""


@transaction.atomic
def redeem_reward(
    *, member: Member, reward: Reward, key: str, at: datetime, actor: Actor
) -> Redemption:
    """Buy the reward with points and return the redemption; a `key` buys once.

    Cost, dates and stock are looked at again under the locks: account, then reward.
    Raises InsufficientPoints, OutOfStock, RewardNotOnOffer or MembershipClosed, and
    writes nothing then.
    """
    accounts = lock_accounts([member.pk])
    entry_key = f"redeem:{key}"
    if known := _known(member, entry_key):
        if known.reward_id != reward.pk:
            raise KeyReused(key=key)
        return known
    if accounts[member.pk].is_closed:
        raise MembershipClosed
    redemption = Redemption(
        account_id=member.pk,
        reward=reward,
        points=_take_piece(reward, at),
        at=at,
        actor=str(actor),
    )
    [movement] = post_debits(
        [
            Debit(
                member_id=member.pk,
                kind=Entry.Kind.REDEEM,
                points=redemption.points,
                occurred_at=at,
                key=entry_key,
                source="reward",
                source_id=str(reward.public_id),
                reason=reward.name,
            )
        ],
        posted_at=at,
        actor=actor,
        accounts=accounts,
        are_fresh=True,
        documents=_documents(redemption, entry_key),
    )
    redemption.pk, redemption.entry_id = movement.document_id, movement.entry_id
    return redemption


def _known(member: Member, entry_key: str) -> Redemption | None:
    found = sql.run(KNOWN, {"account_id": member.pk, "key": entry_key})
    return Redemption.objects.get(pk=found[0][0]) if found else None


def _take_piece(reward: Reward, at: datetime) -> int:
    """Take one piece from the stock, if it is limited, and return today's cost."""
    found = sql.run(TAKE_PIECE, {"reward_id": reward.pk, "at": at})
    if not found:
        raise RewardNotOnOffer
    [(cost, is_on_offer, is_out_of_stock)] = found
    if is_out_of_stock:
        raise OutOfStock
    if not is_on_offer:
        raise RewardNotOnOffer
    return int(cost)


def _documents(redemption: Redemption, entry_key: str) -> Documents:
    return Documents(
        DOCUMENT,
        {
            "public_id": redemption.public_id,
            "reward_id": redemption.reward_id,
            "state": str(redemption.state),
            "code": redemption.code,
            "entry_key": entry_key,
        },
    )


@transaction.atomic
def fulfil_redemption(
    *, redemption: Redemption, at: datetime, actor: Actor
) -> Redemption:
    """Note that the reward was handed over; it can happen once."""
    return _settle(redemption, Redemption.State.FULFILLED, at, actor)


@transaction.atomic
def reverse_redemption(
    *, redemption: Redemption, reason: str, at: datetime, actor: Actor
) -> Redemption:
    """Give the points back to their lots, with the old expiry, and the piece to stock.

    Points whose lot has expired since come back to it and expire with the next sweep.
    """
    lock_accounts([redemption.account_id])
    settled = _settle(redemption, Redemption.State.REVERSED, at, actor)
    give_back(
        entry=Entry.objects.get(pk=redemption.entry_id),
        takes=list(Allocation.objects.filter(entry_id=redemption.entry_id)),
        kind=Entry.Kind.REDEEM_REVERSAL,
        reason=reason,
        at=at,
        actor=actor,
    )
    RewardStock.objects.filter(reward_id=redemption.reward_id).update(
        pieces=F("pieces") + 1
    )
    return settled


def _settle(
    redemption: Redemption, state: str, at: datetime, actor: Actor
) -> Redemption:
    locked = Redemption.objects.select_for_update().get(pk=redemption.pk)
    if locked.state != Redemption.State.CONFIRMED:
        raise RedemptionSettled(state=locked.get_state_display())
    locked.state = state
    locked.settled_at = at
    locked.settled_by = str(actor)
    locked.save(update_fields=["state", "settled_at", "settled_by"])
    return locked
