"""A purchase in parts that earn at different tiers, with one rounding of the sum."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from loyalty_site.lib.money import round_points
from points.rules.base import EarningEvent, as_whole
from points.rules.lines import shares_of
from points.rules.pipeline import Outcome, TierBenefit, evaluate, limited
from points.rules.tally import Tally
from points.rules.terms import Terms
from points.rules.versions import VersionInForce


class Part(NamedTuple):
    """A share (> 0, <= 1) of a purchase, and the tier at which it earns."""

    share: Fraction
    tier: TierBenefit | None


def evaluate_parts(
    event: EarningEvent,
    parts: Sequence[Part],
    *,
    versions: Sequence[VersionInForce],
    terms: Terms,
    tally: Tally | None = None,
) -> Outcome:
    """Return what the purchase earns: of each part its share of what the whole would.

    The trace is that of the first part; `rise` has, of each part, the tier, its factor,
    the share and the exact points of the part.
    """
    outcomes = [
        evaluate(
            event._replace(tier=part.tier.slug if part.tier else ""),
            versions=versions,
            tier=part.tier,
            terms=terms,
            tally=tally,
        )
        for part in parts
    ]
    exacts = [
        part.share * Fraction(each.trace["exact"])
        for part, each in zip(parts, outcomes, strict=True)
    ]
    exact = as_whole(sum(exacts, Fraction(0)))
    trace = {key: told for key, told in outcomes[0].trace.items() if key != "cap"}
    trace["rise"] = [
        _told(part, value) for part, value in zip(parts, exacts, strict=True)
    ]
    points = round_points(exact, terms.rounding)
    if terms.has_limits:
        points = limited(points, event, terms, tally, trace=trace)
    trace |= {"exact": str(exact), "points": points}
    qualifying = _mixed(parts, [each.qualifying for each in outcomes])
    lines = [each.line_points for each in outcomes]
    weights = [_mixed(parts, of_line) for of_line in zip(*lines, strict=True)]
    return Outcome(
        points,
        round_points(qualifying, terms.rounding),
        trace,
        shares_of(points, weights) if event.lines else (),
    )


def _told(part: Part, exact: Fraction) -> tuple[str, str, str, str]:
    slug, factor = (part.tier.slug, part.tier.multiplier) if part.tier else ("", 1)
    return slug, str(factor), str(part.share), str(exact)


def _mixed(parts: Sequence[Part], values: Sequence[int]) -> Fraction:
    mixed = (part.share * value for part, value in zip(parts, values, strict=True))
    return sum(mixed, Fraction(0))
