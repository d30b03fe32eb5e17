"""Move when points can be spent or expire: a row for every lot that moves.

Set-based, under the caller's account locks; the amounts of lots are left alone.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from loyalty_site.lib.actors import Actor
from points import sql
from points.models import DateChange
from points.rules.pipeline import TierBenefit
from points.selectors.programme import Rulebook
from points.sql import Given

# `moving` selects the lots and their new dates.
_MOVE = """
WITH moving AS MATERIALIZED ({moving}),
change AS (
  INSERT INTO points_datechange (account_id, lot_id, cause, entry_id, redating_id,
    old_effective_at, new_effective_at, old_expires_at, new_expires_at, at, reason, actor)
  SELECT l.account_id, l.id, %(cause)s, m.entry_id, %(redating_id)s, l.effective_at,
    m.effective_at,
    l.expires_at, m.expires_at, %(at)s, %(reason)s, %(actor)s
  FROM moving m JOIN points_lot l ON l.id = m.lot_id ORDER BY l.id
),
lot AS (
  UPDATE points_lot l SET effective_at = m.effective_at, expires_at = m.expires_at
  FROM moving m WHERE l.id = m.lot_id
),
account AS (
  UPDATE points_account a SET next_expiry_at = n.next_expiry_at
  FROM (
    SELECT l.account_id, min(
      CASE WHEN m.lot_id IS NULL THEN l.expires_at ELSE m.expires_at END
    ) AS next_expiry_at
    FROM points_lot l LEFT JOIN moving m ON m.lot_id = l.id
    WHERE l.is_open AND l.account_id IN (
      SELECT x.account_id FROM points_lot x JOIN moving y ON y.lot_id = x.id)
    GROUP BY l.account_id
  ) n WHERE a.member_id = n.account_id
)
SELECT count(*) FROM moving
"""

DATES = Given(
    "dates",
    "lot_id bigint, effective_at timestamptz, expires_at timestamptz, entry_id bigint",
)
MOVE_TO = _MOVE.format(moving=f"SELECT * FROM {DATES}")  # noqa: S608 -- constants

ACTIVITIES = Given(
    "activities",
    "account_id bigint, key text, occurred_at timestamptz, until timestamptz",
)
# The longest of several activities of one member counts. What has expired stays so, and
# points that wait for a confirmation have no life that could be extended.
EXTEND = _MOVE.format(
    moving=f"""
  SELECT l.id AS lot_id, l.effective_at, a.until AS expires_at, a.entry_id
  FROM (
    SELECT DISTINCT ON (e.account_id) e.account_id, e.id AS entry_id,
      activities.occurred_at, activities.until
    FROM {ACTIVITIES}
    JOIN points_entry e
      ON e.account_id = activities.account_id AND e.key = activities.key
    ORDER BY e.account_id, activities.until DESC, e.id
  ) a JOIN points_lot l ON l.account_id = a.account_id
  WHERE l.is_open AND l.expires_at > GREATEST(%(at)s, a.occurred_at)
    AND l.expires_at < a.until AND l.effective_at < l.expires_at
"""  # noqa: S608 -- constants
)


class Activity(NamedTuple):
    """Something a member did, by the key of its entry."""

    account_id: int
    key: str
    occurred_at: datetime
    tier: TierBenefit | None


class LotDates(NamedTuple):
    """The dates that a lot is to have; `entry_id` is what it follows from."""

    lot_id: int
    effective_at: datetime
    expires_at: datetime | None
    entry_id: int | None = None


def extend_lots(
    activities: Iterable[Activity], *, rulebook: Rulebook, at: datetime, actor: Actor
) -> int:
    """Let all open points of the members last as if given at the activity.

    Only ever longer. Returns how many lots were extended.
    """
    rows = [
        (account_id, key, occurred_at, until)
        for account_id, key, occurred_at, tier in activities
        if (until := rulebook.expires_at(occurred_at, tier))
    ]
    if not rows:
        return 0
    values = _values(DateChange.Cause.ACTIVITY, reason="", at=at, actor=actor)
    [(count,)] = sql.run(EXTEND, values, {ACTIVITIES: rows})
    return int(count)


def move_dates(
    dates: Iterable[LotDates],
    *,
    cause: str,
    reason: str,
    at: datetime,
    actor: Actor,
    redating_id: int | None = None,
) -> int:
    """Give the lots these dates and return how many there were."""
    values = _values(cause, reason=reason, at=at, actor=actor)
    values["redating_id"] = redating_id
    [(count,)] = sql.run(MOVE_TO, values, {DATES: list(dates)})
    return int(count)


def _values(cause: str, *, reason: str, at: datetime, actor: Actor) -> dict[str, Any]:
    return {
        "cause": str(cause),
        "reason": reason,
        "redating_id": None,
        "at": at,
        "actor": str(actor),
    }
