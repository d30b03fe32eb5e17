"""Which tier a member held at an instant."""

from collections.abc import Sequence
from datetime import datetime

from points import sql
from points.models import TierChange
from points.sql import Given

SHOWN_CHANGES = 8
INSTANTS = Given("instants", "n int, account_id bigint, at timestamptz")
TIERS_AT = f"""
SELECT instants.n, c.to_tier_id
FROM {INSTANTS}
LEFT JOIN LATERAL (
  SELECT to_tier_id FROM points_tierchange c
  WHERE c.account_id = instants.account_id AND c.at <= instants.at
  ORDER BY c.at DESC, c.id DESC LIMIT 1
) c ON true
ORDER BY instants.n
"""  # noqa: S608 -- put together from constants


def tiers_at(asked: Sequence[tuple[int, datetime]]) -> list[int | None]:
    """Return the tier's id for each (member, instant), in the order asked.

    None where the member had no tier yet.
    """
    if not asked:
        return []
    rows = [(n, member_id, at) for n, (member_id, at) in enumerate(asked)]
    found = sql.run(TIERS_AT, given={INSTANTS: rows})
    return [tier_id for _number, tier_id in found]


def latest_tier_changes(member_id: int) -> list[TierChange]:
    """Return the latest moves of a member between tiers, the newest first."""
    moves = TierChange.objects.filter(account_id=member_id)
    newest = moves.select_related("from_tier", "to_tier").order_by("-at", "-pk")
    return list(newest[:SHOWN_CHANGES])
