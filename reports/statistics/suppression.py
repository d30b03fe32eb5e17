"""What is shown of small groups, and what must be hidden with them."""

from collections.abc import Sequence
from enum import StrEnum

HIDDEN_BELOW = 5
NO_HEADLINE_BELOW = 30
LOW_BASE_BELOW = 100


class Base(StrEnum):
    """How much a number of answers can carry."""

    NONE = "none"
    HIDDEN = "hidden"
    NO_HEADLINE = "no_headline"
    LOW = "low"
    NORMAL = "normal"


def base_of(n: int) -> Base:
    """Return what may be shown of a score on `n` answers."""
    limits = (
        (1, Base.NONE),
        (HIDDEN_BELOW, Base.HIDDEN),
        (NO_HEADLINE_BELOW, Base.NO_HEADLINE),
        (LOW_BASE_BELOW, Base.LOW),
    )
    return next((base for limit, base in limits if n < limit), Base.NORMAL)


def hidden_cells(counts: Sequence[int], k: int = HIDDEN_BELOW) -> list[bool]:
    """Return which of the cells to hide, where their total is shown.

    Cells of 1 to k - 1 are hidden. Where these alone could be found by subtraction, the
    next smallest cell goes too, until what is hidden comes to k in two cells at least.
    """
    hidden = [0 < count < k for count in counts]
    smallest_first = sorted(range(len(counts)), key=lambda index: counts[index])
    for index in smallest_first:
        together = [counts[i] for i, is_hidden in enumerate(hidden) if is_hidden]
        if not together or (len(together) > 1 and sum(together) >= k):
            break
        if counts[index] and not hidden[index]:
            hidden[index] = True
    return hidden
