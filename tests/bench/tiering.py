"""Tiers of everybody: all of them move, and nobody does."""

from datetime import datetime, timedelta

from django.db import connection

from points.services.tiers import recompute_all_tiers
from tests.bench.clock import now
from tests.bench.database import run
from tests.bench.results import Asked, Comparison, Section, compared
from tests.bench.scope import Scope
from tests.bench.timing import timed_in_turns

# Nobody has bought anything in the twelve months before that, so nobody has a tier.
YEARS_LATER = timedelta(days=3 * 365)
ASKED = Asked("≤ 2.00", at_most=2)
ROUNDS = 2

MOVE_EVERYBODY = """
WITH wanted AS (
  SELECT a.member_id, a.tier_id AS from_id, t.id AS to_id, q.points
  FROM points_account a
  LEFT JOIN (
    SELECT account_id, sum(qualifying) AS points FROM points_entry
    WHERE qualifying <> 0 AND qualifies_at <= %(at)s
      AND qualifies_at > %(at)s::timestamptz - interval '12 months'
    GROUP BY 1
  ) q ON q.account_id = a.member_id
  LEFT JOIN (
    SELECT id, threshold, lead(threshold) OVER (ORDER BY threshold) AS next
    FROM points_tier
  ) t ON t.threshold <= q.points AND (t.next IS NULL OR q.points < t.next)
  WHERE a.tier_id IS DISTINCT FROM t.id
),
change AS (
  INSERT INTO points_tierchange (account_id, from_tier_id, to_tier_id, at, cause,
    qualifying)
  SELECT member_id, from_id, to_id, %(at)s,
    CASE WHEN from_id IS NULL THEN 'upgrade' ELSE 'downgrade' END, coalesce(points, 0)
  FROM wanted
)
UPDATE points_account a SET tier_id = w.to_id, tier_since = %(at)s
FROM wanted w WHERE a.member_id = w.member_id
"""


def recompute_tiers(scope: Scope) -> list[Section]:
    """The whole of the nightly run against one statement."""
    at = now()
    rounds = min(scope.rounds, ROUNDS)

    def nobody_has_a_tier() -> None:
        run(MOVE_EVERYBODY, {"at": at + YEARS_LATER})
        run("VACUUM ANALYZE points_account")

    def everybody_has_theirs() -> None:
        run(MOVE_EVERYBODY, {"at": at})
        run("VACUUM ANALYZE points_account")

    moving = timed_in_turns(
        lambda: run(MOVE_EVERYBODY, {"at": at}),
        lambda: _recompute(at),
        rounds=rounds,
        before=nobody_has_a_tier,
    )
    everybody_has_theirs()
    resting = timed_in_turns(
        lambda: run(MOVE_EVERYBODY, {"at": at}), lambda: _recompute(at), rounds=rounds
    )
    return [
        compared(
            f"Tiers of {scope.members:,} members",
            Comparison("all of them move", "seconds", *moving, ASKED, is_time=True),
            Comparison("nobody moves", "seconds", *resting, ASKED, is_time=True),
            note="One process. A small ratio is good here.",
        )
    ]


def _recompute(at: datetime) -> None:
    recompute_all_tiers(at=at)
    connection.close()
