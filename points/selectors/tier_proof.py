"""Which tier everybody should hold, worked out plainly, apart from the recompute.

Every activity is a fact of its own; periods are dates one after the other, found by
range; a tier is reached where its criteria, row by row, are met.
"""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from points import sql
from points.selectors.tier_plan import current_plan
from points.sql import Given
from points.tiering.plan import ACTIVE_DAYS, EVENTS, POINTS, SPEND, VISITS, Plan
from points.tiering.windows import ANNIVERSARY, LIFETIME, MONTHS_OF

RUNGS = Given(
    "rungs",
    "rank int, tier_id bigint, counter text, least bigint, needs_all bool,"
    " is_for_life bool",
)

_CAME_BACK = """
(SELECT coalesce(sum(r.amount_minor), 0) FROM points_refund r WHERE r.purchase_id = p.id)
"""
_SPENT = f"""
SELECT p.member_id AS account_id, p.occurred_at AS at, {{counter}} AS counter,
  {{value}} AS value
FROM points_purchase p WHERE p.voided_at IS NULL AND p.occurred_at <= %(at)s
  AND (p.amount_minor > {_CAME_BACK} OR {_CAME_BACK} = 0 OR {{is_spend}})
"""  # noqa: S608 -- put together from constants
_GIVEN = """
SELECT e.account_id, e.occurred_at, {counter}, 1
FROM points_entry e LEFT JOIN points_entry r ON r.reverses_id = e.id
WHERE (e.kind = 'bonus' AND e.source <> 'tier' OR e.source = 'merged event')
  AND r.id IS NULL AND e.occurred_at <= %(at)s
"""
FACTS = {
    POINTS: """
    SELECT account_id, qualifies_at AS at, 'threshold' AS counter, qualifying AS value
    FROM points_entry WHERE qualifying <> 0 AND qualifies_at <= %(at)s
    """,
    SPEND: _SPENT.format(
        counter="'spend_minor'",
        value=f"p.amount_minor - {_CAME_BACK}",
        is_spend="true",
    ),
    VISITS: _SPENT.format(counter="'visits'", value="1", is_spend="false"),
    EVENTS: _GIVEN.format(counter="'bonus_events'"),
    ACTIVE_DAYS: _SPENT.format(counter="'active_days'", value="1", is_spend="false")
    + " UNION ALL "
    + _GIVEN.format(counter="'active_days'"),
}

EVERYBODY = "points_account"
THESE = "(SELECT * FROM points_account WHERE member_id = ANY(%(these)s::bigint[]))"

_ROLLING = """
SELECT a.member_id AS account_id, 0 AS ago, {start} AS start_at, {end} AS end_at
FROM {accounts} a
"""
# The periods of an account from the present one, 0, back; each ends where the one after
# it starts.
_PERIODIC = """
SELECT account_id, (row_number() OVER newest)::int - 1 AS ago, start_at,
  coalesce(lag(start_at) OVER newest, 'infinity') AS end_at
FROM (
  SELECT a.member_id AS account_id,
    (({first} + make_interval(months => n * %(months)s))::timestamp
      AT TIME ZONE %(zone)s) AS start_at
  FROM {accounts} a, generate_series({numbers}) n
) starts
WHERE start_at <= %(day)s
WINDOW newest AS (PARTITION BY account_id ORDER BY start_at DESC)
"""

