"""How far a member is on the ladder of tiers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from loyalty_site.lib import formats
from loyalty_site.lib.periods import day_of
from points import sql
from points.models import Account, Entry, Tier, TierAssignment, TierKeep
from points.selectors.tier_plan import current_terms, plan_of
from points.selectors.tier_words import criteria_words, needed_words, window_words
from points.services.tier_counters import (
    COLUMNS,
    counting,
    counting_params,
    members_scope,
)
from points.tiering.outlook import Outlook, outlook_by_periods, outlook_rolling
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
class Future:
    """What becomes of the tier that was reached; days are the last of their time.

    `tier_then` follows after `valid_through`, unless `stay_needed` is collected by
    `stay_by`. `coming` was reached and begins on `begins_on`.
    """

    valid_through: date | None
    tier_then: Tier | None
    stay_needed: str
    stay_by: date | None
    coming: Tier | None
    begins_on: date | None


@dataclass(frozen=True)
class TierProgress:
    """Where a member stands in the window of this moment.

    `tier` is the one held; `by_hand` is set while somebody gave it, and `natural` is
    the one reached. `kept` is one that the member keeps of earlier terms, above the
    natural. `missing` is what `following`, the tier above, still asks for: all of it,
    or one of it where `needs_all` is not set. `percent` is of the way there.
    """

    tier: Tier | None
    since: datetime | None
    by_hand: TierAssignment | None
    natural: Tier | None
    kept: TierKeep | None
    following: Tier | None
    qualifying: int
    window: str
    missing: tuple[Missing, ...]
    needs_all: bool
    percent: int
    future: Future

    @property
    def needed(self) -> str:
        """What is missing, in words."""
        return _joined([each.text for each in self.missing], needs_all=self.needs_all)


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
    counters = counters_of(account.pk, plan, at=at)
    now = counters.get(0, {})
    outlook = _outlook(account, plan, counters, at=at)
    rank = max(outlook.rank, outlook.coming, plan.rank_of(now))
    rung = plan.rungs[rank] if rank < len(tiers) else None
    missing = missing_for(rung, now) if rung else ()
    percents = [each.percent for each in missing] or [100]
    return TierProgress(
        tier=account.tier,
        since=account.tier_since,
        by_hand=by_hand_at(account.pk, at=at),
        natural=_tier(tiers, outlook.rank),
        kept=kept_at(account.pk, at=at, above=outlook.rank),
        following=tiers[rank] if rung else None,
        qualifying=now.get(POINTS, 0),
        window=window_words(terms),
        missing=missing,
        needs_all=rung.needs_all if rung else True,
        percent=min(percents) if rung is None or rung.needs_all else max(percents),
        future=_future(outlook, plan, tiers),
    )


def by_hand_at(member_id: int, *, at: datetime) -> TierAssignment | None:
    """Return what somebody gave the member and is in force at `at`."""
    active = TierAssignment.objects.filter(
        account_id=member_id, state=TierAssignment.State.ACTIVE
    ).first()
    return None if active is None or active.is_over(at) else active


def kept_at(member_id: int, *, at: datetime, above: int) -> TierKeep | None:
    """Return the highest tier above a rank that the member keeps of earlier terms."""
    keeps = TierKeep.objects.filter(account_id=member_id, tier__rank__gt=above)
    lasting = keeps.filter(Q(ends_at=None) | Q(ends_at__gt=at))
    return lasting.select_related("tier").order_by("-tier__rank", "-ends_at").first()


def _outlook(
    account: Account,
    plan: Plan,
    counters: Mapping[int, Counters],
    *,
    at: datetime,
) -> Outlook:
    if plan.window.is_periodic:
        joined_at = account.opened_at
        return outlook_by_periods(plan, counters, at=at, joined_at=joined_at)
    start = plan.window.rolling_start(at)
    if start is None or plan.counters != (POINTS,):
        # When something else leaves the window is not looked up for a page.
        return Outlook(plan.rank_of(counters.get(0, {})))
    facts = Entry.objects.filter(
        account=account, qualifies_at__gt=start, qualifies_at__lte=at
    ).exclude(qualifying=0)
    rows = list(facts.values_list("qualifies_at", "qualifying"))
    return outlook_rolling(plan, rows, at=at)


def _future(outlook: Outlook, plan: Plan, tiers: list[Tier]) -> Future:
    zone = plan.window.zone
    needs_all = not outlook.rank or plan.rungs[outlook.rank - 1].needs_all
    needed = [
        needed_words(name, amount) for name, amount in (outlook.missing or {}).items()
    ]
    return Future(
        valid_through=_last_day(outlook.ends_at, zone),
        tier_then=_tier(tiers, outlook.rank_then),
        stay_needed=_joined(needed, needs_all=needs_all),
        stay_by=_last_day(outlook.stay_by, zone),
        coming=_tier(tiers, outlook.coming),
        begins_on=day_of(outlook.begins_at, zone) if outlook.begins_at else None,
    )


def _tier(tiers: list[Tier], rank: int) -> Tier | None:
    return tiers[rank - 1] if rank else None


def _last_day(end: datetime | None, zone: ZoneInfo) -> date | None:
    """Return the last day before an exclusive end."""
    return day_of(end - timedelta(microseconds=1), zone) if end else None


def _joined(texts: list[str], *, needs_all: bool) -> str:
    return formats.together(texts) if needs_all else formats.listed(texts)


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
