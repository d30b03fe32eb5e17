"""What is odd about a rule: it can never count, or counts together with another one."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from loyalty_site.lib import formats
from points.models import EarningRule, RuleContent, RuleVersion
from points.rules import RULE_KINDS
from points.rules.base import BASE, MULTIPLIER
from points.rules.combining import ALONE, BEST, IN_GROUP, STOPPED
from points.rules.conditions.base import Words
from points.rules.conditions.where import CHANNELS
from points.selectors.rule_rivals import (
    Rivalry,
    never_before,
    passes_over,
    same_occasion,
)
from points.selectors.rule_spans import spans_of

# A purchase has one of each, so that rules asking for different ones never meet.
ONE_OF = ("stores", "channels", "tiers", "weekdays")
DAYS_LOOKED_AT = 8  # every day of the week, whatever the hour of the start
# Why a rule can never count, by the code of `points.rules.combining`.
BEFORE: dict[str, str | Promise] = {
    IN_GROUP: gettext_lazy(
        "%(name)s always goes before it in its group: it never counts."
    ),
    ALONE: gettext_lazy("%(name)s counts alone wherever it would: it never counts."),
    STOPPED: gettext_lazy(
        "%(name)s counts wherever it would, and passes over lower priorities: it never"
        " counts."
    ),
}
Minutes = list[tuple[int, int]]
DAY_MINUTES = 24 * 60


@dataclass(frozen=True)
class RuleWarning:
    """Something odd, as a sentence; it never stops anybody.

    `is_never` says that the rule cannot count at all; `other` is the rule it is about.
    """

    sentence: str
    is_never: bool = False
    other: EarningRule | None = None


@dataclass(frozen=True)
class Surroundings:
    """What a rule is looked at with: the names that exist, the zone, the other rules.

    `versions` are those of active rules that decide or will decide.
    """

    words: Words
    zone: ZoneInfo
    versions: Sequence[RuleVersion]
    group_policy: str = BEST


def versions_to_come(
    versions: Iterable[RuleVersion], *, at: datetime
) -> list[RuleVersion]:
    """Return those of active rules that decide at `at` or will decide later."""
    return [
        span.version
        for span in spans_of(each for each in versions if each.rule.is_active)
        if not span.is_empty
        and (span.until is None or at < span.until)
        and (span.version.ends_at is None or at < span.version.ends_at)
    ]


def warnings_about(
    content: RuleContent,
    *,
    rule: EarningRule | None,
    since: datetime,
    within: Surroundings,
) -> list[RuleWarning]:
    """Return what is odd about it from `since` on; `rule` is the one it belongs to."""
    if never := list(_never(content, since, within)):
        return [RuleWarning(said, is_never=True) for said in never]
    others = [each for each in within.versions if rule is None or each.rule != rule]
    rivalry = Rivalry(others, since, within.group_policy)
    if found := never_before(content, rule, rivalry):
        code, rival = found
        said = BEFORE[code] % {"name": rival.rule.name}
        return [RuleWarning(said, is_never=True, other=rival.rule)]
    partly = (RuleWarning(said) for said in _partly(content, others, within))
    return [*partly, *_together(content, others)]


def _never(
    content: RuleContent, since: datetime, within: Surroundings
) -> Iterator[str]:
    conditions, words = content.conditions, within.words
    hours = conditions.get("hours")
    if conditions.get("weekdays") == []:
        yield _("No day of the week is chosen, so it never counts.")
    elif hours and hours[0] == hours[1]:
        yield _("Its hours are empty, so it never counts.")
    elif content.ends_at is not None and content.ends_at <= since:
        yield _("Its dates lie in the past, so no new purchase counts.")
    elif not _has_a_moment(content, since, within.zone):
        yield _("Its days and hours do not fall between its dates, so it never counts.")
    for slug, known, said in (
        ("stores", words.stores, _("None of its stores exists, so it never counts.")),
        ("tiers", words.tiers, _("None of its tiers exists, so it never counts.")),
        ("channels", CHANNELS, _("None of its channels exists, so it never counts.")),
    ):
        if (asked := conditions.get(slug)) and not any(each in known for each in asked):
            yield said
    yield from _never_in_segments(content, words)


def _never_in_segments(content: RuleContent, words: Words) -> Iterator[str]:
    ins = content.conditions.get("segments", {}).get("in", [])
    if ins and not any(each in words.segments for each in ins):
        yield _("None of its segments exists, so it never counts.")
    elif _is_left_out(content, content):
        yield _("It leaves out every segment that it is for, so it never counts.")


def _partly(
    content: RuleContent, others: Sequence[RuleVersion], within: Surroundings
) -> Iterator[str]:
    conditions, words = content.conditions, within.words
    segments = conditions.get("segments", {}).get("in", [])
    for asked, known, said in (
        (
            conditions.get("stores", []),
            words.stores,
            _("There is no store %(names)s any more."),
        ),
        (
            conditions.get("tiers", []),
            words.tiers,
            _("There is no tier %(names)s any more."),
        ),
        (segments, words.segments, _("There is no segment %(names)s any more.")),
    ):
        gone = [each for each in asked if each not in known]
        if gone and len(gone) < len(asked):
            yield said % {"names": formats.listed(gone)}
    bases = (each for each in others if _stage(each) == BASE)
    if _stage(content) == MULTIPLIER and not any(meet(content, each) for each in bases):
        yield _(
            "No base rule counts on the same purchase: there is nothing to multiply."
        )


def _together(
    content: RuleContent, others: Sequence[RuleVersion]
) -> Iterator[RuleWarning]:
    for other in others:
        if not meet(content, other):
            continue
        if passes_over(other, content):
            said = _("Where %(name)s counts, it does not: a lower priority.")
            yield RuleWarning(said % {"name": other.rule.name}, other=other.rule)
            continue
        if other.kind_slug != content.kind_slug:
            continue
        if other.content == content.content:
            said = _("%(name)s says exactly the same, so that it counts twice.")
        elif content.is_alone or other.is_alone or _share_a_group(content, other):
            said = _("%(name)s can count on the same purchase; only one of them does.")
        elif _stage(content) == MULTIPLIER:
            said = _(
                "%(name)s can count on the same purchase; the factors are combined."
            )
        else:
            said = _("%(name)s can count on the same purchase; the points are added.")
        yield RuleWarning(said % {"name": other.rule.name}, other=other.rule)


def _share_a_group(one: RuleContent, other: RuleContent) -> bool:
    return bool(one.group) and one.group == other.group


def meet(one: RuleContent, other: RuleContent) -> bool:
    """Whether there can be a purchase for which the conditions of both hold."""
    return (
        same_occasion(one, other)
        and _dates_meet(one, other)
        and all(_lists_meet(one, other, slug) for slug in ONE_OF)
        and _hours_meet(one, other)
        and not _is_left_out(one, other)
        and not _is_left_out(other, one)
    )


def _stage(content: RuleContent) -> str:
    return RULE_KINDS[content.kind_slug].stage


def _dates_meet(one: RuleContent, other: RuleContent) -> bool:
    starts = [*_starts(one), *_starts(other)]
    ends = [*_ends(one), *_ends(other)]
    return not starts or not ends or max(starts) < min(ends)


def _starts(content: RuleContent) -> list[datetime]:
    own, campaign = content.starts_at, content.rule_campaign
    return [each for each in (own, campaign and campaign.starts_at) if each]


def _ends(content: RuleContent) -> list[datetime]:
    own, campaign = content.ends_at, content.rule_campaign
    return [each for each in (own, campaign and campaign.ends_at) if each]


def _lists_meet(one: RuleContent, other: RuleContent, slug: str) -> bool:
    if slug not in one.conditions or slug not in other.conditions:
        return True
    return not set(one.conditions[slug]).isdisjoint(other.conditions[slug])


def _is_left_out(one: RuleContent, other: RuleContent) -> bool:
    """Whether the other leaves out every segment that the one is for."""
    ins = one.conditions.get("segments", {}).get("in", [])
    outs = other.conditions.get("segments", {}).get("out", [])
    return bool(ins) and set(ins) <= set(outs)


def _hours_meet(one: RuleContent, other: RuleContent) -> bool:
    return any(
        max(start, begin) < min(end, finish)
        for start, end in _minutes(one)
        for begin, finish in _minutes(other)
    )


def _minutes(content: RuleContent) -> Minutes:
    """Return the spans of a day, in minutes, at which it counts."""
    hours = content.conditions.get("hours")
    if hours is None:
        return [(0, DAY_MINUTES)]
    at = [time.fromisoformat(text) for text in hours]
    start, end = (each.hour * 60 + each.minute for each in at)
    if start <= end:
        return [(start, end)]
    return [(0, end), (start, DAY_MINUTES)]


def _has_a_moment(content: RuleContent, since: datetime, zone: ZoneInfo) -> bool:
    """Whether one of its days and hours lies between its dates."""
    if content.ends_at is None or content.ends_at <= since:
        return True
    start = max(content.starts_at or since, since).astimezone(zone)
    end = content.ends_at.astimezone(zone)
    days = content.conditions.get("weekdays", range(7))
    return any(
        max(start, _at(day, begin)) < min(end, _at(day, finish))
        for day in (
            datetime.combine(start.date(), time.min, tzinfo=zone) + timedelta(days=n)
            for n in range(DAYS_LOOKED_AT)
        )
        if day.weekday() in days
        for begin, finish in _minutes(content)
    )


def _at(day: datetime, minute: int) -> datetime:
    return day + timedelta(minutes=minute)
