"""Earning rules: one small pure file per kind, and the pipeline that runs them."""

from typing import Any

from points.rules.base import MULTIPLIER, Need, RuleKind
from points.rules.event_bonus import EventBonus
from points.rules.fixed import FixedPerPurchase
from points.rules.goals import CountGoal, SpendGoal
from points.rules.looking_back import LooksBack
from points.rules.multiplier import Multiplier
from points.rules.nth import NthPurchase
from points.rules.per_amount import PerAmountSpent
from points.rules.per_piece import PerPiece
from points.rules.streak import VisitStreak

EVENT_BONUS = EventBonus()
_LOOKING_BACK: tuple[LooksBack, ...] = (
    NthPurchase(),
    VisitStreak(),
    SpendGoal(),
    CountGoal(),
)
_KINDS: tuple[RuleKind, ...] = (
    PerAmountSpent(),
    PerPiece(),
    Multiplier(),
    FixedPerPurchase(),
    *_LOOKING_BACK,
    EVENT_BONUS,
)
RULE_KINDS: dict[str, RuleKind] = {kind.slug: kind for kind in _KINDS}
LOOKING_BACK: dict[str, LooksBack] = {kind.slug: kind for kind in _LOOKING_BACK}


def need_of(kind: str, params: dict[str, Any]) -> Need | None:
    """Return what a rule looks back at; None is nothing."""
    if kind == EVENT_BONUS.slug:
        return EVENT_BONUS.need(params)
    looking = LOOKING_BACK.get(kind)
    return looking.need(params) if looking else None


def is_for_events(kind: str) -> bool:
    """Whether its rules are asked about events, and not about purchases."""
    return kind == EVENT_BONUS.slug


def has_limits(kind: str) -> bool:
    """Whether its rules may have limits of points: what gives them for purchases."""
    return RULE_KINDS[kind].stage != MULTIPLIER and not is_for_events(kind)
