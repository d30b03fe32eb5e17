"""What a point is worth; whoever keeps the books says so."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

Source = Callable[[date], Decimal | None]

_sources: list[Source] = []


def register_worth(source: Source) -> None:
    """Make known who tells what a point is worth; called once, from `ready`."""
    _sources.append(source)


def worth_of_point(on: date) -> Decimal | None:
    """Return the value of a point in major units on that day; None where nobody says."""
    return next((worth for source in _sources if (worth := source(on))), None)
