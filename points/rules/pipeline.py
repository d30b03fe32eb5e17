"""From a purchase to whole points: base, multipliers, bonuses, one rounding, the trace.

The trace is small, because every entry keeps one::

    {"amount": 2933, "steps": [[12, "base", "29"], [13, "ended", null]],
     "tier": ["gold", "3/2"], "exact": "87/2", "rounding": "floor", "points": 43}

`steps` are (id of the rule version, code, exact value). Codes: `base`, `multiplier`,
`bonus`, `not_started`, `ended`, `not_met`, and the slug of a condition that failed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import prod
from typing import Any, NamedTuple

from loyalty_site.lib.money import round_points
from points.rules.base import BASE, BONUS, EarningEvent, Exact, Question, as_whole
from points.rules.conditions.base import Check


@dataclass(frozen=True, slots=True)
class VersionInForce:
    """A rule version ready to be asked; `until` is when the next version begins."""

    id: int
    stage: str
    ask: Question
    starts_at: datetime | None
    ends_at: datetime | None
    since: datetime | None
    until: datetime | None
    conditions: tuple[tuple[str, Check], ...] = ()

    def covers(self, at: datetime) -> bool:
        """Whether this is the version of its rule at that instant."""
        return (self.since is None or self.since <= at) and (
            self.until is None or at < self.until
        )


@dataclass(frozen=True, slots=True)
class TierBenefit:
    """What the tier held at the time does to points."""

    slug: str
    multiplier: Exact


@dataclass(frozen=True, slots=True)
class Terms:
    """The programme's settings that the pipeline needs."""

    rounding: str
    combination: str


class Outcome(NamedTuple):
    """Whole points, the qualifying part of them, and why."""

    points: int
    qualifying: int
    trace: dict[str, Any]


def evaluate(
    event: EarningEvent,
    *,
    versions: Sequence[VersionInForce],
    tier: TierBenefit | None,
    terms: Terms,
) -> Outcome:
    """Return what the purchase earns; qualifying points are those of base rules alone.

    Exact until the one rounding at the end. Source: ADR 0005.
    """
    steps: list[tuple[int, str, str | None]] = []
    base: Exact = 0
    bonus: Exact = 0
    factors: list[Exact] = []
    for version in versions:
        if not version.covers(event.occurred_at):
            continue
        code, value = _ask(version, event)
        steps.append((version.id, code, None if value is None else str(value)))
        if value is None:
            continue
        if version.stage == BASE:
            base += value
        elif version.stage == BONUS:
            bonus += value
        else:
            factors.append(value)
    trace: dict[str, Any] = {"amount": event.amount_minor, "steps": steps}
    if tier is not None:
        trace["tier"] = (tier.slug, str(tier.multiplier))
        factors.append(tier.multiplier)
    exact = base * combined(factors, terms.combination) + bonus
    points = round_points(exact, terms.rounding)
    trace |= {"exact": str(exact), "rounding": terms.rounding, "points": points}
    return Outcome(points, round_points(base, terms.rounding), trace)


def _ask(version: VersionInForce, event: EarningEvent) -> tuple[str, Exact | None]:
    if version.starts_at is not None and event.occurred_at < version.starts_at:
        return "not_started", None
    if version.ends_at is not None and event.occurred_at >= version.ends_at:
        return "ended", None
    for slug, holds in version.conditions:
        if not holds(event):
            return slug, None
    value = version.ask(event)
    return (version.stage, value) if value is not None else ("not_met", None)


def combined(factors: Sequence[Exact], combination: str) -> Exact:
    """Return the one factor that several multipliers come to; none give 1."""
    if not factors:
        return 1
    if combination == "largest":
        return max(factors)
    if combination == "product":
        return prod(factors)
    # Each extra is its factor less 1; brought to one denominator once, at the end.
    numerator, denominator = 1 - len(factors), 1
    for factor in factors:
        numerator = numerator * factor.denominator + factor.numerator * denominator
        denominator *= factor.denominator
    return as_whole(Fraction(numerator, denominator))


def shares_of(points: int, amounts: Sequence[int]) -> list[int]:
    """Split `points` over lines by amount, the rest by largest remainder.

    The shares add up to `points`; equal remainders go to the earlier line.
    """
    total = sum(amounts)
    if not total:
        return [points if not index else 0 for index in range(len(amounts))]
    shares = [points * amount // total for amount in amounts]
    by_remainder = sorted(
        range(len(amounts)), key=lambda i: (-(points * amounts[i] % total), i)
    )
    for index in by_remainder[: points - sum(shares)]:
        shares[index] += 1
    return shares
