"""Whose documents and points are they, where memberships were merged."""

from collections.abc import Collection, Container, Sequence

from points import sql
from points.errors.merges import MergedMeanwhile

BEHIND = """
SELECT member_id FROM points_purchase WHERE id = ANY(%(ids)s::bigint[])
UNION
SELECT e.account_id FROM points_purchase p
JOIN points_pointspayment y ON y.source = p.source AND y.source_id = p.source_id
  AND y.reversed_at IS NULL
JOIN points_entry e ON e.id = y.entry_id
WHERE p.id = ANY(%(ids)s::bigint[])
"""


def accounts_behind(purchase_ids: Sequence[int]) -> set[int]:
    """Return the accounts that undoing the purchases can touch, to be locked at once.

    Those of their members, and those that points were paid from before a merge.
    """
    rows = sql.run(BEHIND, {"ids": list(purchase_ids)}, rows=len(purchase_ids))
    return {account_id for (account_id,) in rows}


def refuse_moved(owner_ids: Collection[int], *, locked: Container[int]) -> None:
    """Raise MergedMeanwhile where a merge moved something while its lock was awaited."""
    if any(each not in locked for each in owner_ids):
        raise MergedMeanwhile
