"""Which tier a member held at an instant."""

from collections.abc import Sequence
from datetime import datetime

from points import sql

TIERS_AT = """
SELECT q.n, c.to_tier_id
FROM json_to_recordset(%(asked)s::json) AS q(n int, account_id bigint, at timestamptz)
LEFT JOIN LATERAL (
  SELECT to_tier_id FROM points_tierchange c
  WHERE c.account_id = q.account_id AND c.at <= q.at
  ORDER BY c.at DESC, c.id DESC LIMIT 1
) c ON true
ORDER BY q.n
"""


def tiers_at(asked: Sequence[tuple[int, datetime]]) -> list[int | None]:
    """Return the tier's id for each (member, instant), in the order asked.

    None where the member had no tier yet.
    """
    if not asked:
        return []
    rows = [
        {"n": number, "account_id": member_id, "at": at}
        for number, (member_id, at) in enumerate(asked)
    ]
    found = sql.run(TIERS_AT, {"asked": sql.as_json(rows)}, rows=len(rows))
    return [tier_id for _number, tier_id in found]
