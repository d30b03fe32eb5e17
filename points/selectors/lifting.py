"""Which purchases lift a tier, and in which parts they earn then.

Only asked where the terms of tiers say that such a purchase earns at the new tier, or
in parts; the counters before each purchase are then looked up by themselves.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from loyalty_site.lib.periods import day_of, start_of_day
from points import sql
from points.models import Account, Entry, Purchase, TierAssignment, TierTerms
from points.rules.pipeline import TierBenefit
from points.rules.rising import Part
from points.rules.tally import Tally
from points.selectors.outcomes import outcome_of
from points.selectors.programme import Rulebook
from points.selectors.tallies import tally_for
from points.selectors.tier_plan import current_plan
from points.selectors.tier_progress import counters_of
from points.services.purchase_statements import ASKED, EXISTING
from points.services.purchase_types import MemberThen, NewPurchase, event_of
from points.services.tier_counters import GIFT_SOURCE
from points.tiering.lifting import parts_by_rank
from points.tiering.plan import ACTIVE_DAYS, FULL, POINTS, SPEND, VISITS, Plan

Lifting = TierTerms.Lifting


def with_lifts(
    purchases: Sequence[NewPurchase],
    members: Sequence[MemberThen],
    tier_ids: Sequence[int | None],
    rulebook: Rulebook,
) -> list[MemberThen]:
    """Return the members as their purchases earn where these lift their tier.

    Earlier purchases of the same list count for later ones of the member; those that are
    known count as they were posted. Who has exactly a tier by hand is not lifted.
    """
    answers = list(members)
    if rulebook.lifting == Lifting.BEFORE:
        return answers
    plan = current_plan()
    if not plan.begins_at_once:
        return answers
    member_ids = {each.member_id for each in purchases}
    tally = tally_for(purchases, rulebook)
    batch = _Batch(rulebook, _of_one_period(plan), _opened(member_ids), tally)
    left_out = _known(purchases) | _fixed_by_hand(purchases, member_ids)
    for n in sorted(range(len(purchases)), key=lambda n: purchases[n].occurred_at):
        if n not in left_out:
            answers[n] = batch.lifted(purchases[n], members[n], tier_ids[n])
    return answers


@dataclass
class _Batch:
    """The purchases of a list in their order, and what those before added."""

    rulebook: Rulebook
    plan: Plan
    opened: dict[int, datetime]
    tally: Tally | None
    gains: list[tuple[int, datetime, Counter[str]]] = field(default_factory=list)
    days: set[tuple[int, date]] = field(default_factory=set)

    def lifted(
        self, purchase: NewPurchase, member: MemberThen, tier_id: int | None
    ) -> MemberThen:
        """Return the member as the purchase earns, and remember what it adds."""
        held = 1 + self.plan.tier_ids.index(tier_id) if tier_id else 0
        if held == len(self.plan.rungs):
            return member
        before = self._before(purchase)
        rank = max(held, self.plan.rank_of(before))
        member = member._replace(tier=self._tier(rank))
        gained = self._gained(purchase, member)
        whole = gained + self._visit(purchase)
        self.gains.append((purchase.member_id, purchase.occurred_at, whole))
        if self.rulebook.lifting == Lifting.AFTER:
            rank = max(rank, self.plan.rank_of(before + whole))
            return member._replace(tier=self._tier(rank))
        parts = parts_by_rank(self.plan, rank, before=before, gained=gained)
        if len(parts) == 1:
            return member
        rise = [Part(share, self._tier(rank)) for share, rank in parts]
        return member._replace(rise=rise)

    def _tier(self, rank: int) -> TierBenefit | None:
        return self.rulebook.tiers[self.plan.tier_ids[rank - 1]] if rank else None

    def _before(self, purchase: NewPurchase) -> Counter[str]:
        member_id, at = purchase.member_id, purchase.occurred_at
        counters = Counter(counters_of(member_id, self.plan, at=at).get(0, {}))
        for other_id, then, gained in self.gains:
            if other_id == member_id and self._counts(then, at, member_id):
                counters.update(gained)
        return counters

    def _counts(self, then: datetime, at: datetime, member_id: int) -> bool:
        window, opened_at = self.plan.window, self.opened[member_id]
        if window.is_periodic:
            number = window.number_at(at, opened_at)
            return window.number_at(then, opened_at) == number
        start = window.rolling_start(at)
        return start is None or then > start

    def _gained(self, purchase: NewPurchase, member: MemberThen) -> Counter[str]:
        earned = outcome_of(
            event_of(purchase, member, self.rulebook.terms.basis),
            member_id=purchase.member_id,
            tier=member.tier,
            rulebook=self.rulebook,
            tally=self.tally,
        )
        return Counter(
            {POINTS: earned.outcome.qualifying, SPEND: purchase.amount_minor}
        )

    def _visit(self, purchase: NewPurchase) -> Counter[str]:
        """Return the day of the purchase, where no purchase before it counted it."""
        asked = {VISITS, ACTIVE_DAYS} & set(self.plan.counters)
        zone = self.plan.window.zone
        day = day_of(purchase.occurred_at, zone)
        if not asked or (purchase.member_id, day) in self.days:
            return Counter()
        self.days.add((purchase.member_id, day))
        span = (start_of_day(day, zone), purchase.occurred_at)
        visited = Purchase.objects.filter(
            member_id=purchase.member_id, voided_at=None, occurred_at__range=span
        ).exists()
        happened = Entry.objects.filter(
            account_id=purchase.member_id, kind="bonus", occurred_at__range=span
        ).exclude(source=GIFT_SOURCE)
        return Counter(
            {
                VISITS: int(not visited),
                ACTIVE_DAYS: int(not visited and not happened.exists()),
            }
        )


def _of_one_period(plan: Plan) -> Plan:
    """Return the plan without what earlier periods have left."""
    rungs = tuple(replace(rung, is_for_life=False) for rung in plan.rungs)
    return replace(plan, rungs=rungs, valid_periods=0, downgrade=FULL, grace_days=0)


def _opened(member_ids: set[int]) -> dict[int, datetime]:
    accounts = Account.objects.filter(pk__in=member_ids)
    return dict(accounts.values_list("pk", "opened_at"))


def _known(purchases: Sequence[NewPurchase]) -> set[int]:
    asked = [(n, each.source, each.source_id) for n, each in enumerate(purchases)]
    return {row[0] for row in sql.run(EXISTING, given={ASKED: asked})}


def _fixed_by_hand(purchases: Sequence[NewPurchase], member_ids: set[int]) -> set[int]:
    exact = TierAssignment.objects.filter(
        account__in=member_ids,
        kind=TierAssignment.Kind.EXACT,
        state=TierAssignment.State.ACTIVE,
    )
    ends = dict(exact.values_list("account_id", "ends_at"))
    return {
        n
        for n, each in enumerate(purchases)
        if each.member_id in ends
        and ((end := ends[each.member_id]) is None or each.occurred_at < end)
    }
