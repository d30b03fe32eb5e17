"""Money as integer minor units, points as integers, and the only rounding there is."""

import re
from decimal import Decimal
from fractions import Fraction

from babel.numbers import get_currency_precision
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _, pgettext_lazy

from loyalty_site.lib.errors import DomainError

LARGEST_AMOUNT_MINOR = 10**12
LONGEST_TEXT = 40
# Full-width forms, as Chinese input methods write them, and the ideographic space.
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
_PLAIN = re.compile(r"^[+-]?\d+(\.\d+)?$")
_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")


class AmountNotReadable(DomainError):
    """The text is not an amount of money."""

    code = "amount_not_readable"
    status = 422


class Rounding(TextChoices):
    """How an exact number of points becomes a whole one."""

    FLOOR = "floor", pgettext_lazy("rounding", "Down")
    HALF_UP = "half_up", _("Half up")
    HALF_EVEN = "half_even", _("Half to even")
    CEIL = "ceil", pgettext_lazy("rounding", "Up")


def round_points(exact: int | Fraction, rounding: str) -> int:
    """Round `exact` points (>= 0) to whole points in the named direction."""
    if exact.denominator == 1:
        return exact.numerator
    if rounding == Rounding.FLOOR:
        return floor_points(exact)
    if rounding == Rounding.CEIL:
        return -(-exact.numerator // exact.denominator)
    if rounding == Rounding.HALF_UP:
        return floor_points(exact + Fraction(1, 2))
    return round(exact)


def floor_points(exact: int | Fraction) -> int:
    """Round `exact` points down to whole points."""
    return exact.numerator // exact.denominator


def round_minor(exact: int | Fraction) -> int:
    """Round an exact amount to whole minor units, half to even."""
    return round(exact)


def minor_digits(currency: str) -> int:
    """Return how many decimals the currency has: 2 for HKD, 0 for JPY."""
    return get_currency_precision(currency)


def to_minor(amount: Decimal, currency: str) -> int:
    """Return `amount` in minor units; refuse more decimals than the currency has."""
    if not amount.is_finite():
        raise AmountNotReadable(
            _("“%(text)s” is not an amount. Write it like 1234.50.")
            % {"text": str(amount)[:40]},
            field="amount",
        )
    scaled = amount.scaleb(minor_digits(currency))
    if abs(scaled) > LARGEST_AMOUNT_MINOR:
        raise AmountNotReadable(
            _("The amount is too large to be a purchase. Check the decimal point."),
            field="amount",
        )
    if scaled != scaled.to_integral_value():
        raise AmountNotReadable(
            _("%(currency)s amounts have at most %(digits)s decimals.")
            % {"currency": currency, "digits": minor_digits(currency)},
            field="amount",
        )
    return int(scaled)


def from_minor(amount_minor: int, currency: str) -> Decimal:
    """Return minor units as a Decimal with the decimals of the currency."""
    return Decimal(amount_minor).scaleb(-minor_digits(currency))


def parse_amount(text: str, currency: str) -> int:
    """Read an amount typed by a person or a till and return minor units.

    Takes `1234.5`, `1,234.50` and full-width digits; refuses anything that could be
    read in two ways, such as `1.234,50`, as well as NaN, infinity and exponents.
    """
    plain = text.translate(_FULL_WIDTH).strip()
    if _GROUPED.match(plain):
        plain = plain.replace(",", "")
    if len(plain) > LONGEST_TEXT or not plain.isascii() or not _PLAIN.match(plain):
        raise AmountNotReadable(
            _("“%(text)s” is not an amount. Write it like 1234.50.")
            % {"text": text[:40]},
            field="amount",
        )
    return to_minor(Decimal(plain), currency)
