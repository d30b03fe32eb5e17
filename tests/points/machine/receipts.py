"""Purchases in plain Python: what a refund brings back, to the unit and the point."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from math import floor

from tests.points.machine.plain import PlainLot, Taken, total


@dataclass
class PlainLine:
    """A line as it was sold, and what came back of it."""

    amount: int
    pieces: int
    points: int
    back: int = 0
    back_pieces: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.back

    def worth(self, pieces: int) -> int:
        """Return the money of so many pieces; the last one takes the rest."""
        gone = self.back_pieces + pieces
        if gone >= self.pieces:
            return self.left
        wanted = floor(Fraction(self.amount * gone, self.pieces)) - self.back
        return min(max(wanted, 0), self.left)


@dataclass
class Due:
    """What a refund takes back: points of the balance, and of the tier."""

    points: int
    qualifying: int


@dataclass
class PlainPaid:
    """Points that paid a part, by lot in the order of taking, and how many are back."""

    taken: Taken
    returned: int = 0

    def give_back(self, share: Fraction, policy: str) -> Taken:
        """Return what is back when that share of the money is, the last taken first."""
        points = floor(total(self.taken) * share)
        if policy == "none" or (policy == "full_only" and share < 1):
            points = 0
        # Point by point: the parts of two refunds neither meet nor leave a gap.
        each = [lot for lot, part in reversed(self.taken) for _point in range(part)]
        back = Counter(each[self.returned : points])
        self.returned = max(points, self.returned)
        return list(back.items())


@dataclass
class PlainPurchase:
    """A purchase: `earned` points, of which some came back already."""

    at: datetime
    amount: int
    earned: int
    lot: PlainLot
    lines: list[PlainLine] = field(default_factory=list)
    paid: PlainPaid | None = None
    back: int = 0
    back_points: int = 0
    back_due: int = 0
    back_qualifying: int = 0

    @property
    def left(self) -> int:
        return self.amount - self.back

    def refund(self, amount: int, parts: list[int], *, expired: int) -> Due:
        """Bring money back, `parts` of it by line; all parts make exactly the whole."""
        before, self.back = self.back, self.back + amount
        share = self._share(self.back) - self._share(before)
        if self.lines:
            for line, part in zip(self.lines, parts, strict=True):
                line.back += part
            points = self._points_of_lines() - self.back_points
        else:
            points = share
        collectable = self.earned - expired - self.back_due
        due = max(min(points, collectable), 0)
        self.back_points += points
        self.back_due += due
        self.back_qualifying += share
        return Due(due, share)

    def void(self, *, expired: int) -> Due:
        """Bring everything back that has not come back."""
        points = min(
            self.earned - self.back_points, self.earned - expired - self.back_due
        )
        return Due(max(points, 0), self.earned - self.back_qualifying)

    def pay_back(self, policy: str, *, is_void: bool = False) -> Taken:
        """Return what comes back of the points that paid, after the money did."""
        if self.paid is None:
            return []
        share = Fraction(1) if is_void else Fraction(self.back, self.amount)
        return self.paid.give_back(share, policy)

    def spread(self, amount: int) -> list[int]:
        """Return the amount by line, in proportion; the largest remainders get more."""
        left = sum(line.left for line in self.lines)
        if not left:
            return [0] * len(self.lines)
        exact = [Fraction(amount * line.left, left) for line in self.lines]
        parts = [floor(each) for each in exact]
        places = sorted(range(len(parts)), key=lambda n: (parts[n] - exact[n], n))
        for n in places[: amount - sum(parts)]:
            parts[n] += 1
        return parts

    def _share(self, back: int) -> int:
        return self.earned * back // self.amount if self.amount else 0

    def _points_of_lines(self) -> int:
        if not self.left:
            return self.earned
        exact = sum(
            Fraction(line.points * line.back, line.amount) for line in self.lines
        )
        return min(floor(exact), self.earned)
