"""Lines of a basket: what of it a rule looks at, and what each line earns."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from points.rules.base import (
    BASE,
    BONUS,
    MULTIPLIER,
    EarningEvent,
    EventLine,
    Exact,
    LineCheck,
    as_whole,
)
from points.rules.multipliers import combined
from points.rules.versions import Fired


class WholePurchase(NamedTuple):
    """The one line of a purchase that came without lines: nothing is known of it."""

    amount_minor: int
    quantity: Decimal
    sku: str = ""
    category: str = ""
    brand: str = ""
    labels: Sequence[str] = ()


def lines_of(event: EarningEvent) -> Sequence[EventLine]:
    """Return the lines; a purchase without any is one line of the whole."""
    return event.lines or (
        WholePurchase(event.amount_minor, event.units or Decimal(0)),
    )


def narrowed(
    event: EarningEvent, check: LineCheck
) -> tuple[EarningEvent, list[int]] | None:
    """Return the purchase as if it were those lines alone, and their places.

    None where there is no such line, or where discounts leave nothing of them.
    """
    lines = lines_of(event)
    chosen = [place for place, line in enumerate(lines) if check(line)]
    if not chosen:
        return None
    part = [lines[place] for place in chosen]
    amount_minor = sum(line.amount_minor for line in part)
    if amount_minor < 0:
        return None
    paid_minor = event.amount_minor - sum(event.changes.values())
    if event.changes and paid_minor > 0:
        # What does not earn is spread over the lines by their amounts.
        amount_minor = amount_minor * event.amount_minor // paid_minor
    return event._replace(amount_minor=amount_minor, lines=part), chosen


def line_values(
    lines: Sequence[EventLine],
    fired: Sequence[Fired],
    *,
    tier_factor: Exact | None,
    combination: str,
) -> list[Exact]:
    """Return the exact points of each line: its base, multiplied, and its bonuses."""
    base = base_of_lines(lines, fired)
    bonus = _parts_by_line(lines, fired, BONUS)
    factors: list[list[Exact]] = [
        [] if tier_factor is None else [tier_factor] for _line in lines
    ]
    for each in fired:
        if each.version.stage == MULTIPLIER:
            for place in _places(each, lines):
                factors[place].append(each.value)
    return [
        of_base * combined(of_line, combination) + of_bonus
        for of_base, of_line, of_bonus in zip(base, factors, bonus, strict=True)
    ]


def base_of_lines(lines: Sequence[EventLine], fired: Sequence[Fired]) -> list[Exact]:
    """Return the exact base points of each line, before any multiplier."""
    return _parts_by_line(lines, fired, BASE)


def _parts_by_line(
    lines: Sequence[EventLine], fired: Sequence[Fired], stage: str
) -> list[Exact]:
    parts: list[Exact] = [0] * len(lines)
    for each in fired:
        if each.version.stage == stage:
            places = _places(each, lines)
            weights = [_weight(lines[place], each) for place in places]
            for place, part in zip(places, parts_of(each.value, weights), strict=True):
                parts[place] += part
    return parts


def _places(fired: Fired, lines: Sequence[EventLine]) -> Sequence[int]:
    return range(len(lines)) if fired.chosen is None else fired.chosen


def _weight(line: EventLine, fired: Fired) -> Exact:
    by_pieces = fired.version.by_pieces
    return Fraction(line.quantity) if by_pieces else line.amount_minor


def parts_of(value: Exact, weights: Sequence[Exact]) -> list[Exact]:
    """Split an exact value by weight; without any weight the first has it all."""
    total = sum(weights)
    if not total:
        return [value, *(0 for _weight in weights[1:])]
    return [as_whole(Fraction(value * weight) / total) for weight in weights]


def shares_of(points: int, weights: Sequence[Exact]) -> list[int]:
    """Split `points` over lines by weight, the rest by largest remainder.

    The weights are the amounts of the lines, or what each earned exactly. The shares add
    up to `points`; equal remainders go to the earlier line.
    """
    total = sum(weights)
    if not total:
        return [points if not index else 0 for index in range(len(weights))]
    shares = [points * weight // total for weight in weights]
    by_remainder = sorted(
        range(len(weights)), key=lambda i: (-(points * weights[i] % total), i)
    )
    for index in by_remainder[: points - sum(shares)]:
        shares[index] += 1
    return shares
