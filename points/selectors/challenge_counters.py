"""The statements that count what members did for a challenge, by account and period.

Counters are derived from purchases, refunds and events by when they happened, and kept
nowhere. Of a purchase counts what is left after refunds; voided ones do not count.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from loyalty_site.lib.periods import day_of, start_of_day
from points.models import Challenge, ChallengeGoal
from points.rules.spans import start_of
from points.services.tier_counters import KEPT_PURCHASES, Scope, local_day

Kind = ChallengeGoal.Kind

# Of the purchases of an account and period, in one look.
_OF_PURCHASES = {
    Kind.PURCHASES: "count(*) FILTER (WHERE is_visit AND spend >= %({goal}_least)s)",
    Kind.SPEND: "sum(spend)",
    Kind.VISITS: "count(DISTINCT day) FILTER (WHERE is_visit)",
}
_BY_PURCHASES = "SELECT account_id, ago, {columns} FROM purchases GROUP BY 1, 2"
_POINTS = """
SELECT purchases.account_id, ago, {columns} FROM purchases
JOIN points_entry e ON e.account_id = earned_account_id AND e.key = earned_key
GROUP BY 1, 2
"""
# A line counts by its pieces less those that came back; where only money came back, it
# counts until all of its money is back.
_PIECES = """
SELECT account_id, ago, {columns} FROM purchases
JOIN points_purchaseline l ON l.purchase_id = purchases.purchase_id
CROSS JOIN LATERAL (
  SELECT coalesce(sum(b.quantity), 0) AS quantity,
    coalesce(sum(b.amount_minor), 0) AS amount_minor
  FROM points_refundline b WHERE b.line_id = l.id
) back
WHERE is_visit AND lower(l.{column}) = lower(%({goal}_what)s)
  AND (l.amount_minor = 0 OR back.amount_minor < l.amount_minor)
GROUP BY 1, 2
"""
# What a membership did that was merged counts for the one that stayed.
_EVENTS = """
SELECT coalesce(m.merged_into_id, m.id) AS account_id, {period} AS ago, {columns}
FROM points_occasion o JOIN members_member m ON m.id = o.member_id
WHERE m.id IN (
    SELECT id FROM members_member WHERE {of_stayed} AND merged_into_id IS NULL
    UNION ALL
    SELECT id FROM members_member WHERE {of_merged}
  )
  AND o.name = %({goal}_what)s AND {counts}
