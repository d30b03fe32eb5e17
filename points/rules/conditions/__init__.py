"""Conditions of earning rules: each asks one thing of a purchase, purely."""

from collections.abc import Mapping
from typing import Any

from loyalty_site.lib import formats
from points.rules.conditions.base import Asked, Condition, Words
from points.rules.conditions.basket import SmallestPurchase
from points.rules.conditions.birthday import Birthday
from points.rules.conditions.lines import LINE_CONDITIONS
from points.rules.conditions.payment import Codes, PaymentMethods
from points.rules.conditions.segments import Segments
from points.rules.conditions.when import Hours, Weekdays
from points.rules.conditions.where import Channels, Stores
from points.rules.conditions.who import FirstPurchase, Tiers

_CONDITIONS: tuple[Condition, ...] = (
    SmallestPurchase(),
    PaymentMethods(),
    Codes(),
    Weekdays(),
    Hours(),
    Stores(),
    Channels(),
    Tiers(),
    Segments(),
    FirstPurchase(),
    Birthday(),
)
CONDITIONS: dict[str, Condition] = {each.slug: each for each in _CONDITIONS}
# Those about single lines come first, as they say what the rule is about.
ASKED: dict[str, Asked] = {**LINE_CONDITIONS, **CONDITIONS}


def initial_of(conditions: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form shows for the conditions of a version."""
    initial: dict[str, Any] = {}
    for slug, value in conditions.items():
        initial |= ASKED[slug].initial(value)
    return initial


def describe_all(conditions: Mapping[str, Any], words: Words) -> str:
    """Return the conditions of a version as sentences."""
    return formats.sentences(
        *(
            asked.describe(conditions[slug], words)
            for slug, asked in ASKED.items()
            if slug in conditions
        )
    )
