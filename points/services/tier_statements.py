"""The statements that find who holds another tier than the plan says, and move them."""

from datetime import datetime
from typing import Any, NamedTuple

from points.services.tier_counters import (
    COLUMNS,
    Scope,
    counting,
    counting_params,
    local_day,
    membership_year,
)
from points.tiering.plan import POINTS, Plan
from points.tiering.windows import ANNIVERSARY

Statement = tuple[str, dict[str, Any]]

_WANTED = """
SELECT a.member_id, a.tier_id AS from_id, w.rank,
  (%(tier_ids)s::bigint[])[w.rank] AS to_id, {evidence}
FROM points_account a
LEFT JOIN ({natural}) n ON n.account_id = a.member_id {beside},
LATERAL (SELECT {rank} AS rank) w
WHERE {of_members} AND a.tier_id IS DISTINCT FROM (%(tier_ids)s::bigint[])[w.rank]
"""

_MOVE = """
WITH wanted AS MATERIALIZED ({wanted}),
change AS (
  INSERT INTO points_tierchange
    (account_id, from_tier_id, to_tier_id, at, cause, qualifying, evidence)
  SELECT member_id, from_id, to_id, %(at)s,
    CASE {by_hand} {given}
      WHEN rank > coalesce(array_position(%(tier_ids)s::bigint[], from_id), 0)
      THEN 'upgrade' ELSE 'downgrade' END,
    qualifying, {evidence}
  FROM wanted
)
UPDATE points_account a SET tier_id = w.to_id, tier_since = %(at)s
FROM wanted w WHERE a.member_id = w.member_id
RETURNING a.member_id, CASE
  WHEN w.rank > coalesce(array_position(%(tier_ids)s::bigint[], w.from_id), 0)
  THEN w.to_id END
"""

_REACHED = "GREATEST(n.rank, %(rank_of_nothing)s)"
_REACHED_OR_KEPT = "GREATEST(n.rank, k.rank, %(rank_of_nothing)s)"
# What somebody keeps of earlier terms.
_KEPT = """
LEFT JOIN (
  SELECT account_id, max(array_position(%(tier_ids)s::bigint[], tier_id)) AS rank
  FROM points_tierkeep WHERE ends_at IS NULL OR ends_at > %(at)s GROUP BY 1
) k ON k.account_id = a.member_id
"""
# What somebody gave by hand, of the few who have it. While it lasts, a move is by hand
# if the natural tier is another one; the first move after it is its end.
_HELD_BY_HAND = """
LEFT JOIN (
  SELECT account_id, public_id, kind, tier_id AS assigned_id,
    array_position(%(tier_ids)s::bigint[], tier_id) AS rank
  FROM points_tierassignment
  WHERE state = 'active' AND (ends_at IS NULL OR ends_at > %(at)s)
) h ON h.account_id = a.member_id
"""
_RANK_BY_HAND = """
CASE WHEN h.kind = 'exact' THEN h.rank ELSE GREATEST({natural}, h.rank) END
"""
_CAUSE_BY_HAND = """
WHEN by_hand IS NOT NULL AND rank <> natural_rank THEN 'manual'
WHEN by_hand IS NULL AND (
  SELECT c.cause FROM points_tierchange c WHERE c.account_id = wanted.member_id
  ORDER BY c.at DESC, c.id DESC LIMIT 1) = 'manual' THEN 'manual_end'
"""
_MOVES = """
SELECT coalesce(f.slug, ''), coalesce(t.slug, ''),
  w.rank > coalesce(array_position(%(tier_ids)s::bigint[], w.from_id), 0),
  count(*), (array_agg(w.member_id ORDER BY w.member_id))[1:5]
FROM ({wanted}) w
LEFT JOIN points_tier f ON f.id = w.from_id LEFT JOIN points_tier t ON t.id = w.to_id
GROUP BY 1, 2, 3
"""
ANY_BESIDE = """
SELECT EXISTS (SELECT FROM points_tierassignment WHERE state IN ('active', 'ended')),
  EXISTS (SELECT FROM points_tierkeep)
"""
_FALLING = """
SELECT w.member_id, w.from_id, o.opened_at
FROM ({wanted}) w JOIN points_account o ON o.member_id = w.member_id
WHERE coalesce(w.rank, 0) < array_position(%(tier_ids)s::bigint[], w.from_id)
ORDER BY 1
"""


class Beside(NamedTuple):
    """What decides beside the counters, where there is any of it."""

    by_hand: bool = False
    kept: bool = False

    @property
    def natural(self) -> str:
        """Return the rank without what was given by hand."""
        return _REACHED_OR_KEPT if self.kept else _REACHED

    @property
    def joins(self) -> str:
        """Return the joins to the accounts `a`."""
        return (_KEPT if self.kept else "") + (_HELD_BY_HAND if self.by_hand else "")

    @property
    def rank(self) -> str:
        """Return the rank to hold."""
        if self.by_hand:
            return _RANK_BY_HAND.format(natural=self.natural)
        return self.natural


def misplaced(plan: Plan, scope: Scope, at: datetime, *, beside: Beside) -> Statement:
    """Select the members who hold another tier than they should."""
    wanted = _wanted(plan, scope, beside)
    statement = f"SELECT member_id FROM ({wanted}) wanted"  # noqa: S608 -- put together from constants
    return statement, _params(plan, scope, at)


