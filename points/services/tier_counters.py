"""The statements that count what members collected, by account and period.

A period is told by `ago`: 0 is that of `at`, 1 the one before. Each source has the rows
(account_id, ago, ...) of its own counters; what reverses an activity counts where the
activity did.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty_site.lib.periods import add_months_at
from points.tiering.plan import (
    ACTIVE_DAYS,
    COUNTERS,
    EVENTS,
    POINTS,
    SPEND,
    VISITS,
    Plan,
)
from points.tiering.windows import ANNIVERSARY

COLUMNS = {
    POINTS: "qualifying",
    SPEND: "spend",
    VISITS: "visits",
    ACTIVE_DAYS: "active_days",
    EVENTS: "bonus_events",
}
GIFT_SOURCE = "tier"
# What a merge writes at the membership that stays for each event of the other one.
MERGED_EVENT = "merged event"
IS_EVENT = f"""
(e.kind = 'bonus' AND e.source <> '{GIFT_SOURCE}' OR e.source = '{MERGED_EVENT}')
"""

QUALIFYING = """
SELECT account_id, {ago} AS ago, sum(qualifying) AS qualifying
FROM points_entry {opened} WHERE qualifying <> 0 AND {of_account} AND {counts}
GROUP BY 1, 2
"""

# What is left of each purchase; one that came back as a whole was no visit.
KEPT_PURCHASES = """
SELECT p.member_id AS account_id, {ago} AS ago, {day} AS day,
  p.amount_minor - coalesce(r.amount_minor, 0) AS spend,
  r.amount_minor IS NULL OR r.amount_minor < p.amount_minor AS is_visit,
  p.id AS purchase_id, coalesce(p.earned_account_id, p.member_id) AS earned_account_id,
  'earn:' || p.public_id AS earned_key, coalesce(r.points, 0) AS points_back
FROM points_purchase p LEFT JOIN (
  SELECT r.purchase_id, sum(r.amount_minor) AS amount_minor, sum(r.points) AS points
  FROM points_refund r JOIN points_purchase rp ON rp.id = r.purchase_id
  WHERE {of_refunded} GROUP BY 1
) r ON r.purchase_id = p.id {opened}
WHERE p.voided_at IS NULL AND {of_account} AND {counts}
"""
PURCHASES = f"""
SELECT account_id, ago, sum(spend) AS spend,
  count(DISTINCT day) FILTER (WHERE is_visit) AS visits
FROM ({KEPT_PURCHASES}) purchases GROUP BY 1, 2
"""  # noqa: S608 -- put together from constants

_HAPPENED = f"""
SELECT e.account_id, {{ago}} AS ago, {{day}} AS day
FROM points_entry e {{opened}}
WHERE {IS_EVENT} AND {{of_account}} AND {{counts}}
  AND NOT EXISTS (SELECT 1 FROM points_entry r WHERE r.reverses_id = e.id)
"""  # noqa: S608 -- put together from constants
HAPPENED = f"""
SELECT account_id, ago, count(*) AS bonus_events
FROM ({_HAPPENED}) happened GROUP BY 1, 2
"""  # noqa: S608 -- put together from constants


@dataclass(frozen=True)
class Scope:
    """Which accounts are looked at: a condition on a column, and its parameters."""

    condition: str
    params: dict[str, Any]

    def of(self, column: str) -> str:
        """Return the condition on that column."""
        return self.condition.format(column)


def members_scope(ids: list[int]) -> Scope:
    """Look at these members."""
    return Scope("{} = ANY(%(ids)s::bigint[])", {"ids": ids})


def span_scope(first: int, last: int) -> Scope:
    """Look at the members from `first` to `last`, inclusive."""
    return Scope("{} BETWEEN %(first)s AND %(last)s", {"first": first, "last": last})


def counting(plan: Plan, scope: Scope) -> str:
    """Return the select of (account_id, ago, counters that the plan asks for)."""
    asked = set(plan.counters) | {POINTS}
    sources = {"qualifying": _qualifying(plan, scope)}
    if asked & {SPEND, VISITS}:
        sources["spend, visits"] = _purchases(PURCHASES, plan, scope)
    if EVENTS in asked:
        sources["bonus_events"] = _happened(HAPPENED, plan, scope)
    if ACTIVE_DAYS in asked:
        sources["active_days"] = _active_days(plan, scope)
    if len(sources) == 1:
        return sources["qualifying"]
    return _added_up(sources)


def counting_params(plan: Plan, at: datetime) -> dict[str, Any]:
    """Return what `counting` of the plan is given beside the scope's parameters."""
    window = plan.window
    params: dict[str, Any] = {"at": at, "zone": window.zone.key}
    if not window.is_periodic:
        return params | {"window_start": window.rolling_start(at)}
    if window.kind == ANNIVERSARY:
        # A little further back than needed: the exact periods are cut afterwards.
        years = plan.periods_back + 1
        start = add_months_at(at, -12 * years, window.zone)
        return params | {"window_start": start}
    now = window.number_at(at, at)
    numbers = range(now - plan.periods_back, now + 1)
    starts = [window.start_of(number, at) for number in numbers]
    return params | {"starts": starts, "window_start": starts[0]}


