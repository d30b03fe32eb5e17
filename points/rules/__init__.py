"""Earning rules: one small pure file per kind, and the pipeline that runs them."""

from points.rules.base import RuleKind
from points.rules.fixed import FixedPerPurchase
from points.rules.multiplier import Multiplier
from points.rules.per_amount import PerAmountSpent
from points.rules.per_piece import PerPiece

_KINDS: tuple[RuleKind, ...] = (
    PerAmountSpent(),
    PerPiece(),
    Multiplier(),
    FixedPerPurchase(),
)
RULE_KINDS: dict[str, RuleKind] = {kind.slug: kind for kind in _KINDS}
