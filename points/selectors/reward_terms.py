"""What a reward asks of a member, and why it cannot be had: one answer for all doors."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.periods import Period, add_months, day_of, month_of, start_of_day
from points import sql
from points.errors.rewards import (
    LimitReached,
    NotForThisTier,
    OutOfStock,
    RewardNotOnOffer,
)
from points.models import Reward

TERMS = """
SELECT r.id, coalesce(t.cost_points, r.cost_points), r.is_active, r.starts_at, r.ends_at,
  NOT r.is_exclusive OR coalesce(t.is_admitted, false), {pieces}, r.limit_per_member,
  r.limit_per_period, r.limit_period, r.valid_days, r.money_minor, r.value_minor,
  r.needs_approval
FROM points_reward r
LEFT JOIN points_rewardtier t ON t.reward_id = r.id AND t.tier_id = %(tier_id)s
LEFT JOIN points_rewardstock s ON s.reward_id = r.id
"""
LIMITED = sql.Given("limited", "reward_id bigint, since timestamptz")
# What was given back does not count, what is held does.
USED = f"""
SELECT reward_id, count(*), count(*) FILTER (WHERE at >= since) FROM (
  SELECT limited.reward_id, limited.since, r.at
  FROM {LIMITED} JOIN points_redemption r ON r.reward_id = limited.reward_id
  WHERE r.account_id = %(account_id)s AND r.state NOT IN ('cancelled', 'reversed')
  UNION ALL
  SELECT limited.reward_id, limited.since, h.placed_at
  FROM {LIMITED} JOIN points_hold h ON h.reward_id = limited.reward_id
  WHERE h.account_id = %(account_id)s AND h.state = 'held' AND h.expires_at > %(at)s
) used GROUP BY 1
"""  # noqa: S608 -- put together from constants
OFFERED = TERMS.format(pieces="s.pieces") + "WHERE r.id = ANY(%(ids)s::bigint[])"


class Terms(NamedTuple):
    """A row of `TERMS`: the reward as it is for members of one tier.

    `pieces` are those that can be taken, None without a limit.
    """

    reward_id: int
    cost_points: int
    is_active: bool
    starts_at: datetime | None
    ends_at: datetime | None
    is_admitted: bool
    pieces: int | None
    limit_per_member: int | None
    limit_per_period: int | None
    limit_period: str
    valid_days: int | None
    money_minor: int
    value_minor: int
    needs_approval: bool = False

    @property
    def is_limited(self) -> bool:
        """Whether it matters how often a member has had it."""
        return self.limit_per_member is not None or self.limit_per_period is not None


class Used(NamedTuple):
    """How often a member has had a reward: ever, and in the period of its limit."""

    ever: int = 0
    lately: int = 0


def voucher_end(
    valid_days: int | None, at: datetime, zone: ZoneInfo
) -> datetime | None:
    """Return when a voucher of that instant ends: after `valid_days` whole days."""
    if valid_days is None:
        return None
    return start_of_day(day_of(at, zone) + timedelta(days=valid_days + 1), zone)


def limit_period(unit: str, at: datetime, zone: ZoneInfo) -> Period:
    """Return the day, the week from Monday, the month or the year of that instant."""
    day = day_of(at, zone)
    if unit == Reward.LimitPeriod.DAY:
        return Period(day, day + timedelta(days=1))
    if unit == Reward.LimitPeriod.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(monday, monday + timedelta(days=7))
    if unit == Reward.LimitPeriod.YEAR:
        first = day.replace(month=1, day=1)
        return Period(first, add_months(first, 12))
    return month_of(day)


def problem_of(
    terms: Terms, used: Used, *, at: datetime, zone: ZoneInfo
) -> DomainError | None:
    """Return why nobody, or not this member, can have the reward now; points apart."""
    if not terms.is_active:
        return RewardNotOnOffer(at=at)
    if terms.starts_at and at < terms.starts_at:
        return RewardNotOnOffer(since=terms.starts_at, at=at)
    if terms.ends_at and at >= terms.ends_at:
        return RewardNotOnOffer(since=terms.ends_at, at=at)
    if not terms.is_admitted:
        return NotForThisTier()
    problem = _limit_reached(terms, used, at, zone)
    return OutOfStock() if problem is None and terms.pieces == 0 else problem


def _limit_reached(
    terms: Terms, used: Used, at: datetime, zone: ZoneInfo
) -> LimitReached | None:
    if terms.limit_per_member is not None and used.ever >= terms.limit_per_member:
        return LimitReached(limit=terms.limit_per_member, until=None)
    if terms.limit_per_period is not None and used.lately >= terms.limit_per_period:
        _start, end = limit_period(terms.limit_period, at, zone).as_datetimes(zone)
        return LimitReached(limit=terms.limit_per_period, until=end)
    return None


def used_by(
    account_id: int, terms: Iterable[Terms], *, at: datetime, zone: ZoneInfo
) -> Mapping[int, Used]:
    """Return how often the member has had the limited ones among the rewards."""
    limited = [
        (
            each.reward_id,
            limit_period(each.limit_period, at, zone).as_datetimes(zone)[0],
        )
        for each in terms
        if each.is_limited
    ]
    if not limited:
        return {}
    rows = sql.run(USED, {"account_id": account_id, "at": at}, {LIMITED: limited})
    return {reward_id: Used(ever, lately) for reward_id, ever, lately in rows}


def terms_for(*, tier_id: int | None, reward_ids: list[int]) -> dict[int, Terms]:
    """Return the terms of the rewards for members of a tier."""
    rows = sql.run(OFFERED, {"tier_id": tier_id, "ids": reward_ids})
    return {row[0]: Terms(*row) for row in rows}
