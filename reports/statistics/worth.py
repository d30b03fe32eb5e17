"""What points are worth in the books: exact until the one rounding to minor units."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from loyalty_site.lib.money import minor_digits, round_minor
from loyalty_site.lib.periods import add_months


@dataclass(frozen=True)
class Price:
    """The value of a point in major units, and the share that will be redeemed."""

    valid_from: date
    point_value: Decimal
    redemption_rate: Decimal

    def worth_minor(self, points: int, currency: str) -> Fraction:
        """Return what points are worth in minor units, exactly."""
        value = self.point_value.scaleb(minor_digits(currency))
        return points * Fraction(value) * Fraction(self.redemption_rate)


def price_at_end_of(month: date, prices: Iterable[Price]) -> Price | None:
    """Return the price that holds on the month's last day; the later of two wins.

    `prices` are in the order in which they hold.
    """
    end = add_months(month, 1)
    return max(
        (price for price in reversed([*prices]) if price.valid_from < end),
        key=lambda price: price.valid_from,
        default=None,
    )


def liability_minor(points: int, price: Price | None, currency: str) -> int | None:
    """Return the liability in minor units, half to even; None without a price."""
    return round_minor(price.worth_minor(points, currency)) if price else None
