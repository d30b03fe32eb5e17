"""The normal distribution, as far as intervals need it."""

import math

Z_95 = 1.959963984540054  # two-sided 95 %
Z_POWER_80 = 0.8416212335729143  # one-sided 80 %


def two_sided_p(z: float) -> float:
    """Return the chance of a value at least as far from 0 as `z`."""
    return math.erfc(abs(z) / math.sqrt(2))
