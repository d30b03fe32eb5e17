"""How far a member is on the ladder of tiers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from loyalty_site.lib import formats
from points import sql
from points.models import Account, Tier
from points.selectors.tier_plan import current_terms, plan_of
from points.selectors.tier_words import criteria_words, needed_words, window_words
from points.services.tier_counters import (
    COLUMNS,
    counting,
    counting_params,
    members_scope,
)
from points.tiering.plan import (
    COUNTERS,
    POINTS,
    Counters,
    Plan,
    Rung,
)


@dataclass(frozen=True)
class Missing:
    """What one criterion of a tier still asks for; `percent` is of the way to it."""

    counter: str
    amount: int
    percent: int
    text: str


@dataclass(frozen=True)
class TierProgress:
    """Where a member stands in the window of this moment.

    `tier` is the one held. `missing` is what `following`, the tier after the one that
    the counters are for, still asks for: all of it, or one of it where `needs_all` is
    not set. `percent` is of the way there.
    """

    tier: Tier | None
    since: datetime | None
    following: Tier | None
    qualifying: int
    window: str
    missing: tuple[Missing, ...]
    needs_all: bool
    percent: int

    @property
    def needed(self) -> str:
        """What is missing, in words."""
        texts = [each.text for each in self.missing]
        return formats.together(texts) if self.needs_all else formats.listed(texts)


@dataclass(frozen=True)
class TierRow:
    """A tier with what it asks for in words, and how many members hold it."""

    tier: Tier
    criteria: str
    members: int


def progress_of(account: Account, *, at: datetime) -> TierProgress:
    """Return where the member stands at `at`; give the account with its tier loaded."""
    terms, tiers = current_terms(), list(Tier.objects.all())
    plan = plan_of(terms, tiers)
    counters = counters_of(account.pk, plan, at=at).get(0, {})
    rank = plan.rank_of(counters)
    following = tiers[rank] if rank < len(tiers) else None
    rung = plan.rungs[rank] if following else None
    missing = missing_for(rung, counters) if rung else ()
    percents = [each.percent for each in missing] or [100]
    return TierProgress(
        tier=account.tier,
        since=account.tier_since,
        following=following,
        qualifying=counters.get(POINTS, 0),
        window=window_words(terms),
        missing=missing,
        needs_all=rung.needs_all if rung else True,
        percent=min(percents) if rung is None or rung.needs_all else max(percents),
    )


def counters_of(
    member_id: int, plan: Plan, *, at: datetime
) -> dict[int, dict[str, int]]:
    """Return the counters of a member by period: 0 is the present one, 1 the one before."""
    counters = [name for name in COUNTERS if name in {POINTS, *plan.counters}]
    columns = ", ".join(COLUMNS[name] for name in counters)
    scope = members_scope([member_id])
    rows = sql.run(
        f"SELECT ago, {columns} FROM ({counting(plan, scope)}) c",  # noqa: S608 -- put together from constants
        counting_params(plan, at) | scope.params,
    )
    return {
        int(ago): {name: int(value) for name, value in zip(counters, row, strict=True)}
        for ago, *row in rows
    }


def missing_for(rung: Rung, counters: Counters) -> tuple[Missing, ...]:
    """Return what a tier asks for beyond the counters."""
    return tuple(
        Missing(
            counter=name,
            amount=least - counters.get(name, 0),
            percent=100 * max(counters.get(name, 0), 0) // max(least, 1),
            text=needed_words(name, least - counters.get(name, 0)),
        )
        for name, least in rung.criteria.items()
        if counters.get(name, 0) < least
    )


def ladder() -> list[TierRow]:
    """Return the tiers from the highest down, each with its members."""
    held = dict(
        Account.objects.exclude(tier=None)
        .values_list("tier")
        .annotate(members=Count("member"))
        .order_by()
    )
    return [
        TierRow(tier, criteria_words(tier), held.get(tier.pk, 0))
        for tier in reversed(Tier.objects.all())
    ]
