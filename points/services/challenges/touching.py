"""Note whose purchases or events changed, where a challenge may ask for them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from points import sql

# What came late counts as long as it could be posted late.
IS_OPEN = """
(c.state = 'running' AND c.starts_at <= %(at)s AND c.ends_at > %(at)s - make_interval(
  days => (SELECT backdating_days FROM points_programme)))
"""
TOUCH = f"""
INSERT INTO points_challengetouch (account_id)
SELECT unnest(%(ids)s::bigint[])
WHERE EXISTS (SELECT FROM points_challenge c WHERE {IS_OPEN})
"""  # noqa: S608 -- put together from constants
TOUCH_BY_EVENTS = f"""
INSERT INTO points_challengetouch (account_id)
SELECT unnest(%(ids)s::bigint[])
WHERE EXISTS (
  SELECT FROM points_challenge c JOIN points_challengegoal g ON g.challenge_id = c.id
  WHERE {IS_OPEN} AND g.kind = 'events' AND g.what = ANY(%(names)s)
)
"""  # noqa: S608 -- put together from constants


def touch_members(member_ids: Sequence[int], *, at: datetime) -> None:
    """Have these members looked at, in the transaction in which their facts are read."""
    sql.run(TOUCH, {"ids": list(member_ids), "at": at}, rows=len(member_ids))


def touch_by_events(events: Iterable[tuple[int, str]], *, at: datetime) -> None:
    """Have members looked at whose events were kept just now: pairs of id and name."""
    pairs = list(events)
    ids = sorted({member_id for member_id, _name in pairs})
    if ids:
        names = sorted({name for _member_id, name in pairs})
        sql.run(TOUCH_BY_EVENTS, {"ids": ids, "names": names, "at": at}, rows=len(ids))
