"""What a merge would do, what it did, and whether it can be undone."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.functional import Promise

from members.models import Member
from points import sql
from points.errors import merges as words
from points.models import (
    Account,
    Merge,
    PointsPayment,
    Purchase,
    Redemption,
    Refund,
    Tier,
)
from points.selectors.balances import Balance, balance_of
from points.selectors.doubled import Doubled, doubled_benefits

GIVEN_BACK = (Redemption.State.CANCELLED, Redemption.State.REVERSED)

# The lots that came along, and what they became where a later merge took them on and
# was undone: the entries out and in of a lot have the same key but for that word.
CAME_ALONG = """
WITH RECURSIVE along(id) AS (
  SELECT l.id FROM points_entry e JOIN points_lot l ON l.entry_id = e.id
  WHERE e.account_id = %(kept)s AND e.kind = 'merge_in' AND e.source_id = %(merge)s
  UNION
  SELECT n.id FROM along
  JOIN points_allocation a ON a.lot_id = along.id
  JOIN points_entry x ON x.id = a.entry_id AND x.kind = 'merge_out'
  JOIN points_merge g ON g.public_id::text = x.source_id
  JOIN points_entry i ON i.account_id IN (g.kept_id, g.gone_id)
    AND i.key = replace(x.key, ':out:', ':in:')
  JOIN points_lot n ON n.entry_id = i.id
)
"""
USED = f"""
{CAME_ALONG}
SELECT coalesce(sum(a.points), 0)::bigint
FROM along JOIN points_allocation a ON a.lot_id = along.id
JOIN points_entry x ON x.id = a.entry_id
WHERE x.kind NOT IN ('expire', 'merge_out')
"""  # noqa: S608 -- put together from constants


@dataclass(frozen=True)
class Side:
    """One of the two memberships before the merge."""

    member: Member
    account: Account
    balance: Balance
    purchases: int
    redemptions: int


@dataclass(frozen=True)
class MergePlan:
    """Both sides, what the one that stays would have, and what to look at twice.

    `doubled` are benefits that are given once and that both have had.
    """

    kept: Side
    gone: Side
    doubled: list[Doubled]

    @property
    def points(self) -> int:
        """How many points move, pending ones too."""
        return self.gone.balance.available + self.gone.balance.pending

    @property
    def available(self) -> int:
        """What could be spent afterwards."""
        both = self.kept.balance.available + self.gone.balance.available
        return max(both, 0)

    @property
    def pending(self) -> int:
        """What would wait afterwards."""
        return self.kept.balance.pending + self.gone.balance.pending

    @property
    def debt(self) -> int:
        """What the one that goes owes."""
        return self.gone.balance.debt

    @property
    def purchases(self) -> int:
        """How many both have."""
        return sum(side.purchases for side in self.sides)

    @property
    def redemptions(self) -> int:
        """How many both have."""
        return sum(side.redemptions for side in self.sides)

    @property
    def highest(self) -> Side:
        """The side that has the higher tier, which stays."""
        ladder = [None, *Tier.objects.all()]
        rank_of = {side: ladder.index(side.account.tier) for side in self.sides}
        is_lifted = rank_of[self.gone] > rank_of[self.kept]
        return self.gone if is_lifted else self.kept

    @property
    def sides(self) -> tuple[Side, Side]:
        """First the one that stays."""
        return self.kept, self.gone


def plan_merge(*, kept: Member, gone: Member, at: datetime) -> MergePlan:
    """Return what merging the two would come to; nothing is written."""
    return MergePlan(
        _side(kept, at), _side(gone, at), doubled_benefits(kept.pk, gone.pk)
    )


def undo_obstacles(merge: Merge) -> list[str | Promise]:
    """Return why what moved cannot be moved back; empty where it can."""
    kept = merge.kept
    found: list[str | Promise] = []
    if not kept.member.is_open:
        found.append(words.ENDED)
    if merge.debt:
        found.append(words.DEBT_MOVED)
    values = {"kept": merge.kept_id, "merge": str(merge.public_id)}
    [(used,)] = sql.run(USED, values)
    if used:
        found.append(words.used_since(used))
    if kept.held:
        found.append(words.HELD)
    if _came_back(merge):
        found.append(words.CAME_BACK)
    if _given_back(merge):
        found.append(words.GIVEN_BACK)
    return found


def merge_of(member: Member) -> Merge | None:
    """Return the merge by which the membership went into another one."""
    done = Merge.objects.filter(gone=member.pk, state=Merge.State.DONE)
    return done.select_related("kept__member").first()


def _side(member: Member, at: datetime) -> Side:
    return Side(
        member,
        Account.objects.select_related("tier").get(pk=member.pk),
        balance_of(member_id=member.pk, at=at, now=at),
        Purchase.objects.valid().filter(member=member).count(),
        Redemption.objects.filter(account=member.pk).count(),
    )


def _came_back(merge: Merge) -> bool:
    moved = Purchase.objects.filter(member=merge.kept_id).exclude(earned_account=None)
    refunds = Refund.objects.filter(purchase__in=moved, posted_at__gte=merge.done_at)
    return moved.filter(voided_at__gte=merge.done_at).exists() or refunds.exists()


def _given_back(merge: Merge) -> bool:
    redeemed = Redemption.objects.filter(
        Q(account=merge.kept_id, state__in=GIVEN_BACK, settled_at__gte=merge.done_at)
        & ~Q(entry__account=merge.kept_id)
    )
    paid = PointsPayment.objects.filter(
        Q(account=merge.kept_id, reversed_at__gte=merge.done_at)
        & ~Q(entry__account=merge.kept_id)
    )
    return redeemed.exists() or paid.exists()