def membership_year(day: str, joined: str) -> str:
    """Return the number of the membership year of a day, both as SQL dates.

    Somebody who joined on 29 February has the anniversary on the 28th of other years.
    """
    years = f"(extract(year FROM {day}) - extract(year FROM {joined}))::int"
    is_before = f"{day} < {joined} + make_interval(years => {years})"
    return f"({years} - ({is_before})::int)"


def local_day(column: str) -> str:
    """Return the programme's day of an instant."""
    return f"({column} AT TIME ZONE %(zone)s)::date"


def _qualifying(plan: Plan, scope: Scope) -> str:
    return QUALIFYING.format(**_parts(plan, scope, "qualifies_at", "account_id"))


def _purchases(statement: str, plan: Plan, scope: Scope) -> str:
    return statement.format(
        of_refunded=scope.of("rp.member_id"),
        **_parts(plan, scope, "p.occurred_at", "p.member_id"),
    )


def _happened(statement: str, plan: Plan, scope: Scope) -> str:
    return statement.format(**_parts(plan, scope, "e.occurred_at", "e.account_id"))


def _active_days(plan: Plan, scope: Scope) -> str:
    purchases = _purchases(KEPT_PURCHASES, plan, scope)
    happened = _happened(_HAPPENED, plan, scope)
    return f"""
    SELECT account_id, ago, count(DISTINCT day) AS active_days FROM (
      SELECT account_id, ago, day FROM ({purchases}) purchases WHERE is_visit
      UNION ALL {happened}
    ) days GROUP BY 1, 2
    """  # noqa: S608 -- put together from constants


def _parts(plan: Plan, scope: Scope, at: str, account: str) -> dict[str, str]:
    """Return what the sources have in common, for the columns of one of them."""
    return {
        "ago": _ago(plan, at),
        "opened": f"JOIN points_account o ON o.member_id = {account}"
        if plan.window.kind == ANNIVERSARY
        else "",
        "of_account": scope.of(account),
        "counts": _counts(plan, at),
        "day": local_day(at),
    }


def _ago(plan: Plan, at: str) -> str:
    if not plan.window.is_periodic:
        return "0"
    if plan.window.kind == ANNIVERSARY:
        joined = local_day("o.opened_at")
        now = membership_year(local_day("%(at)s::timestamptz"), joined)
        return f"{now} - {membership_year(local_day(at), joined)}"
    if not plan.periods_back:
        return "0"
    bucket = f"width_bucket({at}, %(starts)s::timestamptz[])"
    return f"{plan.periods_back + 1} - {bucket}"


def _counts(plan: Plan, at: str) -> str:
    """Return the condition that an instant counts; a rolling window starts after it."""
    if plan.window.is_periodic:
        return f"{at} >= %(window_start)s AND {at} <= %(at)s"
    until_now = f"{at} <= %(at)s"
    if plan.window.kind.startswith("rolling"):
        return f"{at} > %(window_start)s AND {until_now}"
    return until_now


def _added_up(sources: dict[str, str]) -> str:
    columns = [COLUMNS[name] for name in COUNTERS]
    rows = " UNION ALL ".join(
        f"SELECT account_id, ago, {_padded(given, columns)} FROM ({source}) s"  # noqa: S608 -- put together from constants
        for given, source in sources.items()
    )
    sums = ", ".join(f"sum({column})::bigint AS {column}" for column in columns)
    return f"SELECT account_id, ago, {sums} FROM ({rows}) s GROUP BY 1, 2"  # noqa: S608 -- as above


def _padded(given: str, columns: list[str]) -> str:
    has = given.split(", ")
    return ", ".join(name if name in has else f"0 AS {name}" for name in columns)
