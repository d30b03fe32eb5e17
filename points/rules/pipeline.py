"""From a purchase to whole points: base, multipliers, bonuses, one rounding, the trace.

The trace is small, because every entry keeps one::

    {"amount": 2933, "steps": [[12, "base", "29"], [13, "ended", null]],
     "tier": ["gold", "3/2"], "exact": "87/2", "rounding": "floor", "points": 43}

`steps` are (id of the rule version, code, exact value); of a rule for some lines a
fourth part has their positions, from 1: `{"lines": [1, 3]}`, and of a rule that lost to
another one the version of that and the points it would have given: `{"to": 12, "worth":
"29"}`. Codes: `base`, `multiplier`, `bonus`, `not_started`, `ended`,
`not_met`, `lines`, `group`, `alone`, `stopped`, and the slug of a condition that failed.
`changes` are there where another amount was paid than earns: `{"points_paid": -500}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from loyalty_site.lib.money import round_points
from points.rules.base import BASE, BONUS, MULTIPLIER, EarningEvent, Exact
from points.rules.basis import STANDARD, Basis
from points.rules.combining import BEST, Lost, standing
from points.rules.lines import line_values, lines_of, narrowed, shares_of
from points.rules.multipliers import combined
from points.rules.versions import Fired, VersionInForce

Step = tuple[Any, ...]


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
    group_policy: str = BEST
    rounds_each_rule: bool = False
    basis: Basis = STANDARD

    def of_rule(self, version: VersionInForce, value: Exact | None) -> Exact | None:
        """Return what a rule gives, rounded here where each rule is."""
        if value is None or not self.rounds_each_rule or version.stage == MULTIPLIER:
            return value
        return round_points(value, self.rounding)


class Outcome(NamedTuple):
    """Whole points, the qualifying part of them, why, and the points of each line."""

    points: int
    qualifying: int
    trace: dict[str, Any]
    line_points: Sequence[int] = ()


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
    steps: list[Step] = []
    fired: list[Fired] = []
    for version in versions:
        if version.covers(event.occurred_at):
            step, answer = _asked(version, event, terms)
            steps.append(step)
            if answer is not None:
                fired.append(answer)
    if any(each.version.minds_others for each in fired):
        fired, lost = standing(fired, lines_of(event), policy=terms.group_policy)
        steps = [_with_loss(step, lost.get(step[0])) for step in steps]
    trace: dict[str, Any] = {"amount": event.amount_minor, "steps": steps}
    if event.changes:
        trace["changes"] = dict(event.changes)
    if tier is not None:
        trace["tier"] = (tier.slug, str(tier.multiplier))
    base = sum(each.value for each in fired if each.version.stage == BASE)
    exact, weights = _total(
        event,
        fired,
        base=base,
        tier_factor=tier.multiplier if tier else None,
        combination=terms.combination,
    )
    points = round_points(exact, terms.rounding)
    trace |= {"exact": str(exact), "rounding": terms.rounding, "points": points}
    return Outcome(
        points,
        round_points(base, terms.rounding),
        trace,
        shares_of(points, weights) if event.lines else (),
    )


def _asked(
    version: VersionInForce, event: EarningEvent, terms: Terms
) -> tuple[Step, Fired | None]:
    """Ask one version; conditions look at the whole purchase, the kind at its lines."""
    if code := version.refusal(event):
        return (version.id, code, None), None
    if version.lines is None:
        value = terms.of_rule(version, version.ask(event))
        if value is None:
            return (version.id, "not_met", None), None
        return (version.id, version.stage, str(value)), Fired(version, value)
    found = narrowed(event, version.lines)
    if found is None:
        return (version.id, "lines", None), None
    part, chosen = found
    value = terms.of_rule(version, version.ask(part))
    if value is None:
        return (version.id, "not_met", None), None
    detail = {"lines": [place + 1 for place in chosen]} if event.lines else {}
    step = (version.id, version.stage, str(value), detail)
    return step, Fired(version, value, chosen)


def _with_loss(step: Step, lost: Lost | None) -> Step:
    if lost is None:
        return step
    version_id, _stage, value, *_more = step
    return (version_id, lost.code, None, {"to": lost.to, "worth": value})


def _total(
    event: EarningEvent,
    fired: Sequence[Fired],
    *,
    base: Exact,
    tier_factor: Exact | None,
    combination: str,
) -> tuple[Exact, Sequence[Exact]]:
    """Return the exact points, and what the lines share them by.

    Where no rule prefers some lines, each line earns in proportion to its amount.
    """
    if any(each.chosen is not None or each.version.by_pieces for each in fired):
        lines = lines_of(event)
        values = line_values(
            lines, fired, tier_factor=tier_factor, combination=combination
        )
        return max(sum(values), 0), values
    factors = [each.value for each in fired if each.version.stage == MULTIPLIER]
    if tier_factor is not None:
        factors.append(tier_factor)
    bonus = sum(each.value for each in fired if each.version.stage == BONUS)
    exact = base * combined(factors, combination) + bonus
    return exact, [line.amount_minor for line in event.lines]
