"""Give a member a tier by hand; a second person approves it."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor, system_actor
from members.models import Member
from points.errors.posting import KeyReused, MembershipClosed
from points.errors.tiers import (
    AssignmentDecided,
    AssignmentEndsBefore,
    AssignmentThere,
    OwnAssignment,
)
from points.models import Tier, TierAssignment
from points.services.posting import lock_accounts
from points.services.tiers import mark_tiers_due, recompute_tiers

State = TierAssignment.State


@dataclass(frozen=True)
class TierWish:
    """The tier that somebody wants for a member; `ends_at` is exclusive."""

    tier: Tier
    kind: str
    reason: str
    ends_at: datetime | None = None


@transaction.atomic
def ask_tier(
    *, member: Member, wish: TierWish, key: str, at: datetime, actor: Actor
) -> TierAssignment:
    """Ask for a tier; it waits for a second person. A `key` does it once.

    Raises MembershipClosed, AssignmentThere while another one waits or is in force,
    AssignmentEndsBefore for an end that is past, or KeyReused.
    """
    accounts = lock_accounts([member.pk])
    if known := TierAssignment.objects.filter(key=key).first():
        return _same(known, member, wish)
    if accounts[member.pk].is_closed:
        raise MembershipClosed
    if wish.ends_at is not None and wish.ends_at <= at:
        raise AssignmentEndsBefore
    there = TierAssignment.objects.filter(
        account_id=member.pk, state__in=[State.WAITING, State.ACTIVE]
    )
    if there.exists():
        raise AssignmentThere
    return TierAssignment.objects.create(
        account_id=member.pk,
        key=key,
        state=State.WAITING,
        asked_at=at,
        asked_by=str(actor),
        **vars(wish),
    )


@transaction.atomic
def approve_tier(
    *, assignment: TierAssignment, note: str, at: datetime, actor: Actor
) -> TierAssignment:
    """Put it in force and move the member now.

    Raises OwnAssignment for the person who asked, AssignmentDecided, MembershipClosed,
    or AssignmentEndsBefore where its end has come meanwhile.
    """
    accounts = lock_accounts([assignment.account_id])
    locked = _in_state(assignment, State.WAITING)
    if locked.asked_by == str(actor):
        raise OwnAssignment
    if accounts[locked.account_id].is_closed:
        raise MembershipClosed
    if locked.is_over(at):
        raise AssignmentEndsBefore
    _decide(locked, State.ACTIVE, note=note, at=at, actor=actor)
    recompute_tiers(member_ids=[locked.account_id], at=at)
    return locked


@transaction.atomic
def refuse_tier(
    *, assignment: TierAssignment, note: str, at: datetime, actor: Actor
) -> TierAssignment:
    """Let it be; whoever asked takes the request back like this. AssignmentDecided."""
    lock_accounts([assignment.account_id])
    locked = _in_state(assignment, State.WAITING)
    return _decide(locked, State.REFUSED, note=note, at=at, actor=actor)


@transaction.atomic
def end_tier(
    *, assignment: TierAssignment, at: datetime, actor: Actor
) -> TierAssignment:
    """End what is in force; the member returns to the natural tier now."""
    lock_accounts([assignment.account_id])
    locked = _in_state(assignment, State.ACTIVE)
    _end(locked, at=at, actor=actor)
    recompute_tiers(member_ids=[locked.account_id], at=at)
    return locked


@transaction.atomic
def end_tiers_that_are_over(*, at: datetime) -> int:
    """End the assignments whose time has come; their members are due to be recomputed.

    Safe to repeat; returns how many ended.
    """
    over = TierAssignment.objects.filter(state=State.ACTIVE, ends_at__lte=at)
    member_ids = sorted(over.values_list("account_id", flat=True))
    if not member_ids:
        return 0
    lock_accounts(member_ids)
    ended = 0
    for assignment in over.select_for_update():
        _end(assignment, at=at, actor=system_actor("points.tiers"))
        ended += 1
    mark_tiers_due(member_ids=member_ids)
    return ended


def _same(known: TierAssignment, member: Member, wish: TierWish) -> TierAssignment:
    content = (known.account_id, known.tier_id, known.kind, known.ends_at)
    if content != (member.pk, wish.tier.pk, wish.kind, wish.ends_at):
        raise KeyReused(key=known.key)
    return known


def _in_state(assignment: TierAssignment, state: str) -> TierAssignment:
    locked = TierAssignment.objects.select_for_update().get(pk=assignment.pk)
    if locked.state != state:
        raise AssignmentDecided(state=locked.get_state_display())
    return locked


def _decide(
    assignment: TierAssignment, state: str, *, note: str, at: datetime, actor: Actor
) -> TierAssignment:
    assignment.state = state
    assignment.decided_at = at
    assignment.decided_by = str(actor)
    assignment.decision_note = note
    assignment.save()
    return assignment


def _end(assignment: TierAssignment, *, at: datetime, actor: Actor) -> None:
    assignment.state = State.ENDED
    assignment.ended_at = at
    assignment.ended_by = str(actor)
    assignment.save()
