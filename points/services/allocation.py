"""Which lots a debit takes from: pure arithmetic, no database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(slots=True)
class OpenLot:
    """A lot with something left, as the burn order sees it.

    `origin_id` is the entry that first credited its points, in whatever account.
    """

    id: int
    remaining: int
    effective_at: datetime
    expires_at: datetime | None
    origin_id: int
    reserved: int = 0

    @property
    def free(self) -> int:
        """What no hold reserves."""
        return max(self.remaining - self.reserved, 0)

    def is_spendable(self, at: datetime) -> bool:
        """Whether its points can be spent in that instant; `expires_at` is exclusive."""
        return self.effective_at <= at and not self.has_expired(at)

    def has_expired(self, at: datetime) -> bool:
        """Whether its points are gone in that instant."""
        return self.expires_at is not None and self.expires_at <= at


@dataclass(frozen=True, slots=True)
class Take:
    """So many points out of one lot."""

    lot_id: int
    points: int


def spendable(lots: Iterable[OpenLot], at: datetime) -> int:
    """Return the points that can be spent in that instant, held ones apart."""
    return sum(lot.free for lot in lots if lot.is_spendable(at))


def settling_order(lots: Iterable[OpenLot], at: datetime) -> list[OpenLot]:
    """Return the lots that settle a debt: in burn order, the pending ones last."""
    alive = [lot for lot in lots if not lot.has_expired(at)]
    return sorted(alive, key=lambda lot: lot.effective_at > at)


def take_in_order(lots: Iterable[OpenLot], points: int) -> list[Take]:
    """Take up to `points` from the lots in the order given, lowering their remainder."""
    takes: list[Take] = []
    for lot in lots:
        if not points:
            break
        taken = min(lot.free, points)
        if taken:
            lot.remaining -= taken
            points -= taken
            takes.append(Take(lot.id, taken))
    return takes


def take_held(
    lots: Iterable[OpenLot], held: Mapping[int, int], points: int
) -> list[Take]:
    """Take up to `points` out of what was `held`, points by lot, lowering the lots."""
    takes: list[Take] = []
    for lot in lots:
        takes += take_in_order([lot], min(held.get(lot.id, 0), points))
        points -= sum(take.points for take in takes if take.lot_id == lot.id)
    return takes
