"""Join two accounts: lots, counters, debt, purchases, redemptions, the higher tier."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from loyalty_site.lib.actors import Actor, system_actor
from loyalty_site.lib.periods import start_of_day
from members.merging import join_members
from points.models import Account, Entry, Merge, Tier, TierAssignment, TierChange
from points.selectors.programme import current_rulebook
from points.selectors.tier_progress import progress_of
from points.services.expiry import sweep_locked
from points.services.lot_moves import SOURCE, Route, move_lots, unexpired_lots
from points.services.merges.counters import carry_over
from points.services.merges.documents import documents_go_along
from points.services.merges.households import household_goes_along
from points.services.posting import (
    Credit,
    Debit,
    LockedAccount,
    lock_accounts,
    post_credits,
    post_debits,
)
from points.services.tiers import mark_tiers_due, recompute_tiers

ANY_DEBT = 2**62


def document_of(merge: Merge) -> str:
    """Return how the keys of the merge's entries begin."""
    return f"merge:{merge.public_id}"


def join(
    merge: Merge,
    accounts: dict[int, LockedAccount],
    *,
    at: datetime,
    actor: Actor,
) -> Merge:
    """Move everything of `gone` to `kept` under the caller's locks, and save the merge.

    What has expired is written off first and stays behind.
    """
    sweep_locked({merge.gone_id: accounts[merge.gone_id]}, at=at)
    highest = _highest_tier(merge, at=at)
    document = document_of(merge)
    route = Route(merge.gone_id, merge.kept_id, document, str(merge.public_id))
    lots = unexpired_lots(merge.gone_id, at=at)
    merge.points = move_lots(lots, route=route, at=at, actor=actor)
    merge.debt = _move_debt(merge, at=at, actor=actor)
    carry_over(route, at=at, actor=actor)
    documents_go_along(gone_id=merge.gone_id, kept_id=merge.kept_id)
    household_goes_along(merge, at=at, actor=actor)
    joined = join_members(
        kept=merge.kept.member,
        gone=merge.gone.member,
        picks=merge.picks,
        at=at,
        actor=actor,
    )
    merge.profile_before = dict(joined.profile_before)
    merge.identifier_ids = list(joined.identifier_ids)
    merge.stay_ids = list(joined.stay_ids)
    mark_tiers_due(member_ids=[merge.kept_id])
    merge.tier_assignment = _keep_tier(merge, highest, at=at)
    merge.state, merge.done_at = Merge.State.DONE, at
    merge.save()
    return merge


def _move_debt(merge: Merge, *, at: datetime, actor: Actor) -> int:
    """Settle what `gone` owes and let `kept` pay or owe it; return how much."""
    debt = lock_accounts([merge.gone_id])[merge.gone_id].debt
    if not debt:
        return 0
    told: dict[str, Any] = {
        "points": debt,
        "occurred_at": at,
        "key": f"{document_of(merge)}:debt",
        "source": SOURCE,
        "source_id": str(merge.public_id),
    }
    relief = Credit(member_id=merge.gone_id, kind=Entry.Kind.MERGE_OUT, **told)
    [relieved] = post_credits([relief], posted_at=at, actor=actor, are_locked=True)
    burden = Debit(
        member_id=merge.kept_id,
        kind=Entry.Kind.MERGE_IN,
        own_entry_id=relieved.entry_id,
        debt_limit=ANY_DEBT,
        **told,
    )
    post_debits([burden], posted_at=at, actor=actor)
    return debt


@dataclass(frozen=True)
class _Held:
    """A tier by its rank, counted from 1, and until when it is valid; None is open."""

    rank: int
    tier_id: int | None
    ends_at: datetime | None


def _highest_tier(merge: Merge, *, at: datetime) -> _Held:
    """Return the higher tier of the two, after what is due is recomputed."""
    ids = [merge.kept_id, merge.gone_id]
    recompute_tiers(member_ids=ids, at=at)
    return max((_held(each, at=at) for each in ids), key=lambda held: held.rank)


def _held(account_id: int, *, at: datetime) -> _Held:
    account = Account.objects.select_related("tier").get(pk=account_id)
    progress = progress_of(account, at=at)
    ends_at = None
    if progress.by_hand is not None:
        ends_at = progress.by_hand.ends_at
    elif last := progress.future.valid_through:
        ends_at = start_of_day(last + timedelta(days=1), current_rulebook().zone)
    ladder = [None, *Tier.objects.values_list("pk", flat=True)]
    return _Held(ladder.index(account.tier_id), account.tier_id, ends_at)


def _keep_tier(merge: Merge, highest: _Held, *, at: datetime) -> TierAssignment | None:
    """Recompute both; where the sum of the counters is not enough, keep it by hand."""
    ids = [merge.kept_id, merge.gone_id]
    recompute_tiers(member_ids=ids, at=at, cause=TierChange.Cause.MERGE)
    is_reached = _held(merge.kept_id, at=at).rank >= highest.rank
    if highest.tier_id is None or is_reached:
        return None
    _end_by_hand(merge.kept_id, at=at)
    assignment = TierAssignment.objects.create(
        account_id=merge.kept_id,
        tier_id=highest.tier_id,
        kind=TierAssignment.Kind.FLOOR,
        ends_at=highest.ends_at,
        reason=merge.reason,
        state=TierAssignment.State.ACTIVE,
        key=document_of(merge),
        asked_at=at,
        asked_by=merge.asked_by,
        decided_at=at,
        decided_by=str(system_actor("points.merges")),
    )
    recompute_tiers(member_ids=ids, at=at, cause=TierChange.Cause.MERGE)
    return assignment


def _end_by_hand(account_id: int, *, at: datetime) -> None:
    """Make room for another assignment."""
    by = str(system_actor("points.merges"))
    mine = TierAssignment.objects.filter(account_id=account_id)
    mine.filter(state=TierAssignment.State.ACTIVE).update(
        state=TierAssignment.State.ENDED, ended_at=at, ended_by=by
    )
    mine.filter(state=TierAssignment.State.WAITING).update(
        state=TierAssignment.State.REFUSED, decided_at=at, decided_by=by
    )
