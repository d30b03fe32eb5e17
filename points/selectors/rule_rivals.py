"""Which rules always go before another one: by its group, by counting alone, by a stop.

Only what is sure is said: a rival counts wherever the other rule does, whatever the
purchase, and the settings say that it wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from points.models import EarningRule, RuleContent, RuleVersion
from points.rules import RULE_KINDS, is_for_events
from points.rules.combining import ALONE, FIRST, HIGHEST, IN_GROUP, STOPPED, SUM
from points.rules.event_bonus import event_name

SUBSETS = frozenset({"stores", "channels", "tiers", "weekdays", "payment", "codes"})
EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Rivalry:
    """The rules beside one, at an instant, and which of a group counts."""

    others: Sequence[RuleVersion]
    since: datetime
    group_policy: str


def never_before(
    content: RuleContent, rule: EarningRule | None, rivalry: Rivalry
) -> tuple[str, RuleVersion] | None:
    """Return why the rule can never count, and the rival; None where it may."""
    for other in rivalry.others:
        if not same_occasion(other, content):
            continue
        if _is_sure(other, rivalry) and covers(other, content):
            if _wins_group(other, content, rule, rivalry.group_policy):
                return IN_GROUP, other
            if other.group and rivalry.group_policy != SUM:
                continue
            if _counts_alone(other, content):
                return ALONE, other
            if passes_over(other, content) and not _may_lose(other, rivalry):
                return STOPPED, other
    return None


def same_occasion(one: RuleContent, other: RuleContent) -> bool:
    """Whether both are for purchases, or for the same event."""
    names = [
        event_name(each.params) if is_for_events(each.kind_slug) else ""
        for each in (one, other)
    ]
    return names[0] == names[1]


def passes_over(other: RuleContent, content: RuleContent) -> bool:
    """Whether the other one stops the search before this one is reached."""
    return other.stops and content.priority < other.priority


def covers(other: RuleContent, content: RuleContent) -> bool:
    """Whether the conditions of the other one hold wherever those of this one do."""
    return (
        (other.starts_at or EARLIEST) <= (content.starts_at or EARLIEST)
        and (other.ends_at or LATEST) >= (content.ends_at or LATEST)
        and all(
            slug in content.conditions and _holds(slug, asked, content.conditions[slug])
            for slug, asked in other.conditions.items()
        )
    )


def _holds(slug: str, asked: Any, given: Any) -> bool:  # noqa: ANN401 -- JSON of any condition
    if slug in SUBSETS:
        return set(given) <= set(asked)
    if slug == "segments":
        return _is_within(given, asked)
    if slug == "minimum":
        return Decimal(str(given)) >= Decimal(str(asked))
    return bool(asked == given)


def _is_within(given: dict[str, list[str]], asked: dict[str, list[str]]) -> bool:
    """Whether everybody whom the segments of `given` let in is let in by `asked`."""
    ins, outs = set(given.get("in", [])), set(given.get("out", []))
    lets_in = not asked.get("in") or (bool(ins) and ins <= set(asked["in"]))
    return lets_in and set(asked.get("out", [])) <= outs


def _is_sure(other: RuleVersion, rivalry: Rivalry) -> bool:
    """Whether nothing but its conditions decides whether it counts, from now on."""
    versions = [each for each in rivalry.others if each.rule == other.rule]
    return (
        len(versions) == 1
        and other.valid_from <= rivalry.since
        and other.rule.campaign_id is None
        and _always_gives(other)
    )


def _always_gives(other: RuleVersion) -> bool:
    caps = (other.cap_purchase, other.cap_day, other.cap_week, other.cap_month)
    if any(cap is not None for cap in caps):
        return False
    if other.kind_slug == "multiplier":
        return not Fraction(other.params.get("minimum", "0"))
    return other.kind_slug == "fixed" or other.params.get("method") == "proportional"


def _wins_group(
    other: RuleVersion, content: RuleContent, rule: EarningRule | None, policy: str
) -> bool:
    if not content.group or other.group != content.group or policy == SUM:
        return False
    if RULE_KINDS[other.kind_slug].stage != RULE_KINDS[content.kind_slug].stage:
        return False
    is_older = rule is None or not rule.pk or other.rule_id < rule.pk
    if policy == FIRST:
        return is_older
    if policy == HIGHEST and other.priority != content.priority:
        return other.priority > content.priority
    more, less = _worth(other), _worth(content)
    if more is None or less is None or other.kind_slug != content.kind_slug:
        return False
    return more > less or (more == less and is_older)


def _worth(content: RuleContent) -> Fraction | None:
    """Return what orders rules of the same kind on every purchase; None is not known."""
    params = content.params
    if content.kind_slug == "fixed":
        return Fraction(params["points"])
    if content.kind_slug == "multiplier":
        return Fraction(params["factor"])
    # Of other goods, or above the smallest purchase, the better rate may give less.
    if params.get("method") == "proportional" and not content.conditions:
        return Fraction(params["points"]) / Fraction(params["amount"])
    return None


def _counts_alone(other: RuleVersion, content: RuleContent) -> bool:
    if RULE_KINDS[other.kind_slug].stage != RULE_KINDS[content.kind_slug].stage:
        return False
    return other.is_alone and (
        not content.is_alone or other.priority > content.priority
    )


def _may_lose(other: RuleVersion, rivalry: Rivalry) -> bool:
    """Whether another rule that counts alone may take its place."""
    return any(
        each.is_alone
        and each.rule != other.rule
        and RULE_KINDS[each.kind_slug].stage == RULE_KINDS[other.kind_slug].stage
        for each in rivalry.others
    )
