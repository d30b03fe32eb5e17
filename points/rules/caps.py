"""Limits of what purchases earn: on one purchase, in a day, a week, a month, in all."""

from typing import NamedTuple

from points.rules.base import Exact
from points.rules.spans import DAY, MONTH, WEEK

TRIM, REJECT = "trim", "reject"
PURCHASE, BALANCE = "purchase", "balance"
SPANS = (DAY, WEEK, MONTH)


class Caps(NamedTuple):
    """At most so many points; None is no limit. Spans are days of the programme."""

    purchase: int | None = None
    day: int | None = None
    week: int | None = None
    month: int | None = None

    @property
    def has_spans(self) -> bool:
        """Whether earlier purchases matter."""
        return self[1:] != (None, None, None)


NO_CAPS = Caps()


class Cut(NamedTuple):
    """What a limit leaves, and which limit it was."""

    left: Exact
    cap: str
