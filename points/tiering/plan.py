"""The ladder and its terms, compiled: which rank counters reach, and how long it holds.

Ranks count from 1, the lowest tier; 0 is no tier.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from loyalty_site.lib.periods import add_days_at
from points.tiering.windows import MONTHS_OF, Window

POINTS, SPEND, VISITS = "threshold", "spend_minor", "visits"
ACTIVE_DAYS, EVENTS = "active_days", "bonus_events"
COUNTERS = (POINTS, SPEND, VISITS, ACTIVE_DAYS, EVENTS)
FULL, ONE_STEP, NONE = "full", "one_step", "none"
# Further back nobody looks, even where tiers are for life.
LONGEST_MONTHS = 40 * 12
Counters = Mapping[str, int]


@dataclass(frozen=True)
class Rung:
    """A tier of the ladder: what it asks for, inclusive, of which all or any."""

    tier_id: int
    criteria: Counters
    needs_all: bool = True
    is_for_life: bool = False

    def is_reached(self, counters: Counters) -> bool:
        """Return whether counters are enough; one that is missing is 0."""
        met = [counters.get(name, 0) >= least for name, least in self.criteria.items()]
        return all(met) if self.needs_all else any(met)


@dataclass(frozen=True)
class Plan:
    """Everything that decides which tier counters are worth, from the lowest rung up.

    `valid_periods` are those after the period in which a rank was reached.
    """

    window: Window
    rungs: tuple[Rung, ...]
    begins_at_once: bool = True
    valid_periods: int = 0
    downgrade: str = FULL
    grace_days: int = 0

    @property
    def counters(self) -> tuple[str, ...]:
        """The counters that some rung asks for."""
        asked = {name for rung in self.rungs for name in rung.criteria}
        return tuple(name for name in COUNTERS if name in asked)

    @property
    def tier_ids(self) -> list[int]:
        """The tiers from the lowest up."""
        return [rung.tier_id for rung in self.rungs]

    def rank_of(self, counters: Counters) -> int:
        """Return the highest rank that the counters of one period reach."""
        reached = (
            n for n, rung in enumerate(self.rungs, 1) if rung.is_reached(counters)
        )
        return max(reached, default=0)

    @property
    def rank_of_nothing(self) -> int:
        """What everybody has."""
        return self.rank_of({})

    @property
    def periods_back(self) -> int:
        """How many periods before this one can matter still."""
        if not self.window.is_periodic:
            return 0
        longest = LONGEST_MONTHS // MONTHS_OF[self.window.kind]
        if self.downgrade == NONE or any(rung.is_for_life for rung in self.rungs):
            return longest
        fading = len(self.rungs) if self.downgrade == ONE_STEP else 0
        return min(self.valid_periods + fading + self.periods_of_grace, longest)

    @property
    def periods_of_grace(self) -> int:
        """How many periods the days of grace can reach into."""
        if not self.grace_days:
            return 0
        return self.grace_days // (28 * MONTHS_OF[self.window.kind]) + 1

    def held_after(self, rank: int, periods: int) -> int:
        """Return what is left of a rank so many periods after it was reached."""
        overdue = periods - self.valid_periods
        if overdue <= 0 or self.downgrade == NONE:
            return rank
        left = max(rank - overdue, 0) if self.downgrade == ONE_STEP else 0
        for_life = (
            n for n, rung in enumerate(self.rungs[:rank], 1) if rung.is_for_life
        )
        return max([left, *for_life])

    def valid_at(self, at: datetime) -> datetime:
        """Return the instant by whose period validity is judged at `at`."""
        if not self.grace_days:
            return at
        return add_days_at(at, -self.grace_days, self.window.zone)

    def rank_at(
        self, at: datetime, joined_at: datetime, reached: Mapping[int, int]
    ) -> int:
        """Return the rank held at `at` by the ranks reached, by number of the period.

        Windows without periods have the number 0 only.
        """
        if not self.window.is_periodic:
            return max(reached.get(0, 0), self.rank_of_nothing)
        now = self.window.number_at(at, joined_at)
        judged = self.window.number_at(self.valid_at(at), joined_at)
        held = [
            self.held_after(rank, max(judged - number, 0))
            for number, rank in reached.items()
            if number < now or (number == now and self.begins_at_once)
        ]
        return max([self.rank_of_nothing, *held])
