"""The programme's settings that decide what a purchase earns."""

from dataclasses import dataclass

from loyalty_site.lib.money import round_points
from points.rules.base import MULTIPLIER, Exact
from points.rules.basis import STANDARD, Basis
from points.rules.caps import NO_CAPS, TRIM, Caps
from points.rules.combining import BEST
from points.rules.versions import VersionInForce


@dataclass(frozen=True, slots=True)
class Terms:
    """The programme's settings that the pipeline needs."""

    rounding: str
    combination: str
    group_policy: str = BEST
    rounds_each_rule: bool = False
    basis: Basis = STANDARD
    caps: Caps = NO_CAPS
    balance_limit: int | None = None
    overflow: str = TRIM

    def of_rule(self, version: VersionInForce, value: Exact | None) -> Exact | None:
        """Return what a rule gives, rounded here where each rule is."""
        if value is None or not self.rounds_each_rule or version.stage == MULTIPLIER:
            return value
        return round_points(value, self.rounding)

    @property
    def has_limits(self) -> bool:
        """Whether the programme limits what a purchase earns."""
        return self.caps is not NO_CAPS or self.balance_limit is not None
