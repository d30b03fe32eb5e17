"""The purchase that lifts the tier: which part of it comes before the threshold."""

from fractions import Fraction

from points.tiering.plan import Counters, Plan, Rung

# Shares of a purchase, from its beginning, each with the rank at which it earns.
Parts = list[tuple[Fraction, int]]


def parts_by_rank(
    plan: Plan, rank: int, *, before: Counters, gained: Counters
) -> Parts:
    """Return the parts of a purchase that adds `gained` to the counters `before`.

    The threshold itself is reached within the part before it. What `gained` leaves out, such
    as the visit, is there with the whole purchase only and parts nothing.
    """
    parts: Parts = []
    done = Fraction(0)
    for higher in range(rank + 1, len(plan.rungs) + 1):
        share = _share_before(plan.rungs[higher - 1], before, gained)
        if share is None or share >= 1:
            break
        if share > done:
            parts.append((share - done, rank))
            done = share
        rank = higher
    return [*parts, (1 - done, rank)]


def _share_before(rung: Rung, before: Counters, gained: Counters) -> Fraction | None:
    """Return the share of the purchase that reaches the rung; None: it does not."""
    shares = [
        _share_of_one(least - before.get(name, 0), gained.get(name, 0))
        for name, least in rung.criteria.items()
    ]
    met = [share for share in shares if share is not None]
    if rung.needs_all:
        return max(met) if len(met) == len(shares) else None
    return min(met, default=None)


def _share_of_one(missing: int, gained: int) -> Fraction | None:
    if missing <= 0:
        return Fraction(0)
    return Fraction(missing, gained) if gained >= missing else None
