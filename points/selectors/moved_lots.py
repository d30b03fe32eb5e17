"""The lots that points leave for another account, with what they take along."""

from dataclasses import dataclass
from datetime import datetime

from points import sql

TAKEN = """
SELECT a.points, l.effective_at, l.expires_at, l.priority,
       coalesce(l.origin_id, l.entry_id)
FROM points_allocation a JOIN points_lot l ON l.id = a.lot_id
WHERE a.entry_id = %(entry_id)s ORDER BY a.id
"""


@dataclass(frozen=True)
class MovedLot:
    """Points (> 0) out of one lot; `origin_id` is the entry that first credited them."""

    points: int
    effective_at: datetime
    expires_at: datetime | None
    priority: int
    origin_id: int


def lots_moved_by(*, entry_id: int) -> list[MovedLot]:
    """Return what a debit took, in the order it was burnt."""
    return [MovedLot(*row) for row in sql.run(TAKEN, {"entry_id": entry_id})]
