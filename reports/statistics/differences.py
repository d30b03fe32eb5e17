"""The difference of two means, with its interval.

Welch's standard error with the normal distribution: arms of thirty members and more.
Source: Welch, Biometrika 34 (1947), 28-35.
"""

import math
from dataclasses import dataclass
from fractions import Fraction

from reports.statistics.normal import Z_95, two_sided_p

FEWEST = 30


@dataclass(frozen=True)
class Sample:
    """How many, their sum, and the sum of their squares."""

    count: int
    total: int
    squares: int

    @property
    def mean(self) -> Fraction | None:
        """The mean, or None of nobody."""
        return Fraction(self.total, self.count) if self.count else None

    @property
    def variance(self) -> Fraction:
        """The variance of a sample (n - 1); two at least."""
        n = self.count
        return Fraction(self.squares * n - self.total**2, n * (n - 1))


@dataclass(frozen=True)
class Difference:
    """First less second, the ends of its 95 % interval, and the two-sided p."""

    value: float
    low: float
    high: float
    p: float

    @property
    def is_clear(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def difference_of(first: Sample, second: Sample) -> Difference | None:
    """Return the difference of the means, or None where an arm is too small to say."""
    if min(first.count, second.count) < FEWEST:
        return None
    value = float(
        Fraction(first.total, first.count) - Fraction(second.total, second.count)
    )
    error = math.sqrt(first.variance / first.count + second.variance / second.count)
    p = two_sided_p(value / error) if error else float(value == 0)
    return Difference(value, value - Z_95 * error, value + Z_95 * error, p)
