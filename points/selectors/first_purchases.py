"""Which purchases are the first ones of their members."""

from collections.abc import Sequence
from datetime import datetime

from points import sql
from points.sql import Given

INSTANTS = Given("instants", "n int, member_id bigint, at timestamptz")
WITHOUT_EARLIER = f"""
SELECT instants.n FROM {INSTANTS}
WHERE NOT EXISTS (
  SELECT FROM points_purchase p
  WHERE p.member_id = instants.member_id AND p.occurred_at <= instants.at
    AND p.voided_at IS NULL
)
"""  # noqa: S608 -- put together from constants


def first_purchases(asked: Sequence[tuple[int, datetime]]) -> frozenset[int]:
    """Return the places of those (member id, instant) before which nothing was bought.

    Neither by what is posted, nor by what stands in the same list; of two at the same
    instant the one that comes first in the list is the first.
    """
    earliest: dict[int, int] = {}
    for n, (member_id, at) in enumerate(asked):
        first = earliest.setdefault(member_id, n)
        if at < asked[first][1]:
            earliest[member_id] = n
    rows = [(n, *asked[n]) for n in earliest.values()]
    return frozenset(n for (n,) in sql.run(WITHOUT_EARLIER, given={INSTANTS: rows}))
