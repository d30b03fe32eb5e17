"""The net promoter score: its interval, its differences, the answers it needs.

The interval is the adjusted Wald one: three pseudo-answers are added, a quarter each
to promoters and detractors, a half to passives. Source: Rocks, The American
Statistician 70 (2016), 365-372.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from reports.statistics.normal import Z_95, Z_POWER_80, two_sided_p

PROMOTER_FROM = 9
PASSIVE_FROM = 7
PSEUDO_ANSWERS = 3
TYPICAL_VARIANCE = 0.67
WORST_VARIANCE = 1.0
SIGNIFICANT_BELOW = 0.05


class Group(StrEnum):
    """The three groups of the 0 to 10 scale."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"

    @property
    def scores(self) -> range:
        """The scores of the group."""
        return {
            Group.PROMOTER: range(PROMOTER_FROM, 11),
            Group.PASSIVE: range(PASSIVE_FROM, PROMOTER_FROM),
            Group.DETRACTOR: range(PASSIVE_FROM),
        }[self]


@dataclass(frozen=True)
class Interval:
    """A 95 % interval and what it was made from; NPS units, -100 to 100."""

    centre: float
    standard_error: float
    low: float
    high: float


@dataclass(frozen=True)
class NpsCounts:
    """Answers by group."""

    promoters: int = 0
    passives: int = 0
    detractors: int = 0

    @property
    def n(self) -> int:
        """All answers with a score."""
        return self.promoters + self.passives + self.detractors

    @property
    def score(self) -> float | None:
        """100 times the share of promoters less that of detractors; None without any."""
        return 100 * (self.promoters - self.detractors) / self.n if self.n else None

    @property
    def plain_standard_error(self) -> float | None:
        """The unadjusted standard error; zero when all agree, so never shown alone."""
        if not self.n:
            return None
        return _standard_error(self.promoters, self.detractors, self.n)

    @property
    def interval(self) -> Interval | None:
        """The adjusted Wald interval, clipped to -100 and 100; None without answers."""
        return adjusted_interval(self) if self.n else None

    def __add__(self, other: "NpsCounts") -> "NpsCounts":
        return NpsCounts(
            self.promoters + other.promoters,
            self.passives + other.passives,
            self.detractors + other.detractors,
        )


def counts_of_scores(answers: Mapping[int, int]) -> NpsCounts:
    """Return the groups of `answers`, a count for each score from 0 to 10."""
    return NpsCounts(*(_in(group, answers.items()) for group in Group))


def _in(group: Group, answers: Iterable[tuple[int, int]]) -> int:
    return sum(count for score, count in answers if score in group.scores)


def _standard_error(promoters: float, detractors: float, n: float) -> float:
    p, d = promoters / n, detractors / n
    return 100 * math.sqrt((p + d - (p - d) ** 2) / n)


def adjusted_interval(counts: NpsCounts) -> Interval:
    """Return the adjusted Wald interval of at least one answer."""
    promoters = counts.promoters + PSEUDO_ANSWERS / 4
    detractors = counts.detractors + PSEUDO_ANSWERS / 4
    n = counts.n + PSEUDO_ANSWERS
    centre = 100 * (promoters - detractors) / n
    error = _standard_error(promoters, detractors, n)
    return Interval(
        centre,
        error,
        max(-100.0, centre - Z_95 * error),
        min(100.0, centre + Z_95 * error),
    )


class Verdict(StrEnum):
    """What a difference says."""

    UP = "up"
    DOWN = "down"
    UNCLEAR = "unclear"


@dataclass(frozen=True)
class Difference:
    """The later score less the earlier one, of different respondents.

    `raw` is what a reader sees; `adjusted` with its interval and `p` decide.
    """

    raw: float
    adjusted: float
    standard_error: float
    z: float
    p: float
    low: float
    high: float

    @property
    def verdict(self) -> Verdict:
        """Up or down where p < .05, else no clear change."""
        if self.p >= SIGNIFICANT_BELOW:
            return Verdict.UNCLEAR
        return Verdict.UP if self.adjusted > 0 else Verdict.DOWN


def difference(earlier: NpsCounts, later: NpsCounts) -> Difference | None:
    """Return the difference by z on the adjusted values; None if one side is empty.

    Not for the same respondents asked twice: those need paired differences.
    """
    before, after = earlier.interval, later.interval
    if not (before and after):
        return None
    adjusted = after.centre - before.centre
    error = math.hypot(before.standard_error, after.standard_error)
    z = adjusted / error
    return Difference(
        raw=(later.score or 0) - (earlier.score or 0),
        adjusted=adjusted,
        standard_error=error,
        z=z,
        p=two_sided_p(z),
        low=max(-200.0, adjusted - Z_95 * error),
        high=min(200.0, adjusted + Z_95 * error),
    )


def answers_needed(half_width: float, variance: float = TYPICAL_VARIANCE) -> int:
    """Return how many answers give an interval of plus or minus `half_width` points."""
    exact = Z_95**2 * variance / (half_width / 100) ** 2 - PSEUDO_ANSWERS
    return max(1, math.ceil(exact))


def smallest_detectable_change(n: int, variance: float = TYPICAL_VARIANCE) -> float:
    """Return the change that two waves of `n` answers find with 80 % power."""
    spread = math.sqrt(2 * variance / (n + PSEUDO_ANSWERS))
    return (Z_95 + Z_POWER_80) * 100 * spread
