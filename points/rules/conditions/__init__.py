"""Conditions of earning rules: each asks one thing of a purchase, purely."""

from points.rules.conditions.base import Condition
from points.rules.conditions.basket import SmallestPurchase
from points.rules.conditions.when import Hours, Weekdays
from points.rules.conditions.where import Channels, Stores
from points.rules.conditions.who import FirstPurchase, Tiers

_CONDITIONS: tuple[Condition, ...] = (
    SmallestPurchase(),
    Weekdays(),
    Hours(),
    Stores(),
    Channels(),
    Tiers(),
    FirstPurchase(),
)
CONDITIONS: dict[str, Condition] = {each.slug: each for each in _CONDITIONS}
