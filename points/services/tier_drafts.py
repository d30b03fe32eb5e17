"""Look at who would move by other thresholds or terms, then apply them, or not.

What would be is worked out by saving the change inside a savepoint that is rolled back: a
draft is refused for the same reasons, and counted by the same statement, as the change.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor, system_actor
from loyalty_site.lib.errors import DomainError
from points import sql
from points.errors.tiers import DraftDecided, NoNextPeriod
from points.models import Account, Tier, TierDraft
from points.selectors.tier_plan import current_plan
from points.services.settings_lock import lock_settings
from points.services.tier_counters import span_scope
from points.services.tier_keeps import keep_tiers_between
from points.services.tier_settings import (
    TierDetails,
    TierTermsWish,
    change_tier_terms,
    save_tier,
)
from points.services.tier_statements import counting_moves
from points.services.tiers import (
    MEMBERS_PER_CHUNK,
    last_member_id,
    recompute_tiers_between,
    what_is_beside,
)
from points.tiering.plan import Plan

State = TierDraft.State
SHOWN_OF_A_MOVE = 5
COUNT, MOVE = "points.tier_draft_count", "points.tier_draft_move"


@transaction.atomic
def save_or_draft_tier(
    *, details: TierDetails, tier: Tier | None, at: datetime, actor: Actor
) -> TierDraft | None:
    """Save the tier where nobody can move by it, else draft it; None is saved.

    Raises what `save_tier` raises.
    """
    if _asks_the_same(details, tier) or not Account.objects.exists():
        save_tier(details=details, actor=actor, tier=tier)
        return None
    content = asdict(details) | {"multiplier": str(details.multiplier)}
    wanted = {"tier": content, "tier_id": tier.pk if tier else None}
    return _draft(wanted, at=at, actor=actor)


@transaction.atomic
def save_or_draft_terms(
    *, wish: TierTermsWish, at: datetime, actor: Actor
) -> TierDraft | None:
    """Save the terms where there is nobody to move, else draft them; None is saved."""
    if not Account.objects.exists():
        change_tier_terms(wish=wish, actor=actor)
        return None
    return _draft({"terms": asdict(wish)}, at=at, actor=actor)


@transaction.atomic
def apply_tier_draft(
    *, draft: TierDraft, at: datetime, actor: Actor, how: str = TierDraft.How.ALL
) -> TierDraft:
    """Save what was drafted and move the members, in a job where they are many.

    By `upgrades` nobody falls by it at once, see `keep_tiers_between`; by `next_period` it is
    applied when that begins. Raises DraftDecided while it is being counted and once it
    was decided, NoNextPeriod where there is none, or what the tiers as they are now make
    impossible.
    """
    lock_settings()
    locked = _in_state(draft, State.READY)
    locked.how = how
    if how == TierDraft.How.NEXT_PERIOD:
        locked.applies_at = _next_period(at)
        with _as_if(locked.content):
            # Refused now where it is impossible, not when the period begins.
            pass
        return _decide(locked, State.SCHEDULED, at=at, actor=actor)
    return _apply(locked, at=at, actor=actor)


def apply_scheduled_drafts(*, at: datetime) -> int:
    """Apply the drafts whose period has begun, the oldest first; return how many.

    One that the tiers as they are now make impossible is ready again, for somebody to
    look at.
    """
    due = TierDraft.objects.filter(state=State.SCHEDULED, applies_at__lte=at)
    return sum(
        _apply_scheduled(draft, at) for draft in due.order_by("applies_at", "pk")
    )


@transaction.atomic
def _apply_scheduled(draft: TierDraft, at: datetime) -> bool:
    lock_settings()
    locked = TierDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.state != State.SCHEDULED:
        return False
    try:
        with transaction.atomic():
            _apply(locked, at=at, actor=system_actor("points.tier_drafts"))
    except DomainError:
        locked.state, locked.decided_at, locked.decided_by = State.READY, None, ""
        locked.applies_at = None
        locked.save()
        return False
    return True


def _apply(draft: TierDraft, *, at: datetime, actor: Actor) -> TierDraft:
    is_small = last_member_id() <= MEMBERS_PER_CHUNK
    if is_small:
        # What time alone has changed since the night is no matter of the draft.
        recompute_tiers_between(first=1, last=MEMBERS_PER_CHUNK, at=at)
    _save(draft.content, actor)
    _decide(draft, State.APPLIED, at=at, actor=actor)
    if is_small:
        _move_between(draft, 1, MEMBERS_PER_CHUNK, at)
    else:
        _start(draft, MOVE, _("Members move between tiers"), at=at, actor=actor)
    return draft


def _move_between(draft: TierDraft, first: int, last: int, at: datetime) -> int:
    if draft.how != TierDraft.How.ALL:
        keep_tiers_between(draft=draft, first=first, last=last, at=at)
    return recompute_tiers_between(first=first, last=last, at=at, cause="terms")


def _next_period(at: datetime) -> datetime:
    window = current_plan().window
    if not window.is_calendar:
        raise NoNextPeriod
    return window.start_of(window.number_at(at, at) + 1, at)


@transaction.atomic
def discard_tier_draft(*, draft: TierDraft, at: datetime, actor: Actor) -> TierDraft:
    """Let the draft go, scheduled or not; nothing changes. Raises DraftDecided."""
    locked = _in_state(draft, State.READY, State.COUNTING, State.SCHEDULED)
    return _decide(locked, State.DISCARDED, at=at, actor=actor)


def count_chunk(job: Job, at: datetime) -> Step:
    """Count the moves of the next members."""
    draft = TierDraft.objects.select_for_update().get(pk=job.params["draft"])
    first = (job.cursor or {}).get("first", 1)
    last = first + MEMBERS_PER_CHUNK - 1
    if draft.state == State.COUNTING:
        _count(draft, first, last, at)
    total = last_member_id()
    is_last = last >= total or draft.state != State.COUNTING
    if is_last and draft.state == State.COUNTING:
        draft.state = State.READY
    draft.save()
    return Step(
        {"first": last + 1},
        rows=min(MEMBERS_PER_CHUNK, max(total - first + 1, 0)),
        is_last=is_last,
        rows_total=total,
        result_url=draft.get_absolute_url(),
    )


def move_chunk(job: Job, at: datetime) -> Step:
    """Move the next members by what was applied."""
    first = (job.cursor or {}).get("first", 1)
    last = first + MEMBERS_PER_CHUNK - 1
    draft = TierDraft.objects.get(pk=job.params["draft"])
    moved = _move_between(draft, first, last, at)
    is_last = last >= last_member_id()
    return Step({"first": last + 1}, rows=moved, is_last=is_last)


JOB_KINDS = (JobKind(COUNT, count_chunk), JobKind(MOVE, move_chunk))


def _asks_the_same(details: TierDetails, tier: Tier | None) -> bool:
    if tier is None:
        return False
    # A form may have changed the row in the caller's hands.
    now = Tier.objects.get(pk=tier.pk)
    asked = (*Tier.COUNTERS, "needs", "is_for_life")
    return all(getattr(details, name) == getattr(now, name) for name in asked)


def _draft(content: dict[str, Any], *, at: datetime, actor: Actor) -> TierDraft:
    draft = TierDraft(
        content=content, state=State.COUNTING, saved_at=at, saved_by=str(actor)
    )
    if last_member_id() <= MEMBERS_PER_CHUNK:
        _count(draft, 1, MEMBERS_PER_CHUNK, at)
        draft.state = State.READY
        draft.save()
        return draft
    with _as_if(content):
        # Refused now where it is impossible, not in the job.
        pass
    draft.save()
    _start(draft, COUNT, _("Who would move between tiers"), at=at, actor=actor)
    return draft


def _start(
    draft: TierDraft, kind: str, title: str, *, at: datetime, actor: Actor
) -> None:
    params = {"draft": draft.pk}
    draft.job = start_job(kind=kind, title=title, params=params, at=at, actor=actor)
    draft.save()


@contextmanager
def _as_if(content: dict[str, Any]) -> Iterator[Plan]:
    """Give the plan that would hold; the change is gone at the end of the block."""
    with transaction.atomic():
        _save(content, system_actor("points.tier_drafts"))
        yield current_plan()
        transaction.set_rollback(True)


def _save(content: dict[str, Any], actor: Actor) -> None:
    if "terms" in content:
        change_tier_terms(wish=TierTermsWish(**content["terms"]), actor=actor)
        return
    told = content["tier"] | {"multiplier": Decimal(content["tier"]["multiplier"])}
    tier = Tier.objects.filter(pk=content["tier_id"]).first()
    save_tier(details=TierDetails(**told), actor=actor, tier=tier)


def _count(draft: TierDraft, first: int, last: int, at: datetime) -> None:
    """Add the moves of the members from `first` to `last` to those of the draft."""
    with _as_if(draft.content) as plan:
        statement, params = counting_moves(
            plan, span_scope(first, last), at, beside=what_is_beside()
        )
        rows = sql.run(statement, params, rows=MEMBERS_PER_CHUNK)
    moves = {(move[0], move[1]): move for move in draft.moves}
    for from_slug, to_slug, is_up, count, member_ids in rows:
        move = moves.setdefault(
            (from_slug, to_slug), [from_slug, to_slug, is_up, 0, []]
        )
        move[3] += count
        move[4] = [*move[4], *member_ids][:SHOWN_OF_A_MOVE]
    draft.moves = list(moves.values())
    draft.members += Account.objects.filter(pk__gte=first, pk__lte=last).count()


def _in_state(draft: TierDraft, *states: str) -> TierDraft:
    locked = TierDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.state not in states:
        raise DraftDecided(state=locked.get_state_display())
    return locked


def _decide(draft: TierDraft, state: str, *, at: datetime, actor: Actor) -> TierDraft:
    draft.state = state
    draft.decided_at = at
    draft.decided_by = str(actor)
    draft.save()
    return draft
