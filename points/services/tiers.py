"""Recompute tiers: the members touched since, or everybody; both must agree."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.periods import add_months_at
from points import sql
from points.selectors.programme import current_programme

WINDOW_MONTHS = 12
TOUCHED_PER_CHUNK = 20_000
MEMBERS_PER_CHUNK = 100_000

CLAIM_TOUCHED = """
UPDATE points_account SET tier_is_due = false
WHERE member_id IN (
  SELECT member_id FROM points_account WHERE tier_is_due
  ORDER BY member_id LIMIT %(limit)s FOR UPDATE SKIP LOCKED)
RETURNING member_id
"""

LOCK_IN_ORDER = """
SELECT member_id FROM points_account
WHERE member_id = ANY(%(ids)s::bigint[]) ORDER BY member_id FOR UPDATE
"""

# Who holds another tier than the qualifying points of the window say. `window_start`
# is exclusive, `at` inclusive.
_WANTED = """
SELECT a.member_id, a.tier_id AS from_id, t.id AS to_id,
       coalesce(t.threshold, 0) AS to_threshold, coalesce(q.points, 0) AS qualifying
FROM points_account a
LEFT JOIN (
  SELECT account_id, sum(qualifying) AS points FROM points_entry
  WHERE qualifying <> 0 AND {of_accounts}
    AND qualifies_at > %(window_start)s AND qualifies_at <= %(at)s
  GROUP BY account_id
) q ON q.account_id = a.member_id
LEFT JOIN (
  SELECT id, threshold, lead(threshold) OVER (ORDER BY threshold) AS next_threshold
  FROM points_tier
) t ON t.threshold <= coalesce(q.points, 0)
   AND (t.next_threshold IS NULL OR coalesce(q.points, 0) < t.next_threshold)
WHERE {of_members} AND a.tier_id IS DISTINCT FROM t.id
"""

MISPLACED = _WANTED.format(
    of_accounts="account_id BETWEEN %(first)s AND %(last)s",
    of_members="a.member_id BETWEEN %(first)s AND %(last)s",
)

MOVE = f"""
WITH wanted AS MATERIALIZED ({
    _WANTED.format(
        of_accounts="account_id = ANY(%(ids)s::bigint[])",
        of_members="a.member_id = ANY(%(ids)s::bigint[])",
    )
}),
change AS (
  INSERT INTO points_tierchange
    (account_id, from_tier_id, to_tier_id, at, cause, qualifying)
  SELECT w.member_id, w.from_id, w.to_id, %(at)s,
    CASE WHEN f.threshold IS NULL OR w.to_threshold > f.threshold
         THEN 'upgrade' ELSE 'downgrade' END,
    w.qualifying
  FROM wanted w LEFT JOIN points_tier f ON f.id = w.from_id
)
UPDATE points_account a SET tier_id = w.to_id, tier_since = %(at)s
FROM wanted w WHERE a.member_id = w.member_id
RETURNING a.member_id
"""  # noqa: S608 -- put together from constants

LAST_MEMBER = "SELECT coalesce(max(member_id), 0) FROM points_account"


def recompute_touched_tiers(*, at: datetime) -> int:
    """Recompute members whose qualifying points changed; return how many moved.

    Each chunk commits by itself. The claim and the look at the entries are two
    statements on purpose: the second sees what was posted before the lock was had, and
    what is posted after it marks the account anew.
    """
    moved = 0
    while True:
        with transaction.atomic():
            rows = sql.run(CLAIM_TOUCHED, {"limit": TOUCHED_PER_CHUNK}, rows=1000)
            if not rows:
                return moved
            moved += _move([member_id for (member_id,) in rows], at)


def recompute_all_tiers(*, at: datetime) -> int:
    """Recompute everybody, in committed chunks of members; return how many moved.

    Also finds those whose points merely left the window. Looks without locks first and
    again under the lock before it moves anybody.
    """
    return sum(
        recompute_tiers_between(first=first, last=first + MEMBERS_PER_CHUNK - 1, at=at)
        for first in range(1, last_member_id() + 1, MEMBERS_PER_CHUNK)
    )


def last_member_id() -> int:
    """Return the highest id of an account, 0 without any."""
    [(last,)] = sql.run(LAST_MEMBER, {})
    return int(last)


@transaction.atomic
def recompute_tiers_between(*, first: int, last: int, at: datetime) -> int:
    """Recompute the accounts from `first` to `last`, inclusive; return how many moved."""
    span = {"first": first, "last": last} | _window(at)
    misplaced = sql.run(MISPLACED, span, rows=MEMBERS_PER_CHUNK)
    ids = sorted(row[0] for row in misplaced)
    if not ids:
        return 0
    sql.run(LOCK_IN_ORDER, {"ids": ids}, rows=len(ids))
    return _move(ids, at)


@transaction.atomic
def recompute_tiers(*, member_ids: Sequence[int], at: datetime) -> int:
    """Recompute these members now; return how many moved."""
    ids = sorted(member_ids)
    sql.run(LOCK_IN_ORDER, {"ids": ids}, rows=len(ids))
    return _move(ids, at)


def _move(ids: Sequence[int], at: datetime) -> int:
    """Move the members, whose accounts are locked, to the tier they should hold."""
    return len(sql.run(MOVE, {"ids": list(ids)} | _window(at), rows=len(ids)))


def _window(at: datetime) -> dict[str, datetime]:
    start = add_months_at(at, -WINDOW_MONTHS, current_programme().zone)
    return {"at": at, "window_start": start}
