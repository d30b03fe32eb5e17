"""Recompute tiers: the members touched since, or everybody; both must agree."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from points import sql
from points.selectors.tier_plan import current_plan
from points.services.challenges.touching import touch_members
from points.services.events import tell_tier_changes
from points.services.tier_counters import members_scope, span_scope
from points.services.tier_gifts import give_entry_gifts
from points.services.tier_statements import (
    ANY_BESIDE,
    Beside,
    misplaced,
    moving,
)
from points.tiering.plan import Plan

TOUCHED_PER_CHUNK = 20_000
MEMBERS_PER_CHUNK = 100_000

CLAIM_TOUCHED = """
UPDATE points_account SET tier_is_due = false
WHERE member_id IN (
  SELECT member_id FROM points_account WHERE tier_is_due
  ORDER BY member_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING member_id
"""

LOCK_IN_ORDER = """
SELECT member_id FROM points_account
WHERE member_id = ANY(%(ids)s::bigint[]) ORDER BY member_id FOR UPDATE
"""

MARK_DUE = """
UPDATE points_account SET tier_is_due = true
WHERE member_id = ANY(%(ids)s::bigint[]) AND NOT tier_is_due
"""

LAST_MEMBER = "SELECT coalesce(max(member_id), 0) FROM points_account"


def recompute_touched_tiers(*, at: datetime) -> int:
    """Recompute members whose counters changed; return how many moved.

    Each chunk commits by itself. The claim and the look at the entries are two
    statements on purpose: the second sees what was posted before the lock was had, and
    what is posted after it marks the account anew.
    """
    moved = 0
    plan = current_plan()
    while True:
        with transaction.atomic():
            rows = sql.run(CLAIM_TOUCHED, {"limit": TOUCHED_PER_CHUNK}, rows=1000)
            if not rows:
                return moved
            ids = [member_id for (member_id,) in rows]
            touch_members(ids, at=at)
            moved += _move(ids, plan, at)


def recompute_all_tiers(*, at: datetime) -> int:
    """Recompute everybody, in committed chunks of members; return how many moved.

    Also finds those whose points merely left the window. Looks without locks first and
    again under the lock before it moves anybody.
    """
    return sum(
        recompute_tiers_between(first=first, last=first + MEMBERS_PER_CHUNK - 1, at=at)
        for first in range(1, last_member_id() + 1, MEMBERS_PER_CHUNK)
    )


def last_member_id() -> int:
    """Return the highest id of an account, 0 without any."""
    [(last,)] = sql.run(LAST_MEMBER, {})
    return int(last)


@transaction.atomic
def recompute_tiers_between(
    *, first: int, last: int, at: datetime, cause: str | None = None
) -> int:
    """Recompute the accounts from `first` to `last`, inclusive; return how many moved.

    The history says `cause`, or else whether they went up or down.
    """
    plan = current_plan()
    statement, params = misplaced(
        plan, span_scope(first, last), at, beside=what_is_beside()
    )
    found = sql.run(statement, params, rows=MEMBERS_PER_CHUNK)
    ids = sorted(member_id for (member_id,) in found)
    if not ids:
        return 0
    sql.run(LOCK_IN_ORDER, {"ids": ids}, rows=len(ids))
    return _move(ids, plan, at, cause=cause)


@transaction.atomic
def recompute_tiers(
    *, member_ids: Sequence[int], at: datetime, cause: str | None = None
) -> int:
    """Recompute these members now; return how many moved. See above for the `cause`."""
    ids = sorted(member_ids)
    sql.run(LOCK_IN_ORDER, {"ids": ids}, rows=len(ids))
    return _move(ids, current_plan(), at, cause=cause)


def mark_tiers_due(*, member_ids: Sequence[int]) -> None:
    """Have the tiers recomputed of members whose accounts are locked."""
    sql.run(MARK_DUE, {"ids": list(member_ids)}, rows=len(member_ids))


def _move(
    ids: Sequence[int], plan: Plan, at: datetime, *, cause: str | None = None
) -> int:
    """Move the members, whose accounts are locked, to the tier they should hold.

    Who comes up to a tier for the first time gets what it gives on entry.
    """
    statement, params = moving(
        plan,
        members_scope(list(ids)),
        at,
        beside=what_is_beside(),
        cause=cause,
    )
    moved = sql.run(statement, params, rows=len(ids))
    tell_tier_changes([member_id for member_id, _tier_id in moved], at=at)
    give_entry_gifts([(who, tier_id) for who, tier_id in moved if tier_id], at=at)
    return len(moved)


def what_is_beside() -> Beside:
    """Return whether anybody has, or had, a tier by hand or keeps one."""
    [(by_hand, kept)] = sql.run(ANY_BESIDE, {})
    return Beside(by_hand=by_hand, kept=kept)
