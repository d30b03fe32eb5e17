"""Chance that falls the same way each time: a hash of what is asked about."""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

T = TypeVar("T")
_STEPS = 10**9


def share(*about: object) -> Decimal:
    """Return a number from 0 up to, but not including, 1."""
    text = "|".join(map(str, about))
    digest = hashlib.sha256(text.encode()).digest()
    return Decimal(int.from_bytes(digest[:8], "big") % _STEPS) / _STEPS


def happens(percent: int, *about: object) -> bool:
    """Return True in so many percent of the cases."""
    return share(*about) * 100 < percent


def pick(options: Sequence[T], *about: object) -> T:
    """Return one of the options, all equally likely."""
    return options[int(share(*about) * len(options))]


def between(first: int, last: int, *about: object) -> int:
    """Return a whole number from `first` to `last`, both inclusive."""
    return first + int(share(*about) * (last - first + 1))


def weighted(options: Sequence[tuple[T, int]], *about: object) -> T:
    """Return one of the options, as likely as its weight says."""
    left = share(*about) * sum(weight for _, weight in options)
    for option, weight in options:
        left -= weight
        if left < 0:
            return option
    return options[-1][0]