def counting_moves(
    plan: Plan, scope: Scope, at: datetime, *, beside: Beside
) -> Statement:
    """Select (tier from, tier to, is up, how many, some members) of the moves."""
    wanted = _wanted(plan, scope, beside)
    return _MOVES.format(wanted=wanted), _params(plan, scope, at)


def moving(
    plan: Plan,
    scope: Scope,
    at: datetime,
    *,
    beside: Beside,
    cause: str | None = None,
) -> Statement:
    """Move the members, whose accounts are locked, and write their history.

    Returns (member, the tier they came up to, None of who went down).
    Without a `cause` of its own a move is an upgrade or a downgrade.
    """
    others = [COLUMNS[name] for name in plan.counters if name != POINTS]
    if beside.by_hand:
        others.append("by_hand")
    pairs = ", ".join(f"'{name}', {name}" for name in others)
    statement = _MOVE.format(
        wanted=_wanted(plan, scope, beside),
        by_hand=_CAUSE_BY_HAND if beside.by_hand else "",
        given="WHEN %(cause)s::text IS NOT NULL THEN %(cause)s::text" if cause else "",
        evidence=f"jsonb_build_object({pairs})" if others else "NULL::jsonb",
    )
    return statement, _params(plan, scope, at) | {"cause": cause}


def falling(plan: Plan, scope: Scope, at: datetime, *, beside: Beside) -> Statement:
    """Select (member, tier held, opened at) of who would hold a lower tier."""
    wanted = _wanted(plan, scope, beside)
    return _FALLING.format(wanted=wanted), _params(plan, scope, at)


def _wanted(plan: Plan, scope: Scope, beside: Beside) -> str:
    columns = _evidence_columns(plan)
    shown = [f"coalesce(n.{name}, 0) AS {name}" for name in columns]
    if beside.by_hand:
        shown += ["h.public_id AS by_hand", f"{beside.natural} AS natural_rank"]
    return _WANTED.format(
        evidence=", ".join(shown),
        beside=beside.joins,
        rank=beside.rank,
        natural=_natural(plan, scope),
        of_members=scope.of("a.member_id"),
    )


def _natural(plan: Plan, scope: Scope) -> str:
    """Return the select of (account_id, rank, counters of the present period)."""
    counters = counting(plan, scope)
    columns = _evidence_columns(plan)
    if not plan.window.is_periodic or not _needs_periods(plan):
        shown = ", ".join(columns)
        return f"SELECT account_id, {_rank(plan)} AS rank, {shown} FROM ({counters}) c"  # noqa: S608 -- put together from constants
    shown = ", ".join(
        f"sum({name}) FILTER (WHERE ago = 0) AS {name}" for name in columns
    )
    begun = "" if plan.begins_at_once else " AND ago > 0"
    return f"""
    SELECT account_id, max(({_HELD})[
        GREATEST(ago - {_shift(plan)}, 0) * {len(plan.rungs) + 1} + rank + 1]
      ) FILTER (WHERE ago BETWEEN 0 AND {plan.periods_back}{begun}) AS rank, {shown}
    FROM (SELECT *, {_rank(plan)} AS rank FROM ({counters}) c) ranked
    {_opened(plan)} GROUP BY account_id
    """  # noqa: S608 -- put together from constants


_HELD = "%(held)s::int[]"


def _needs_periods(plan: Plan) -> bool:
    is_plain = plan.periods_back == 0 and plan.begins_at_once
    return plan.window.kind == ANNIVERSARY or not is_plain


def _shift(plan: Plan) -> str:
    """Return how many periods ago that one was by which validity is judged."""
    if plan.window.kind != ANNIVERSARY:
        return "%(shift)s::int"
    if not plan.grace_days:
        return "0"
    joined = local_day("o.opened_at")
    now = membership_year(local_day("%(at)s::timestamptz"), joined)
    judged = membership_year(local_day("%(valid_at)s::timestamptz"), joined)
    return f"({now} - {judged})"


def _opened(plan: Plan) -> str:
    if plan.window.kind != ANNIVERSARY:
        return ""
    return "JOIN points_account o ON o.member_id = account_id"


def _rank(plan: Plan) -> str:
    """Return the highest rank that the counters of a row reach."""
    reached = []
    for rank, rung in reversed(list(enumerate(plan.rungs, start=1))):
        link = " AND " if rung.needs_all else " OR "
        tests = [f"{COLUMNS[name]} >= {least}" for name, least in rung.criteria.items()]
        reached.append(f"WHEN {link.join(tests)} THEN {rank}")
    return f"CASE {' '.join(reached)} ELSE 0 END" if reached else "0"


def _evidence_columns(plan: Plan) -> list[str]:
    return [COLUMNS[name] for name in dict.fromkeys((POINTS, *plan.counters))]


def _params(plan: Plan, scope: Scope, at: datetime) -> dict[str, Any]:
    params = counting_params(plan, at) | scope.params
    params |= {"tier_ids": plan.tier_ids, "rank_of_nothing": plan.rank_of_nothing}
    if not plan.window.is_periodic or not _needs_periods(plan):
        return params
    ranks = range(len(plan.rungs) + 1)
    ages = range(plan.periods_back + 1)
    params["held"] = [plan.held_after(rank, age) for age in ages for rank in ranks]
    valid_at = plan.valid_at(at)
    if plan.window.kind == ANNIVERSARY:
        return params | {"valid_at": valid_at}
    number = plan.window.number_at
    return params | {"shift": number(at, at) - number(valid_at, at)}
