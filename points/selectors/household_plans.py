"""What would move if a member left a household, to be looked at first."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from members.models import Member
from points.models import Account, Hold, HouseholdMembership, Programme
from points.selectors.households import lots_shared_by, members_of
from points.selectors.programme import current_programme
from points.services.sharing import steps_of_leaving


@dataclass(frozen=True)
class Moving:
    """Points (> 0) that go from one member to another."""

    sender: Member
    receiver: Member
    points: int


@dataclass(frozen=True)
class LeavingPlan:
    """What the rule of today moves, and whether points that are set aside are in the way."""

    rule: str
    moves: tuple[Moving, ...]
    is_held: bool

    @property
    def rule_label(self) -> str:
        """The rule in words."""
        return str(Programme.HouseholdLeaving(self.rule).label)


def plan_leaving(membership: HouseholdMembership, *, at: datetime) -> LeavingPlan:
    """Return what leaving now would do; nothing is written."""
    sharers = members_of(membership.household, at=at)
    members = {
        each.membership.account_id: each.membership.account.member for each in sharers
    }
    rule = current_programme().household_leaving
    owed = dict(Account.objects.filter(pk__in=members).values_list("pk", "debt"))
    steps = steps_of_leaving(
        lots_shared_by(list(members), at=at),
        leaver_id=membership.account_id,
        others=[each for each in members if each != membership.account_id],
        rule=rule,
        owed=owed,
    )
    points = Counter[tuple[int, int]]()
    for step in steps:
        points[step.lot.account_id, step.receiver_id] += step.lot.lot.points
    moves = tuple(
        Moving(members[sender], members[receiver], total)
        for (sender, receiver), total in points.items()
    )
    held = Hold.objects.filter(account=membership.account_id, state=Hold.State.HELD)
    return LeavingPlan(rule, moves, held.filter(expires_at__gt=at).exists())
