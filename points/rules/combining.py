"""Which of the rules that could count on a purchase do: groups, rules alone, stops.

First each exclusivity group picks among its rules of one stage, then a rule that counts
alone passes over the others of its stage, and then a rule that stops passes over all rules of a
lower priority. Where two are equal, more points win, and then the lower id of the rule,
never the time of an edit.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from points.rules.base import BASE, BONUS, MULTIPLIER, EventLine, Exact
from points.rules.lines import base_of_lines
from points.rules.versions import Fired

BEST, HIGHEST, FIRST, SUM = "best_for_member", "highest_priority", "first_match", "sum"
IN_GROUP, ALONE, STOPPED = "group", "alone", "stopped"
Worth = Callable[[Fired], Exact]
Order = tuple[Exact, ...]


class Lost(NamedTuple):
    """Why a rule that could count does not: the code, the version it lost to."""

    code: str
    to: int


def standing(
    fired: Sequence[Fired], lines: Sequence[EventLine], *, policy: str
) -> tuple[list[Fired], dict[int, Lost]]:
    """Return what counts, and of the others why not, by the id of the version."""
    lost: dict[int, Lost] = {}
    left: list[Fired] = []
    for stage in (BASE, MULTIPLIER, BONUS):
        own = [each for each in fired if each.version.stage == stage]
        # What the base rules came to is known by then, and so what a factor adds.
        worth = _worth_of_factor(left, lines) if stage == MULTIPLIER else _value
        own = _groups_decided(own, worth, policy, lost)
        left += _alone(own, worth, lost)
    left = _stopped(left, lost)
    return left, lost


def _value(fired: Fired) -> Exact:
    return fired.value


def _worth_of_factor(base: Sequence[Fired], lines: Sequence[EventLine]) -> Worth:
    by_line = base_of_lines(lines, base)
    total = sum(by_line)

    def worth(fired: Fired) -> Exact:
        places = fired.chosen
        of_lines = total if places is None else sum(by_line[each] for each in places)
        return (fired.value - 1) * of_lines

    return worth


def _groups_decided(
    fired: Sequence[Fired], worth: Worth, policy: str, lost: dict[int, Lost]
) -> list[Fired]:
    left = [each for each in fired if policy == SUM or not each.version.group]
    groups: dict[str, list[Fired]] = {}
    for each in fired:
        if each not in left:
            groups.setdefault(each.version.group, []).append(each)

    def order(each: Fired) -> Order:
        own = each.version
        if policy == FIRST:
            return (-own.rule_id,)
        first = own.priority if policy == HIGHEST else 0
        return (first, worth(each), -own.rule_id)

    winners = (_winner(each, order, IN_GROUP, lost) for each in groups.values())
    return [*left, *winners]


def _alone(fired: Sequence[Fired], worth: Worth, lost: dict[int, Lost]) -> list[Fired]:
    jealous = [each for each in fired if each.version.is_alone]
    if not jealous or len(fired) == 1:
        return list(fired)

    def order(each: Fired) -> Order:
        own = each.version
        return (own.is_alone, own.priority, worth(each), -own.rule_id)

    return [_winner(fired, order, ALONE, lost)]


def _stopped(fired: Sequence[Fired], lost: dict[int, Lost]) -> list[Fired]:
    stops = [each.version for each in fired if each.version.stops]
    if not stops:
        return list(fired)
    first = max(stops, key=lambda each: (each.priority, -each.rule_id))
    left = [each for each in fired if each.version.priority >= first.priority]
    for each in fired:
        if each not in left:
            lost[each.version.id] = Lost(STOPPED, first.id)
    return left


def _winner(
    fired: Sequence[Fired],
    order: Callable[[Fired], Order],
    code: str,
    lost: dict[int, Lost],
) -> Fired:
    winner = max(fired, key=order)
    for each in fired:
        if each is not winner:
            lost[each.version.id] = Lost(code, winner.version.id)
    return winner
