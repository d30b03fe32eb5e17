"""Amounts of money for a history of changes, whose rows keep minor units."""

from collections.abc import Callable
from functools import partial

from loyalty_site.lib import formats

MONEY_FIELDS = (
    "budget_minor",
    "least_minor",
    "money_minor",
    "spend_minor",
    "step_minor",
    "value_minor",
)


def money_words(currency: str) -> dict[str, Callable[[int | None], str]]:
    """Return what says the amounts of the named fields in this currency."""
    return dict.fromkeys(MONEY_FIELDS, partial(formats.money, currency=currency))
