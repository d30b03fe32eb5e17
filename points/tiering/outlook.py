"""What becomes of a member's tier if nothing more is collected."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from loyalty_site.lib.periods import add_days_at
from points.tiering.plan import POINTS, Counters, Plan


@dataclass(frozen=True)
class Outlook:
    """The rank held now, until when, and what then; `ends_at` is exclusive.

    `stay_by` is until when `missing` must be collected for the rank to go on. `coming`
    was reached already and begins at `begins_at`.
    """

    rank: int
    ends_at: datetime | None = None
    rank_then: int = 0
    missing: Counters | None = None
    stay_by: datetime | None = None
    coming: int = 0
    begins_at: datetime | None = None


def outlook_by_periods(
    plan: Plan, counters: Mapping[int, Counters], *, at: datetime, joined_at: datetime
) -> Outlook:
    """Look along the coming ends of periods; `counters` by how many periods ago."""
    window = plan.window
    now = window.number_at(at, joined_at)
    reached = {now - ago: plan.rank_of(each) for ago, each in counters.items()}
    rank = plan.rank_at(at, joined_at, reached)
    next_start = window.start_of(now + 1, joined_at)
    coming = plan.rank_at(next_start, joined_at, reached)
    ends_at, rank_then = None, rank
    for instant in _ends(plan, now, joined_at):
        then = plan.rank_at(instant, joined_at, reached)
        if at < instant and then < rank:
            ends_at, rank_then = instant, then
            break
    must_stay = ends_at is not None and reached.get(now, 0) < rank
    return Outlook(
        rank=rank,
        ends_at=ends_at,
        rank_then=rank_then,
        missing=_missing(plan, rank, counters.get(0, {})) if must_stay else None,
        stay_by=next_start if must_stay else None,
        coming=coming if coming > rank else 0,
        begins_at=next_start if coming > rank else None,
    )


def outlook_rolling(
    plan: Plan, facts: Sequence[tuple[datetime, int]], *, at: datetime
) -> Outlook:
    """Look at when points leave a rolling window; `facts` are (instant, points)."""
    left = sum(points for _instant, points in facts)
    rank = plan.rank_of({POINTS: left})
    for instant, points in sorted(facts):
        left -= points
        leaves_at = plan.window.rolling_end(instant)
        then = plan.rank_of({POINTS: left})
        if then < rank and leaves_at is not None:
            ends_at = max(leaves_at, at)
            missing = _missing(plan, rank, {POINTS: left})
            return Outlook(rank, ends_at, then, missing, ends_at)
    return Outlook(rank)


def _ends(plan: Plan, now: int, joined_at: datetime) -> Iterator[datetime]:
    """Yield when validity and grace of the last and the coming periods end."""
    for ahead in range(-plan.periods_of_grace, plan.valid_periods + 2):
        border = plan.window.start_of(now + ahead, joined_at)
        yield add_days_at(border, plan.grace_days, plan.window.zone)


def _missing(plan: Plan, rank: int, counters: Counters) -> Counters:
    criteria = plan.rungs[rank - 1].criteria
    return {
        name: least - counters.get(name, 0)
        for name, least in criteria.items()
        if counters.get(name, 0) < least
    }
