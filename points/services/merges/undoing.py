"""Part what a merge joined, as long as what moved can be moved back."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.merging import Joined, part_members
from points import sql
from points.errors.merges import CannotUndo, MergeDecided
from points.models import Merge, TierAssignment, TierChange
from points.selectors.merges import CAME_ALONG, undo_obstacles
from points.services.lot_moves import OpenLot, Route, move_lots
from points.services.merges.counters import carry_back
from points.services.merges.documents import documents_go_back, merged_before
from points.services.merges.households import household_goes_back
from points.services.posting import lock_accounts
from points.services.tiers import mark_tiers_due, recompute_tiers

# What has expired since stays and is swept where it is.
STILL_THERE = f"""
{CAME_ALONG}
SELECT l.id, l.remaining, l.effective_at, l.expires_at, l.priority, l.origin_id
FROM along JOIN points_lot l ON l.id = along.id
WHERE l.account_id = %(kept)s AND l.is_open
  AND (l.expires_at IS NULL OR l.expires_at > %(at)s)
ORDER BY l.id
"""  # noqa: S608 -- put together from constants


@transaction.atomic
def undo_merge(*, merge: Merge, reason: str, at: datetime, actor: Actor) -> Merge:
    """Give everything back that moved; what happened since stays where it happened.

    Raises MergeDecided where it is not done, CannotUndo with the first obstacle, or
    AlreadyEnrolled where somebody else has the e-mail or phone by now, and writes
    nothing then.
    """
    lock_accounts([merge.kept_id, merge.gone_id])
    locked = _locked(merge)
    if obstacles := undo_obstacles(locked):
        raise CannotUndo(obstacles[0])
    # Who led to it before the merge; told before the tree changes.
    tree = merged_before(locked.gone_id)
    route = Route(
        locked.kept_id,
        locked.gone_id,
        f"unmerge:{locked.public_id}",
        str(locked.public_id),
    )
    values = {"kept": locked.kept_id, "merge": route.source_id, "at": at}
    lots = [OpenLot(*row) for row in sql.run(STILL_THERE, values)]
    move_lots(lots, route=route, at=at, actor=actor)
    carry_back(route, at=at, actor=actor)
    documents_go_back(gone_id=locked.gone_id, kept_id=locked.kept_id)
    household_goes_back(locked, at=at, actor=actor)
    part_members(
        kept=locked.kept.member,
        gone=locked.gone.member,
        joined=_joined(locked),
        led_here=[each for each in tree if each != locked.gone_id],
        at=at,
        actor=actor,
    )
    _end_the_kept_tier(locked, at=at, actor=actor)
    locked.state = Merge.State.UNDONE
    locked.undone_at, locked.undone_by, locked.undo_reason = at, str(actor), reason
    locked.save()
    ids = [locked.kept_id, locked.gone_id]
    mark_tiers_due(member_ids=ids)
    recompute_tiers(member_ids=ids, at=at, cause=TierChange.Cause.MERGE)
    return locked


def _joined(merge: Merge) -> Joined:
    return Joined(
        merge.profile_before or {},
        tuple(merge.identifier_ids),
        tuple(merge.stay_ids),
        merge.done_at or merge.asked_at,
    )


def _locked(merge: Merge) -> Merge:
    rows = Merge.objects.select_for_update(of=("self",))
    locked = rows.select_related("kept__member", "gone__member").get(pk=merge.pk)
    if not locked.is_done:
        raise MergeDecided(state=locked.get_state_display())
    return locked


def _end_the_kept_tier(merge: Merge, *, at: datetime, actor: Actor) -> None:
    """End the assignment by which the merge kept the higher tier, if it still holds."""
    TierAssignment.objects.filter(
        pk=merge.tier_assignment_id or 0, state=TierAssignment.State.ACTIVE
    ).update(state=TierAssignment.State.ENDED, ended_at=at, ended_by=str(actor))
