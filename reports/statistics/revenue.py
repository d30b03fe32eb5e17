"""Revenue from points after IFRS 15: deferred with the sale, recognised as points go.

Exact ratios throughout. Only cumulative amounts are rounded, each once, and a month is
the difference of two of them: so months add up to the years, and every line of the
journal to the balance. Source: IFRS 15.74, B39 to B46, IE267 to IE270; docs/policies/books.md.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from loyalty_site.lib.money import round_minor
from loyalty_site.lib.periods import add_months
from reports.statistics.books import Holding, State, VintageRow, left_after, state_of
from reports.statistics.worth import Price, price_at_end_of

SALE = "sale"
NOTHING = Fraction(0)


@dataclass(frozen=True)
class Allocation:
    """How the price of a month's sales is split between goods and points, exactly."""

    month: date
    sold_minor: int
    points: int
    points_alone: Fraction

    @property
    def to_points(self) -> Fraction:
        """The part of the price that pays for points: by stand-alone prices."""
        together = self.sold_minor + self.points_alone
        return self.sold_minor * self.points_alone / together if together else NOTHING

    @property
    def to_goods(self) -> Fraction:
        """The part that pays for the goods."""
        return self.sold_minor - self.to_points


@dataclass(frozen=True)
class Position:
    """What has been deferred and released up to the end of a month, in minor units."""

    deferred: int = 0
    reversed: int = 0
    redeemed: int = 0
    broken: int = 0
    provision: int = 0

    @property
    def liability(self) -> int:
        """What is still to be recognised."""
        return self.deferred - self.reversed - self.redeemed - self.broken

    def since(self, before: "Position") -> "Position":
        """Return what came between two positions."""
        return Position(
            **{name: vars(self)[name] - amount for name, amount in vars(before).items()}
        )


@dataclass(frozen=True)
class RevenueMonth:
    """A month: the position at its start, what moved, and the position at its end."""

    month: date
    opening: Position
    moved: Position
    closing: Position
    allocation: Allocation


@dataclass(frozen=True)
class Facts:
    """What revenue is computed from; `over_until` is the last month that is over."""

    vintages: Sequence[VintageRow]
    sold_minor: Mapping[date, int]
    prices: Sequence[Price]
    currency: str
    over_until: date


@dataclass
class _Released:
    """What became of a month's points so far; the counts are >= 0."""

    taken_back: Counter[date] = field(default_factory=Counter)
    redeemed: Counter[date] = field(default_factory=Counter)

    def take(self, row: VintageRow) -> None:
        self.taken_back[row.issued_month] -= row.taken_back
        self.redeemed[row.issued_month] -= row.redeemed


def schedule(facts: Facts, months: Sequence[date]) -> list[RevenueMonth]:
    """Return these consecutive months, the first with its opening."""
    allocations = allocations_of(facts)
    ends = [add_months(months[0], -1), *months] if months else []
    positions = _positions(facts, allocations, ends)
    return [
        RevenueMonth(
            month=month,
            opening=before,
            moved=after.since(before),
            closing=after,
            allocation=allocations.get(month) or Allocation(month, 0, 0, NOTHING),
        )
        for month, before, after in zip(months, positions, positions[1:], strict=False)
    ]


def allocations_of(facts: Facts) -> dict[date, Allocation]:
    """Return how the sales of each month are split, at the price of its last day.

    Points without a price, or without sales beside them, defer nothing.
    """
    issued: Counter[date] = Counter()
    for row in facts.vintages:
        if row.origin == SALE:
            issued[row.issued_month] += row.issued
    found = {}
    for month, points in issued.items():
        price = price_at_end_of(month, facts.prices)
        alone = price.worth_minor(points, facts.currency) if price else NOTHING
        sold = facts.sold_minor.get(month, 0)
        found[month] = Allocation(month, sold, points, alone)
    return found


def _positions(
    facts: Facts, allocations: Mapping[date, Allocation], months: Sequence[date]
) -> list[Position]:
    rows = sorted(facts.vintages, key=lambda row: row.month)
    left = left_after(rows, months)
    released, place, found = _Released(), 0, []
    for month in months:
        while place < len(rows) and rows[place].month <= month:
            if rows[place].origin == SALE:
                released.take(rows[place])
            place += 1
        found.append(
            _position(
                facts, allocations, month, holdings=left[month], released=released
            )
        )
    return found


def _position(
    facts: Facts,
    allocations: Mapping[date, Allocation],
    month: date,
    *,
    holdings: Iterable[Holding],
    released: _Released,
) -> Position:
    price = price_at_end_of(month, facts.prices)
    living = _living(holdings, month, is_over=month <= facts.over_until)
    deferred = taken = redeemed = broken = NOTHING
    for issued, allocation in allocations.items():
        if issued > month or not allocation.points:
            continue
        whole = allocation.to_points
        back = whole * released.taken_back[issued] / allocation.points
        kept = whole - back
        used = kept * _share_used(allocation.points, released, issued, price)
        deferred += whole
        taken += back
        redeemed += used
        # Nothing of it can be spent any more: what nobody redeemed is earned as well.
        broken += NOTHING if living[SALE, issued] else kept - used
    gifts = sum(points for (origin, _), points in living.items() if origin != SALE)
    provision = price.worth_minor(gifts, facts.currency) if price else NOTHING
    rounded = map(round_minor, (deferred, taken, redeemed, broken, provision))
    return Position(*rounded)


def _living(
    holdings: Iterable[Holding], month: date, *, is_over: bool
) -> Counter[tuple[str, date]]:
    living: Counter[tuple[str, date]] = Counter()
    for holding in holdings:
        if state_of(holding, month, is_over=is_over) is not State.OVER:
            living[holding.origin, holding.issued_month] += holding.points
    return living


def _share_used(
    points: int, released: _Released, issued: date, price: Price | None
) -> Fraction:
    """Return what is redeemed of what is expected to be, at most the whole."""
    rate = Fraction(price.redemption_rate) if price else NOTHING
    expected = (points - released.taken_back[issued]) * rate
    if not expected:
        return NOTHING
    return min(released.redeemed[issued] / expected, Fraction(1))
