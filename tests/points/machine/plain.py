"""Accounts in plain Python, as a child would keep them: no SQL, no code of the product."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

FOREVER = datetime.max.replace(tzinfo=UTC)
_numbers = count(1)


@dataclass(eq=False)
class PlainHold:
    """Points set aside until an instant, unless it ends before."""

    parts: "list[tuple[PlainLot, int]]"
    ends_at: datetime
    is_open: bool = True

    def holds(self, at: datetime) -> bool:
        return self.is_open and at < self.ends_at


@dataclass(eq=False)
class PlainLot:
    """A credit, and the holds that were put on it.

    Its life counts from `begins_at`, which an activity moves; `moves` are its changes of
    dates.
    """

    points: int
    expires_at: datetime
    effective_at: datetime
    origin: "PlainLot | None" = None
    is_gone: bool = False
    begins_at: datetime = field(init=False)
    moves: int = 0
    holds: list[PlainHold] = field(default_factory=list)
    number: int = field(default_factory=lambda: next(_numbers))

    def __post_init__(self):
        self.begins_at = self.effective_at

    def lives(self, at: datetime) -> bool:
        return self.points > 0 and self.expires_at > at

    def move_to(self, expires_at: datetime) -> int:
        self.expires_at = expires_at
        self.moves += 1
        return self.moves

    def began_as(self, lot: "PlainLot") -> bool:
        return self is lot or self.origin is lot

    def moved(self, points: int) -> "PlainLot":
        return PlainLot(points, self.expires_at, self.effective_at, self.origin or self)

    def burn_order(self) -> tuple[datetime, datetime, int]:
        return self.expires_at, self.effective_at, self.number

    def free(self, at: datetime) -> int:
        held = sum(
            part
            for hold in self.holds
            if hold.holds(at)
            for lot, part in hold.parts
            if lot is self
        )
        return max(self.points - held, 0)


Taken = list[tuple[PlainLot, int]]


@dataclass
class PlainAccount:
    """What a member has."""

    lots: list[PlainLot] = field(default_factory=list)
    holds: list[PlainHold] = field(default_factory=list)
    qualifying: list[tuple[datetime, int]] = field(default_factory=list)
    debt: int = 0

    def spendable(self, at: datetime) -> list[PlainLot]:
        lots = [lot for lot in self.lots if lot.effective_at <= at < lot.expires_at]
        return sorted(lots, key=PlainLot.burn_order)

    def expiring(self, at: datetime) -> list[tuple[datetime, int]]:
        points = Counter[datetime]()
        for lot in self.spendable(at):
            if lot.points and lot.expires_at != FOREVER:
                points[lot.expires_at] += lot.points
        return sorted(points.items())

    def extend(self, since: datetime, until: datetime, at: datetime) -> None:
        """Let all that is left last until then; nothing ever gets shorter."""
        for lot in self.lots:
            if lot.lives(at) and lot.expires_at < until != FOREVER:
                lot.begins_at = max(lot.begins_at, since)
                lot.move_to(until)

    def available(self, at: datetime) -> int:
        return max(sum(lot.free(at) for lot in self.spendable(at)) - self.debt, 0)

    def qualified(self, start: datetime, end: datetime) -> int:
        return sum(points for at, points in self.qualifying if start < at <= end)

    def take(self, points: int, lots: Sequence[PlainLot], at: datetime) -> Taken:
        taken = []
        for lot in lots:
            part = min(points, lot.free(at))
            lot.points -= part
            points -= part
            taken.append((lot, part))
        return taken

    def spend(self, points: int, at: datetime) -> Taken:
        return self.take(points, self.spendable(at), at)

    def settle(self, at: datetime) -> None:
        self.debt -= total(self.spend(self.debt, at))

    def hold(self, points: int, ends_at: datetime, at: datetime) -> PlainHold:
        """Set points aside; a hold never outlives one of its lots."""
        parts = [(lot, part) for lot, part in self.spend(points, at) if part]
        for lot, part in parts:
            lot.points += part
        ends_at = min(ends_at, *(lot.expires_at for lot, _part in parts))
        hold = PlainHold(parts, ends_at)
        for lot, _part in parts:
            lot.holds.append(hold)
        self.holds.append(hold)
        return hold

    def confirm(self, hold: PlainHold, points: int, at: datetime) -> Taken:
        """Spend some of what is held, in burn order, and free the rest."""
        hold.is_open = False
        held = {id(lot): part for lot, part in hold.parts}
        taken: Taken = []
        for lot in self.spendable(at):
            part = min(points - total(taken), held.get(id(lot), 0))
            taken += self.take(part, [lot], at)
        return taken

    def held_by(self, hold: PlainHold, at: datetime) -> int:
        """What it still holds, unless its lots were made to expire before it."""
        return sum(part for lot, part in hold.parts if lot.expires_at > at)

    def claw_back(self, own: PlainLot, due: int, at: datetime) -> int:
        """Take from what began as that lot, then from the rest; return the lack."""
        own_first = sorted(self.spendable(at), key=lambda lot: not lot.began_as(own))
        return due - total(self.take(due, own_first, at))

    def expired_of(self, own: PlainLot, at: datetime) -> int:
        mine = (lot for lot in self.lots if lot.began_as(own))
        return sum(lot.points for lot in mine if lot.expires_at <= at)

    def give_back(self, taken: Taken, at: datetime) -> None:
        """Give to the lots what came from them; a merged one's goes on as a new lot."""
        for lot, part in sorted(taken, key=lambda each: each[0].number):
            if lot.is_gone and lot.expires_at > at:
                self.lots.append(lot.moved(part))
            else:
                lot.points += part
        self.settle(at)

    def hand_over(self, other: "PlainAccount", at: datetime) -> None:
        """Every lot that has not expired goes on as a new one, in the order of age."""
        for lot in sorted(self.lots, key=lambda lot: lot.number):
            if lot.points and lot.expires_at > at:
                other.lots.append(lot.moved(lot.points))
                lot.points = 0

    def take_in(self, other: "PlainAccount", at: datetime) -> None:
        """Become the account of both; the other is gone."""
        other.hand_over(self, at)
        self.settle(at)
        self.debt += other.debt - total(self.spend(other.debt, at))
        self.qualifying += other.qualifying
        # What has expired there still tells a void what is not to be taken again.
        for lot in other.lots:
            lot.is_gone = True
        self.lots += other.lots


def total(taken: Taken) -> int:
    """Return how many points were taken."""
    return sum(part for _lot, part in taken)
