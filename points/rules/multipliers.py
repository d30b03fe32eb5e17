"""Several multipliers as one factor."""

from collections.abc import Sequence
from fractions import Fraction
from math import prod

from points.rules.base import Exact, as_whole


def combined(factors: Sequence[Exact], combination: str) -> Exact:
    """Return the one factor that several multipliers come to; none give 1."""
    if not factors:
        return 1
    if combination == "largest":
        return max(factors)
    if combination == "product":
        return prod(factors)
    # Each extra is its factor less 1; brought to one denominator once, at the end.
    numerator, denominator = 1 - len(factors), 1
    for factor in factors:
        own, parts = factor.as_integer_ratio()
        numerator = numerator * parts + own * denominator
        denominator *= parts
    return as_whole(Fraction(numerator, denominator))
