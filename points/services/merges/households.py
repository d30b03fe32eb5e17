"""The household of the membership that goes: the one that stays takes the place, and back."""

from datetime import datetime

from loyalty_site.lib.actors import Actor
from points.models import HouseholdMembership, Merge
from points.selectors.households import membership_of
from points.services.households import end_membership

Cause = HouseholdMembership.Cause


def are_apart(one_id: int, other_id: int) -> bool:
    """Return whether the two are in two different households."""
    found = [membership_of(one_id), membership_of(other_id)]
    return len({each.household_id for each in found if each}) > 1


def household_goes_along(merge: Merge, *, at: datetime, actor: Actor) -> None:
    """Let `kept` take the place of `gone`; both accounts are locked."""
    place = membership_of(merge.gone_id)
    if place is None:
        return
    _end(place, Cause.MERGED, merge, at=at, actor=actor)
    if membership_of(merge.kept_id) is None:
        _join(place, merge.kept_id, at=at, actor=actor)


def household_goes_back(merge: Merge, *, at: datetime, actor: Actor) -> None:
    """Give `gone` the place back that it had, where `kept` is still in that household.

    A place that `kept` has only had since the merge ends.
    """
    left = HouseholdMembership.objects.filter(
        account=merge.gone_id, cause=Cause.MERGED, left_at=merge.done_at
    ).first()
    mine = membership_of(merge.kept_id)
    if left is None or mine is None or mine.household_id != left.household_id:
        return
    if mine.joined_at == merge.done_at:
        _end(mine, Cause.UNMERGED, merge, at=at, actor=actor)
    _join(left, merge.gone_id, at=at, actor=actor)


def _end(
    place: HouseholdMembership,
    cause: str,
    merge: Merge,
    *,
    at: datetime,
    actor: Actor,
) -> None:
    end_membership(place, cause=cause, reason=merge.reason, at=at, actor=actor)


def _join(
    like: HouseholdMembership, account_id: int, *, at: datetime, actor: Actor
) -> None:
    HouseholdMembership.objects.create(
        household_id=like.household_id,
        account_id=account_id,
        joined_at=at,
        joined_by=str(actor),
    )
