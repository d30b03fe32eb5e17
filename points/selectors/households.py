"""Who shares with whom, what they can spend together, and whose points those are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from points import sql
from points.models import Account, Household, HouseholdMembership
from points.selectors.balances import Balance, balance_of, balances_of
from points.services.lot_moves import OpenLot
from points.services.sharing import SharedLot
from points.services.statements import RESERVED_LOTS

# Nobody shares before they have joined, wherever their request had to wait.
_TOGETHER = """
SELECT m.household_id, m.account_id FROM points_householdmembership mine
JOIN points_householdmembership m ON m.household_id = mine.household_id
WHERE mine.account_id = %(account_id)s AND {were_there}
  AND GREATEST(mine.joined_at, m.joined_at) <= %(at)s
ORDER BY m.joined_at, m.id
"""
TOGETHER = _TOGETHER.format(were_there="mine.left_at IS NULL AND m.left_at IS NULL")
TOGETHER_THEN = _TOGETHER.format(
    were_there="""coalesce(mine.left_at, 'infinity') > %(at)s
  AND coalesce(m.left_at, 'infinity') > %(at)s"""
)

# The key of an entry in ends in the lot that the points come from: over the moves within
# a household, and those of merges, each lot is followed back to where they were earned.
SHARED_LOTS = """
WITH RECURSIVE trail(lot_id, came_from) AS (
  SELECT id, id FROM points_lot
  WHERE account_id = ANY(%(ids)s::bigint[]) AND is_open AND effective_at <= %(at)s
    AND (expires_at IS NULL OR expires_at > %(at)s)
  UNION ALL
  SELECT t.lot_id, split_part(e.key, ':', 4)::bigint
  FROM trail t JOIN points_lot l ON l.id = t.came_from
  JOIN points_entry e ON e.id = l.entry_id AND e.kind IN ('household_in', 'merge_in')
)
SELECT l.account_id, coalesce(m.merged_into_id, m.id), l.id, l.remaining, l.effective_at,
  l.expires_at, l.priority, coalesce(l.origin_id, l.entry_id)
FROM trail t JOIN points_lot l ON l.id = t.lot_id
JOIN points_lot o ON o.id = t.came_from
JOIN points_entry e ON e.id = o.entry_id
JOIN members_member m ON m.id = o.account_id
WHERE e.kind NOT IN ('household_in', 'merge_in')
ORDER BY l.id
"""


@dataclass(frozen=True)
class Means:
    """What a member can spend: `own`, and `available` with what the household has.

    `household` is None for a member who is alone.
    """

    own: Balance
    available: int
    household: Household | None = None


@dataclass(frozen=True)
class Sharer:
    """A member of a household with what is on the own account."""

    membership: HouseholdMembership
    balance: Balance


def sharers_of(member_id: int, *, at: datetime) -> list[int]:
    """Return the accounts of the member's household, the oldest first; [] without one."""
    rows = sql.run(TOGETHER, {"account_id": member_id, "at": at})
    return [account_id for _household_id, account_id in rows]


def means_of(*, member_id: int, at: datetime, now: datetime | None = None) -> Means:
    """Return what the member can spend at `at`; see `balance_of`."""
    is_past = now is not None and at < now
    together = TOGETHER_THEN if is_past else TOGETHER
    rows = sql.run(together, {"account_id": member_id, "at": at})
    if not rows:
        own = balance_of(member_id=member_id, at=at, now=now)
        return Means(own, own.available)
    household = Household.objects.get(pk=rows[0][0])
    balances = balances_of(member_ids=[row[1] for row in rows], at=at, now=now)
    return Means(balances[member_id], _together(balances, member_id), household)


def spendable_by(member_id: int, *, at: datetime) -> int:
    """Return the points that the member can spend, those of a household with them."""
    return shared_by(member_id, sharers_of(member_id, at=at), at=at)


def shared_by(member_id: int, sharers: Sequence[int], *, at: datetime) -> int:
    """Return the points that the member can spend of those accounts and the own one."""
    ids = sorted({member_id, *sharers})
    return _together(balances_of(member_ids=ids, at=at), member_id)


def members_of(household: Household, *, at: datetime) -> list[Sharer]:
    """Return who is in the household, the oldest first, with their own balances."""
    rows = household.memberships.filter(left_at=None).select_related("account__member")
    memberships = list(rows.order_by("joined_at", "pk"))
    balances = balances_of(member_ids=[each.account_id for each in memberships], at=at)
    return [Sharer(each, balances[each.account_id]) for each in memberships]


def shared_total(sharers: Sequence[Sharer]) -> int:
    """Return what somebody without a debt could spend of all of them."""
    return sum(each.balance.available for each in sharers)


def left_members_of(household: Household) -> list[HouseholdMembership]:
    """Return who was in the household, whoever left last first."""
    rows = household.memberships.exclude(left_at=None).select_related("account__member")
    return list(rows.order_by("-left_at", "-pk")[:100])


def household_of(member_id: int) -> Household | None:
    """Return the household that the member is in."""
    membership = membership_of(member_id)
    return membership.household if membership else None


def membership_of(member_id: int) -> HouseholdMembership | None:
    """Return the member's membership of a household, if there is one now."""
    mine = HouseholdMembership.objects.filter(account=member_id, left_at=None)
    return mine.select_related("household").first()


def lots_shared_by(ids: Sequence[int], *, at: datetime) -> list[SharedLot]:
    """Return what can be spent of each lot of the accounts, and whose it is.

    What is pending or set aside is not there.
    """
    given = {"ids": list(ids), "at": at}
    reserved: Mapping[int, int] = {}
    if Account.objects.filter(pk__in=ids, held__gt=0).exists():
        rows = sql.run(RESERVED_LOTS, given)
        reserved = {lot_id: points for _account_id, lot_id, points in rows}
    lots = [
        SharedLot(account_id, owner_id, OpenLot(*lot))
        for account_id, owner_id, *lot in sql.run(SHARED_LOTS, given)
    ]
    free = [
        each._replace(
            lot=each.lot._replace(
                points=each.lot.points - reserved.get(each.lot.lot_id, 0)
            )
        )
        for each in lots
    ]
    return [each for each in free if each.lot.points > 0]


def _together(balances: Mapping[int, Balance], member_id: int) -> int:
    """Return all that can be spent, less what only the others can pay of the debt."""
    everything = sum(each.available for each in balances.values())
    return max(everything - balances[member_id].lacking, 0)
