"""Confirm a hold: what was set aside is spent, the rest is free again."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.errors.rewards import (
    HoldIsForReward,
    HoldTooSmall,
    NeedsApproval,
    OwnRedemption,
)
from points.models import Hold, PointsPayment, Redemption
from points.selectors.programme import current_rulebook
from points.selectors.reward_terms import voucher_end
from points.services.holds import held_at, settle_hold
from points.services.payments import write_payment
from points.services.posting import LockedAccount, lock_accounts
from points.services.redemptions import write_redemption


@transaction.atomic
def confirm_hold(
    *, hold: Hold, points: int | None = None, at: datetime, actor: Actor
) -> Hold:
    """Spend at most what is held, all of it where `points` is None; free the rest.

    A reward is bought at the terms of the moment it was held; a payment of fewer points
    is for less money, rounded down. Raises HoldSettled, HoldExpired, HoldTooSmall,
    HoldIsForReward, or NeedsApproval, and writes nothing then.
    """
    account = lock_accounts([hold.account_id])[hold.account_id]
    locked = held_at(hold, at)
    if locked.needs_approval and not locked.approved_by:
        raise NeedsApproval
    points = locked.points if points is None else points
    if points > locked.points or points < 1:
        raise HoldTooSmall(points=locked.points)
    if locked.reward is not None and points != locked.points:
        raise HoldIsForReward(points=locked.points)
    lots = settle_hold(locked, at=at, actor=actor)
    if locked.reward is not None:
        locked.entry_id = _redeem(locked, account, lots, at, actor)
    else:
        locked.entry_id = _pay(locked, points, account, lots, at, actor)
    Hold.objects.filter(pk=locked.pk).update(entry=locked.entry_id)
    locked.refresh_from_db()
    return locked


@transaction.atomic
def approve_hold(*, hold: Hold, at: datetime, actor: Actor) -> Redemption:
    """Let the member have the reward that waits, and return the redemption.

    Raises OwnRedemption for whoever asked, and what `confirm_hold` raises.
    """
    lock_accounts([hold.account_id])
    locked = held_at(hold, at)
    if locked.actor == str(actor):
        raise OwnRedemption
    Hold.objects.filter(pk=locked.pk).update(approved_by=str(actor))
    confirmed = confirm_hold(hold=locked, at=at, actor=actor)
    return Redemption.objects.get(entry=confirmed.entry_id)


def _redeem(  # noqa: PLR0917 -- one step of confirm_hold
    hold: Hold,
    account: LockedAccount,
    lots: dict[int, int],
    at: datetime,
    actor: Actor,
) -> int:
    redemption = Redemption(
        account_id=hold.account_id,
        reward=hold.reward,
        points=hold.points,
        money_minor=hold.money_minor,
        value_minor=hold.value_minor,
        store=hold.store,
        valid_until=voucher_end(
            hold.valid_days, at, current_rulebook(account.stamp).zone
        ),
        at=at,
    )
    made = write_redemption(
        redemption,
        account=account,
        entry_key=f"hold:{hold.pk}",
        actor=actor,
        held_lots=lots,
    )
    return made.entry_id


def _pay(  # noqa: PLR0917 -- one step of confirm_hold
    hold: Hold,
    points: int,
    account: LockedAccount,
    lots: dict[int, int],
    at: datetime,
    actor: Actor,
) -> int:
    payment = PointsPayment(
        account_id=hold.account_id,
        source=hold.source,
        source_id=hold.source_id,
        points=points,
        amount_minor=hold.value_minor * points // hold.points,
        at=at,
    )
    made = write_payment(
        payment,
        account=account,
        entry_key=f"hold:{hold.pk}",
        actor=actor,
        held_lots=lots,
    )
    return made.entry_id