GROUP BY 1, 2
"""
_COUNTED = """
WITH purchases AS MATERIALIZED ({purchases})
SELECT account_id, ago AS period, {sums} FROM ({sources}) s GROUP BY account_id, ago
"""
_REACHED = """
SELECT c.account_id, c.period, {counters}
FROM ({counted}) c
JOIN points_account a ON a.member_id = c.account_id
JOIN members_member m ON m.id = a.member_id AND m.closed_at IS NULL
LEFT JOIN points_tier t ON t.id = a.tier_id
WHERE ({is_reached}) AND coalesce(t.rank, 0) >= %({name}_rank)s AND NOT EXISTS (
  SELECT FROM points_challengeaward w JOIN members_member o ON o.id = w.account_id
  WHERE w.challenge_id = %({name}_id)s AND w.period = c.period
    AND c.account_id IN (o.id, o.merged_into_id)
)
ORDER BY c.account_id, c.period
"""


@dataclass(frozen=True)
class Counting:
    """A select and what it is given; several go into one statement."""

    statement: str
    params: dict[str, Any]


def period_of(challenge: Challenge, on: date, zone: ZoneInfo) -> date:
    """Return the first day of the time that the day is counted in.

    Of a challenge that is reached once it is the day on which it starts.
    """
    if challenge.repeat == Challenge.Repeat.ONCE:
        return day_of(challenge.starts_at, zone)
    return start_of(challenge.repeat, on)


def counted_since(
    challenge: Challenge, at: datetime, zone: ZoneInfo, *, late_days: int = 0
) -> datetime:
    """Return from when it is counted: the first period that is not settled by then."""
    if challenge.repeat == Challenge.Repeat.ONCE:
        return challenge.starts_at
    on = day_of(at - timedelta(days=late_days), zone)
    start = start_of_day(period_of(challenge, on, zone), zone)
    return max(challenge.starts_at, start)


def counting(
    challenge: Challenge, scope: Scope, *, since: datetime, zone: ZoneInfo
) -> Counting:
    """Return the select of (account_id, period, n0, n1, ...), a counter for each goal.

    Accounts that did nothing are missing.
    """
    name = f"c{challenge.pk}"
    goals = list(challenge.goals.all())
    parts = {
        "ago": _period(challenge, name, "p.occurred_at"),
        "day": local_day("p.occurred_at"),
        "opened": "",
        "of_refunded": scope.of("rp.member_id"),
        "of_account": scope.of("p.member_id"),
        "counts": _counts(name, "p.occurred_at"),
    }
    statement = _COUNTED.format(
        purchases=KEPT_PURCHASES.format(**parts),
        sums=", ".join(f"sum(n{n})::bigint AS n{n}" for n in range(len(goals))),
        sources=" UNION ALL ".join(_sources(challenge, name, goals, scope)),
    )
    params: dict[str, Any] = scope.params | {
        "zone": zone.key,
        f"{name}_id": challenge.pk,
        f"{name}_since": since,
        f"{name}_until": challenge.ends_at,
        f"{name}_period": period_of(challenge, day_of(since, zone), zone),
    }
    for n, goal in enumerate(goals):
        params |= {
            f"{name}_{n}_what": goal.what,
            f"{name}_{n}_least": goal.least_minor,
            f"{name}_{n}_target": goal.target,
        }
    return Counting(statement, params)


def reaching(
    challenge: Challenge, scope: Scope, *, since: datetime, zone: ZoneInfo
) -> Counting:
    """Return the select of those who reached it and have got nothing for it so far."""
    counted = counting(challenge, scope, since=since, zone=zone)
    name = f"c{challenge.pk}"
    numbers = range(len(challenge.goals.all()))
    word = " AND " if challenge.needs == Challenge.Needs.ALL else " OR "
    statement = _REACHED.format(
        name=name,
        counted=counted.statement,
        counters=", ".join(f"c.n{n}" for n in numbers),
        is_reached=word.join(f"c.n{n} >= %({name}_{n}_target)s" for n in numbers),
    )
    rank = challenge.tier.rank if challenge.tier else 0
    return Counting(statement, counted.params | {f"{name}_rank": rank})


def _sources(
    challenge: Challenge, name: str, goals: list[ChallengeGoal], scope: Scope
) -> list[str]:
    sources: list[str] = []
    in_one_look = {
        n: _OF_PURCHASES[Kind(goal.kind)].format(goal=f"{name}_{n}")
        for n, goal in enumerate(goals)
        if goal.kind in _OF_PURCHASES
    }
    if in_one_look:
        columns = _columns(goals, in_one_look)
        sources.append(_BY_PURCHASES.format(columns=columns))
    for n, goal in enumerate(goals):
        told = {"goal": f"{name}_{n}"}
        if goal.kind == Kind.POINTS:
            columns = _columns(goals, {n: "sum(e.points - points_back)"})
            sources.append(_POINTS.format(columns=columns))
        elif goal.kind in {Kind.SKU, Kind.CATEGORY}:
            pieces = "floor(sum(GREATEST(l.quantity - back.quantity, 0)))"
            columns = _columns(goals, {n: pieces})
            sources.append(_PIECES.format(columns=columns, column=goal.kind, **told))
        elif goal.kind == Kind.EVENTS:
            sources.append(
                _EVENTS.format(
                    columns=_columns(goals, {n: "count(*)"}),
                    period=_period(challenge, name, "o.occurred_at"),
                    of_stayed=scope.of("id"),
                    of_merged=scope.of("merged_into_id"),
                    counts=_counts(name, "o.occurred_at"),
                    **told,
                )
            )
    return sources


def _columns(goals: list[ChallengeGoal], given: dict[int, str]) -> str:
    return ", ".join(f"{given.get(n, '0')} AS n{n}" for n in range(len(goals)))


def _period(challenge: Challenge, name: str, at: str) -> str:
    if challenge.repeat == Challenge.Repeat.ONCE:
        return f"%({name}_period)s::date"
    return f"date_trunc('{challenge.repeat}', {at} AT TIME ZONE %(zone)s)::date"


def _counts(name: str, at: str) -> str:
    return f"{at} >= %({name}_since)s AND {at} < %({name}_until)s"