EXPECTED = """
WITH rung AS (SELECT * FROM {rungs}),
fact(account_id, at, counter, value) AS ({facts}),
period AS MATERIALIZED (SELECT * FROM ({periods}) p WHERE ago <= %(periods_back)s),
counter AS (
  SELECT p.account_id, p.ago, f.counter,
    CASE WHEN f.counter IN ('visits', 'active_days')
      THEN count(DISTINCT (f.at AT TIME ZONE %(zone)s)::date)
      ELSE sum(f.value) END AS value
  FROM period p JOIN fact f
    ON f.account_id = p.account_id AND f.at >= p.start_at AND f.at < p.end_at
  GROUP BY 1, 2, 3
),
active AS (SELECT DISTINCT account_id, ago FROM counter),
reached AS (
  SELECT a.account_id, a.ago, r.rank
  FROM active a CROSS JOIN rung r LEFT JOIN counter c
    ON c.account_id = a.account_id AND c.ago = a.ago AND c.counter = r.counter
  GROUP BY a.account_id, a.ago, r.rank
  HAVING CASE WHEN bool_and(r.needs_all)
    THEN bool_and(coalesce(c.value, 0) >= r.least)
    ELSE bool_or(coalesce(c.value, 0) >= r.least) END
),
judged AS (
  SELECT account_id, count(*) FILTER (WHERE start_at > %(valid_at)s) AS shift
  FROM period GROUP BY 1
),
held AS (
  SELECT r.account_id, r.rank, r.ago,
    GREATEST(r.ago - j.shift, 0) - %(valid_periods)s AS overdue
  FROM reached r JOIN judged j USING (account_id)
  WHERE r.ago >= %(youngest)s
),
kept AS (
  SELECT account_id, CASE WHEN overdue <= 0 OR %(downgrade)s = 'none' THEN rank
    ELSE GREATEST(CASE WHEN %(downgrade)s = 'one_step' THEN rank - overdue ELSE 0 END,
      (SELECT coalesce(max(l.rank), 0) FROM rung l
       WHERE l.is_for_life AND l.rank <= held.rank)) END AS rank
  FROM held
),
nothing AS (
  SELECT coalesce(max(rank), 0) AS rank FROM (
    SELECT rank FROM rung GROUP BY rank
    HAVING CASE WHEN bool_and(needs_all) THEN max(least) ELSE min(least) END = 0
  ) free
),
spared AS (
  SELECT s.account_id, max(r.rank) AS rank
  FROM points_tierkeep s JOIN rung r USING (tier_id)
  WHERE NOT coalesce(s.ends_at <= %(day)s, false)
  GROUP BY 1
),
natural_rank AS (
  SELECT a.member_id,
    GREATEST(max(k.rank), (SELECT rank FROM nothing), max(s.rank)) AS rank
  FROM {accounts} a LEFT JOIN kept k ON k.account_id = a.member_id
  LEFT JOIN spared s ON s.account_id = a.member_id
  GROUP BY 1
)
SELECT a.member_id, a.tier_id, t.tier_id
FROM {accounts} a JOIN natural_rank n USING (member_id)
LEFT JOIN (
  SELECT DISTINCT s.account_id, s.kind, r.rank
  FROM points_tierassignment s JOIN rung r USING (tier_id)
  WHERE s.state = 'active' AND NOT coalesce(s.ends_at <= %(day)s, false)
) s ON s.account_id = a.member_id
LEFT JOIN (SELECT DISTINCT rank, tier_id FROM rung) t ON t.rank =
  CASE s.kind WHEN 'exact' THEN s.rank ELSE GREATEST(n.rank, s.rank) END
WHERE NOT a.tier_is_due AND a.tier_id IS DISTINCT FROM t.tier_id
"""


def misplaced_by(
    *, day: datetime, at: datetime, member_ids: Collection[int] | None = None
) -> dict[int, tuple[int | None, int | None]]:
    """Return (tier held, tier expected) of who holds a wrong one and is not due.

    Expected by the windows of `day` and what had happened by `at`. Looks at everybody, or
    at `member_ids` alone.
    """
    plan = current_plan()
    facts = [FACTS[name] for name in plan.counters] or [FACTS[POINTS]]
    accounts = EVERYBODY if member_ids is None else THESE
    statement = EXPECTED.format(
        rungs=RUNGS,
        accounts=accounts,
        facts=" UNION ALL ".join(facts),
        periods=_periods(plan, accounts),
    )
    params = _params(plan, day, at) | {"these": list(member_ids or ())}
    rows = sql.run(statement, params, {RUNGS: _rungs(plan)})
    return {member_id: (found, expected) for member_id, found, expected in rows}


def _rungs(plan: Plan) -> list[tuple[Any, ...]]:
    return [
        (rank, rung.tier_id, name, least, rung.needs_all, rung.is_for_life)
        for rank, rung in enumerate(plan.rungs, start=1)
        for name, least in rung.criteria.items()
    ]


def _periods(plan: Plan, accounts: str) -> str:
    if not plan.window.is_periodic:
        # A rolling window leaves its first instant out.
        start = "'-infinity'::timestamptz"
        if plan.window.kind != LIFETIME:
            start = "%(window_start)s::timestamptz + interval '1 microsecond'"
        end = "'infinity'::timestamptz"
        return _ROLLING.format(accounts=accounts, start=start, end=end)
    if plan.window.kind == ANNIVERSARY:
        joined = "(a.opened_at AT TIME ZONE %(zone)s)::date"
        years = f"extract(year FROM %(day)s)::int - extract(year FROM {joined})::int"
        numbers = f"{years} - %(periods_back)s - 1, {years} + 1"
        return _PERIODIC.format(accounts=accounts, first=joined, numbers=numbers)
    first = "make_date(extract(year FROM %(day)s)::int - 1, %(start_month)s, 1)"
    numbers = "-%(periods_back)s, 36 / %(months)s"
    return _PERIODIC.format(accounts=accounts, first=first, numbers=numbers)


def _params(plan: Plan, day: datetime, at: datetime) -> dict[str, Any]:
    window = plan.window
    months = MONTHS_OF.get(window.kind, 1)
    return {
        "day": day,
        "at": at,
        "zone": window.zone.key,
        "window_start": window.rolling_start(day),
        "months": months,
        "start_month": window.start_month,
        "periods_back": plan.periods_back,
        "valid_at": plan.valid_at(day),
        "valid_periods": plan.valid_periods,
        "downgrade": plan.downgrade,
        "youngest": 0 if plan.begins_at_once or not window.is_periodic else 1,
    }
