"""Earning rules: one small pure file per kind, and the pipeline that runs them."""

from points.rules.base import RuleKind
from points.rules.fixed import FixedPerPurchase
from points.rules.goals import CountGoal, SpendGoal
from points.rules.looking_back import LooksBack
from points.rules.multiplier import Multiplier
from points.rules.nth import NthPurchase
from points.rules.per_amount import PerAmountSpent
from points.rules.per_piece import PerPiece
from points.rules.streak import VisitStreak

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
)
RULE_KINDS: dict[str, RuleKind] = {kind.slug: kind for kind in _KINDS}
LOOKING_BACK: dict[str, LooksBack] = {kind.slug: kind for kind in _LOOKING_BACK}
