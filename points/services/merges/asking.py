"""Ask for a merge; above the limit of points by hand a second person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Member
from points.errors.merges import (
    DifferentHouseholds,
    MergeDecided,
    MergeOfClosed,
    MergeThere,
    MergeWithItself,
    OwnMerge,
    PointsAreHeld,
)
from points.errors.posting import KeyReused
from points.models import Merge
from points.selectors.adjustment_limits import NO_LIMIT, Limit
from points.selectors.programme import current_rulebook
from points.services.adjustments import points_moved_by
from points.services.lot_moves import unexpired_lots
from points.services.merges.households import are_apart
from points.services.merges.joining import join
from points.services.person_lock import lock_person
from points.services.posting import LockedAccount, lock_accounts

State = Merge.State


@dataclass(frozen=True)
class MergeWish:
    """`gone` goes into `kept`, which takes the fields `picks` of the profile from it."""

    kept: Member
    gone: Member
    reason: str
    picks: tuple[str, ...] = ()


@transaction.atomic
def ask_merge(
    *,
    wish: MergeWish,
    key: str,
    at: datetime,
    actor: Actor,
    limit: Limit = NO_LIMIT,
) -> Merge:
    """Merge the two now, or let it wait where more points move than the limit allows.

    A `key` does it once. Raises MergeWithItself, MergeOfClosed, PointsAreHeld, MergeThere
    or KeyReused, and writes nothing then.
    """
    if wish.kept.pk == wish.gone.pk:
        raise MergeWithItself
    if limit != NO_LIMIT:
        lock_person("merge", actor)
    accounts = lock_accounts([wish.kept.pk, wish.gone.pk])
    if known := Merge.objects.filter(key=key).first():
        return _same(known, wish)
    refuse_impossible(accounts, kept=wish.kept, gone=wish.gone)
    if Merge.objects.filter(gone_id=wish.gone.pk, state=State.WAITING).exists():
        raise MergeThere
    points = sum(lot.points for lot in unexpired_lots(wish.gone.pk, at=at))
    moved = points_moved_alone(actor, at=at, zone=current_rulebook().zone)
    is_allowed = not points or limit.allows(points, so_far=moved)
    merge = Merge.objects.create(
        kept_id=wish.kept.pk,
        gone_id=wish.gone.pk,
        points=points,
        debt=accounts[wish.gone.pk].debt,
        picks=list(wish.picks),
        reason=wish.reason,
        state=State.WAITING,
        key=key,
        asked_at=at,
        asked_by=str(actor),
        needs_approval=not is_allowed,
    )
    return join(merge, accounts, at=at, actor=actor) if is_allowed else merge


@transaction.atomic
def approve_merge(*, merge: Merge, note: str, at: datetime, actor: Actor) -> Merge:
    """Do what waits; it can be decided once.

    Raises OwnMerge for the person who asked, MergeDecided, MergeOfClosed or
    PointsAreHeld.
    """
    accounts = lock_accounts([merge.kept_id, merge.gone_id])
    locked = _waiting(merge)
    if locked.asked_by == str(actor):
        raise OwnMerge
    refuse_impossible(accounts, kept=locked.kept.member, gone=locked.gone.member)
    locked.decided_at, locked.decided_by, locked.decision_note = at, str(actor), note
    return join(locked, accounts, at=at, actor=actor)


@transaction.atomic
def refuse_merge(*, merge: Merge, note: str, at: datetime, actor: Actor) -> Merge:
    """Let it be; whoever asked takes the request back like this. MergeDecided."""
    locked = _waiting(merge)
    locked.state = State.REFUSED
    locked.decided_at, locked.decided_by, locked.decision_note = at, str(actor), note
    locked.save()
    return locked


def points_moved_alone(actor: Actor, *, at: datetime, zone: ZoneInfo) -> int:
    """Return the points moved alone on the day of `at`: by merges, and by hand."""
    today = day_of(at, zone)
    mine = Merge.objects.filter(
        asked_by=str(actor),
        asked_at__gte=start_of_day(today, zone),
        asked_at__lt=start_of_day(today + timedelta(days=1), zone),
        state=State.DONE,
        needs_approval=False,
    )
    merged = mine.aggregate(moved=Sum("points"))["moved"] or 0
    return int(merged) + points_moved_by(actor, at=at, zone=zone)


def refuse_impossible(
    accounts: Mapping[int, LockedAccount], *, kept: Member, gone: Member
) -> None:
    """Raise what is in the way of merging the two."""
    for member in (kept, gone):
        if accounts[member.pk].is_closed:
            raise MergeOfClosed(number=member.number)
    if accounts[gone.pk].held:
        raise PointsAreHeld(number=gone.number)
    if are_apart(kept.pk, gone.pk):
        raise DifferentHouseholds


def _same(known: Merge, wish: MergeWish) -> Merge:
    content = (known.kept_id, known.gone_id, tuple(known.picks), known.reason)
    if content != (wish.kept.pk, wish.gone.pk, wish.picks, wish.reason):
        raise KeyReused(key=known.key)
    return known


def _waiting(merge: Merge) -> Merge:
    rows = Merge.objects.select_for_update(of=("self",))
    locked = rows.select_related("kept__member", "gone__member").get(pk=merge.pk)
    if not locked.is_waiting:
        raise MergeDecided(state=locked.get_state_display())
    return locked
