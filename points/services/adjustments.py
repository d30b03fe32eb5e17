"""Give or take points by hand; above a limit a second person decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Member
from points.errors.posting import (
    AdjustmentDecided,
    InsufficientPoints,
    KeyReused,
    MembershipClosed,
    OwnAdjustment,
)
from points.models import Adjustment, Entry
from points.selectors.adjustment_limits import Limit
from points.selectors.balances import balance_of
from points.selectors.programme import current_rulebook
from points.services.person_lock import lock_person
from points.services.posting import (
    Credit,
    Debit,
    LockedAccount,
    lock_accounts,
    post_credits,
    post_debits,
)

SOURCE = "adjustment"


@dataclass(frozen=True)
class Wish:
    """Points (signed, not 0) that somebody wants to give or take, and why."""

    points: int
    reason: str
    note: str = ""


@transaction.atomic
def ask_adjustment(
    *, member: Member, wish: Wish, limit: Limit, key: str, at: datetime, actor: Actor
) -> Adjustment:
    """Post the points, or let them wait for a second person where above the limit.

    A `key` does it once. What is taken must be there already now. Raises
    MembershipClosed, InsufficientPoints or KeyReused, and writes nothing then.
    """
    lock_person(SOURCE, actor)
    accounts = lock_accounts([member.pk])
    if known := Adjustment.objects.filter(key=key).first():
        return _same(known, member, wish)
    _refuse_impossible(accounts[member.pk], wish.points, at)
    spent = points_moved_by(actor, at=at, zone=current_rulebook().zone)
    is_allowed = limit.allows(abs(wish.points), so_far=spent)
    adjustment = Adjustment(
        account_id=member.pk,
        key=key,
        state=Adjustment.State.WAITING,
        needs_approval=not is_allowed,
        asked_at=at,
        asked_by=str(actor),
        **vars(wish),
    )
    if is_allowed:
        adjustment.entry = _post(adjustment, accounts, at=at, actor=actor)
        adjustment.state = Adjustment.State.POSTED
    adjustment.save()
    return adjustment


@transaction.atomic
def approve_adjustment(
    *, adjustment: Adjustment, note: str, at: datetime, actor: Actor
) -> Adjustment:
    """Post what waits; it can be decided once.

    Raises OwnAdjustment for the person who asked, AdjustmentDecided, MembershipClosed,
    or InsufficientPoints where what is to be taken has been spent since.
    """
    accounts = lock_accounts([adjustment.account_id])
    locked = _waiting(adjustment)
    if locked.asked_by == str(actor):
        raise OwnAdjustment
    _refuse_impossible(accounts[locked.account_id], locked.points, at)
    locked.entry = _post(locked, accounts, at=at, actor=actor)
    return _decided(locked, Adjustment.State.POSTED, note=note, at=at, actor=actor)


@transaction.atomic
def refuse_adjustment(
    *, adjustment: Adjustment, note: str, at: datetime, actor: Actor
) -> Adjustment:
    """Let it be; whoever asked can take the request back like this too.

    Raises AdjustmentDecided.
    """
    locked = _waiting(adjustment)
    return _decided(locked, Adjustment.State.REFUSED, note=note, at=at, actor=actor)


def points_moved_by(actor: Actor, *, at: datetime, zone: ZoneInfo) -> int:
    """Return the points that the person moved alone on the day of `at`, in that zone."""
    today = day_of(at, zone)
    mine = Adjustment.objects.filter(
        asked_by=str(actor),
        asked_at__gte=start_of_day(today, zone),
        asked_at__lt=start_of_day(today + timedelta(days=1), zone),
        state=Adjustment.State.POSTED,
        needs_approval=False,
    )
    return mine.aggregate(moved=Sum(Abs("points")))["moved"] or 0


def _same(known: Adjustment, member: Member, wish: Wish) -> Adjustment:
    content = (known.account_id, known.points, known.reason, known.note)
    if content != (member.pk, wish.points, wish.reason, wish.note):
        raise KeyReused(key=known.key)
    return known


def _refuse_impossible(account: LockedAccount, points: int, at: datetime) -> None:
    if account.is_closed:
        raise MembershipClosed
    if points < 0:
        available = balance_of(member_id=account.member_id, at=at).available
        if available < -points:
            raise InsufficientPoints(available=max(available, 0), needed=-points)


def _post(
    adjustment: Adjustment,
    accounts: dict[int, LockedAccount],
    *,
    at: datetime,
    actor: Actor,
) -> Entry:
    told: dict[str, Any] = {
        "member_id": adjustment.account_id,
        "kind": Entry.Kind.ADJUST,
        "points": abs(adjustment.points),
        "occurred_at": at,
        "key": f"adjust:{adjustment.public_id}",
        "source": SOURCE,
        "source_id": str(adjustment.public_id),
        "reason": adjustment.reason,
    }
    if adjustment.points > 0:
        rulebook = current_rulebook()
        tier = rulebook.tier_of(accounts[adjustment.account_id].tier_id)
        credit = Credit(expires_at=rulebook.expires_at(at, tier), **told)
        [movement] = post_credits([credit], posted_at=at, actor=actor, are_locked=True)
    else:
        [movement] = post_debits(
            [Debit(**told)], posted_at=at, actor=actor, accounts=accounts
        )
    return Entry.objects.get(pk=movement.entry_id)


def _waiting(adjustment: Adjustment) -> Adjustment:
    locked = Adjustment.objects.select_for_update().get(pk=adjustment.pk)
    if not locked.is_waiting:
        raise AdjustmentDecided(state=locked.get_state_display())
    return locked


def _decided(
    adjustment: Adjustment, state: str, *, note: str, at: datetime, actor: Actor
) -> Adjustment:
    adjustment.state = state
    adjustment.decided_at = at
    adjustment.decided_by = str(actor)
    adjustment.decision_note = note
    adjustment.save()
    return adjustment
