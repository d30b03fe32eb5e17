"""Intervals of shares."""

import math
from dataclasses import dataclass

from reports.statistics.normal import Z_95


@dataclass(frozen=True)
class Rate:
    """A share with the counts it comes from; `share`, `low` and `high` are 0 to 1."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """The share, or None without a base."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """The 95 % Wilson interval, or None without a base."""
        return wilson(self.part, self.whole) if self.whole else None


def wilson(part: int, whole: int, z: float = Z_95) -> tuple[float, float]:
    """Return the Wilson score interval of `part` out of `whole` (> 0), as shares.

    Source: Wilson, JASA 22 (1927).
    """
    p = part / whole
    spread = z * z / whole
    centre = p + spread / 2
    margin = z * math.sqrt(p * (1 - p) / whole + spread / (4 * whole))
    low = 0.0 if part == 0 else max(0.0, (centre - margin) / (1 + spread))
    high = 1.0 if part == whole else min(1.0, (centre + margin) / (1 + spread))
    return low, high
