"""Redeem a reward, hand it over, take it back."""

from datetime import datetime

from django.db import transaction
from django.db.models import F

from loyalty_site.lib.actors import Actor
from members.models import Member
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


@transaction.atomic
def redeem_reward(
    *, member: Member, reward: Reward, key: str, at: datetime, actor: Actor
) -> Redemption:
    """Buy the reward with points and return the redemption; a `key` buys once.

    Cost, dates and stock are looked at again under the locks: account, then reward.
    Raises InsufficientPoints, OutOfStock, RewardNotOnOffer or MembershipClosed, and
    writes nothing then.
    """
    entry_key = f"redeem:{key}"
    accounts = lock_accounts([member.pk])
    known = Redemption.objects.filter(
        entry__account_id=member.pk, entry__key=entry_key
    ).first()
    if known is not None:
        if known.reward_id != reward.pk:
            raise KeyReused(key=key)
        return known
    if accounts[member.pk].is_closed:
        raise MembershipClosed
    cost_points = _take_piece(reward, at)
    [movement] = post_debits(
        [
            Debit(
                member_id=member.pk,
                kind=Entry.Kind.REDEEM,
                points=cost_points,
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
    )
    return Redemption.objects.create(
        account_id=member.pk,
        reward=reward,
        entry_id=movement.entry_id,
        points=cost_points,
        at=at,
        actor=str(actor),
    )


def _take_piece(reward: Reward, at: datetime) -> int:
    """Take one piece from the stock, if it is limited, and return today's cost."""
    # The stock is taken with one conditional update: of two for the last piece the
    # second waits for the first and then finds none.
    taken = RewardStock.objects.filter(reward_id=reward.pk, pieces__gt=0).update(
        pieces=F("pieces") - 1
    )
    if not taken and RewardStock.objects.filter(reward_id=reward.pk).exists():
        raise OutOfStock
    cost = (
        Reward.objects.on_offer(at)
        .filter(pk=reward.pk)
        .values_list("cost_points", flat=True)
        .first()
    )
    if cost is None:
        raise RewardNotOnOffer
    return cost


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
