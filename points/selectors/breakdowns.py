"""Which lots the points of a debit came from."""

from dataclasses import dataclass
from datetime import datetime

from points.models import Allocation


@dataclass(frozen=True)
class TakenFrom:
    """Points (> 0) out of one lot, and when that lot would have expired."""

    lot_id: int
    points: int
    expires_at: datetime | None


def lots_taken_by(*, entry_id: int) -> tuple[TakenFrom, ...]:
    """Return what a debit took, in the order it was burnt."""
    rows = Allocation.objects.filter(entry_id=entry_id, points__gt=0).order_by("id")
    return tuple(
        TakenFrom(*row)
        for row in rows.values_list("lot_id", "points", "lot__expires_at")
    )
