"""How much of a purchase a refund takes back: pure arithmetic, no database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor


@dataclass(frozen=True)
class Sold:
    """A line as it was sold: minor units, the points it earned, what came back so far."""

    id: int
    amount_minor: int
    points: int
    quantity: Decimal = Decimal(1)
    back_minor: int = 0
    back_quantity: Decimal = Decimal(0)

    @property
    def left_minor(self) -> int:
        """Minor units (>= 0) that can still come back; of a discount line none."""
        return max(self.amount_minor - self.back_minor, 0)

    @property
    def left_quantity(self) -> Decimal:
        """Pieces (>= 0) that can still come back."""
        return max(self.quantity - self.back_quantity, Decimal(0))


@dataclass(frozen=True)
class Back:
    """What comes back of one line now."""

    line_id: int
    amount_minor: int
    quantity: Decimal | None = None


def due_points(earned: int, *, basis: int, before: int, now: int) -> int:
    """Return the points (>= 0) that belong to `now` minor units of `basis` (> 0).

    Cumulative, so that however many parts make exactly the whole: rounded down in total,
    with the rest in the last part. `before` came back earlier. Source: ADR 0016.
    """
    return earned * (before + now) // basis - earned * before // basis


def by_quantity(line: Sold, quantity: Decimal) -> int:
    """Return the minor units of so many pieces; the last piece takes the rest."""
    if line.back_quantity + quantity >= line.quantity:
        return line.left_minor
    share = line.amount_minor * (line.back_quantity + quantity) / line.quantity
    return min(max(int(share) - line.back_minor, 0), line.left_minor)


def spread(amount_minor: int, lines: Sequence[Sold]) -> list[Back]:
    """Spread an amount over what is left of the lines, in proportion.

    The rest goes by largest remainder, of equal ones to the earlier line, so that the
    parts add up. More than all lines have left stays unspread.
    """
    left = sum(line.left_minor for line in lines)
    amount_minor = min(amount_minor, left)
    if not amount_minor:
        return []
    parts = {line.id: amount_minor * line.left_minor // left for line in lines}
    by_remainder = sorted(
        (line for line in lines if line.left_minor > parts[line.id]),
        key=lambda line: -(amount_minor * line.left_minor % left),
    )
    for line in by_remainder[: amount_minor - sum(parts.values())]:
        parts[line.id] += 1
    return [Back(line.id, parts[line.id]) for line in lines if parts[line.id]]


def points_so_far(lines: Iterable[Sold], backs: Iterable[Back]) -> int:
    """Return the points of all that came back of the lines, with `backs` now.

    Each line counts with what it earned itself; rounded down once, in total.
    """
    now = {back.line_id: back.amount_minor for back in backs}
    exact = Fraction(0)
    for line in lines:
        back_minor = line.back_minor + now.get(line.id, 0)
        if back_minor:
            exact += Fraction(line.points * back_minor, line.amount_minor)
    return floor(exact)
