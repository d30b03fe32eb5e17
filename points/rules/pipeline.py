"""From a purchase to whole points: base, multipliers, bonuses, one rounding, the trace.

The trace is small, because every entry keeps one::

    {"amount": 2933, "steps": [[12, "base", "29"], [13, "ended", null]],
     "tier": ["gold", "3/2"], "exact": "87/2", "rounding": "floor", "points": 43}

`steps` are (id of the rule version, code, exact value); of a rule for some lines a
fourth part has their positions, from 1: `{"lines": [1, 3]}`, and of a rule that lost to
another one the version of that and the points it would have given: `{"to": 12, "worth":
"29"}`. Codes: `base`, `multiplier`, `bonus`, `not_started`, `ended`, `not_met`,
`given`, `lines`, `group`, `alone`, `stopped`, `cap`, and the slug of a condition that
failed. A rule that looks back says what the past came to, `{"had": 3}`, in the fourth
part as well. What a limit cut says which one and what it was before, in the fourth part
of a rule's step and as `cap` of the whole: `{"cap": "day", "before": "29"}`. `changes`
are there where another amount was paid than earns: `{"points_paid": -500}`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

from loyalty_site.lib.money import round_points
from points.rules.asking import Step, ask
from points.rules.base import (
    BASE,
    BONUS,
    MULTIPLIER,
    EarningEvent,
    Exact,
    as_whole,
)
from points.rules.combining import Lost, standing
from points.rules.cutting import cut
from points.rules.lines import line_values, lines_of, shares_of
from points.rules.multipliers import combined
from points.rules.tally import PROGRAMME, Tally
from points.rules.terms import Terms
from points.rules.versions import Fired, VersionInForce


@dataclass(frozen=True, slots=True)
class TierBenefit:
    """What the tier held at the time does to points."""

    slug: str
    multiplier: Exact


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
    tally: Tally | None = None,
) -> Outcome:
    """Return what the purchase earns; qualifying points are those of base rules alone.

    Exact until the one rounding at the end. Source: ADR 0005. With a `tally` the limits
    of days, weeks, months and the balance hold; `count_outcome` counts in it.
    """
    steps, fired = _asked(event, versions, terms, tally)
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
    if terms.has_limits:
        points = limited(points, event, terms, tally, trace=trace)
    trace |= {"exact": str(exact), "rounding": terms.rounding, "points": points}
    return Outcome(
        points,
        round_points(base, terms.rounding),
        trace,
        shares_of(points, weights) if event.lines else (),
    )


def _asked(
    event: EarningEvent,
    versions: Sequence[VersionInForce],
    terms: Terms,
    tally: Tally | None,
) -> tuple[list[Step], list[Fired]]:
    """Ask all versions; return the steps of the trace, and what counts."""
    steps: list[Step] = []
    fired: list[Fired] = []
    minds_others = False
    at = event.occurred_at
    for version in versions:
        if version.covers(at):
            step, answer = ask(version, event, terms, tally)
            steps.append(step)
            if answer is not None:
                fired.append(answer)
                minds_others = minds_others or version.minds_others
    if minds_others:
        fired, lost = standing(fired, lines_of(event), policy=terms.group_policy)
        steps = [_with_loss(step, lost.get(step[0])) for step in steps]
    return steps, fired


def limited(
    points: int,
    event: EarningEvent,
    terms: Terms,
    tally: Tally | None,
    *,
    trace: dict[str, Any],
) -> int:
    """Cut what the purchase earns to the limits of the programme."""
    found = cut(
        points,
        terms.caps,
        event,
        owner=PROGRAMME,
        tally=tally,
        overflow=terms.overflow,
        balance_limit=terms.balance_limit,
    )
    if found is None:
        return points
    trace["cap"] = {"cap": found.cap, "before": points}
    return int(found.left)


def count_outcome(
    outcome: Outcome,
    event: EarningEvent,
    tally: Tally,
    versions: Sequence[VersionInForce],
) -> None:
    """Count in the tally what a purchase earns, as its trace will tell for ever."""
    fired = {step[0]: step for step in outcome.trace["steps"] if step[2] is not None}
    day = tally.day_of(event)
    for version in versions:
        if (step := fired.get(version.id)) is None:
            continue
        if version.caps.has_spans:
            tally.add(version.rule_id, event, as_whole(Fraction(step[2])))
        if version.need is not None:
            tally.add_gift(
                version.rule_id,
                version.need,
                member_id=event.member_id,
                day=day,
                had=step[3]["had"],
            )
    tally.add_purchase(event.member_id, day, event.paid_minor)
    tally.add(PROGRAMME, event, outcome.points)
    balance = tally.balances.get(event.member_id, 0)
    tally.balances[event.member_id] = balance + outcome.points


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
    factors = [] if tier_factor is None else [tier_factor]
    bonus: Exact = 0
    for each in fired:
        if each.version.stage == MULTIPLIER:
            factors.append(each.value)
        elif each.version.stage == BONUS:
            bonus += each.value
    exact = base * combined(factors, combination) + bonus
    return exact, [line.amount_minor for line in event.lines]
