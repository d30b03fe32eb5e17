"""Earning rules as sentences, with their versions and drafts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from points.models import Campaign, EarningRule, RuleDraft, RuleVersion
from points.rules import RULE_KINDS
from points.rules.base import RuleKind
from points.rules.conditions.base import Words
from points.selectors.programme import Rulebook
from points.selectors.rule_sentences import current_words, sentence_of
from points.selectors.rule_spans import Span, spans_of
from points.selectors.rule_warnings import (
    RuleWarning,
    Surroundings,
    versions_to_come,
    warnings_about,
)


@dataclass(frozen=True)
class VersionRow:
    """A version as a sentence, and when it decides; state is now, planned, over, never."""

    version: RuleVersion
    sentence: str
    since: datetime | None
    until: datetime | None
    state: str


@dataclass(frozen=True)
class RuleRow:
    """A rule with its versions, the latest first; state says whether it works now."""

    rule: EarningRule
    kind: RuleKind
    versions: list[VersionRow]
    state: str
    draft: RuleDraft | None = None
    warnings: tuple[RuleWarning, ...] = ()

    @property
    def last(self) -> VersionRow | None:
        """The version that was published last; it may be planned for later."""
        return self.versions[0] if self.versions else None

    @property
    def current(self) -> VersionRow | None:
        """The version that decides for purchases of now."""
        return next((row for row in self.versions if row.state == "now"), None)

    @property
    def planned(self) -> list[VersionRow]:
        """Versions that will decide later, the next one first."""
        return [row for row in reversed(self.versions) if row.state == "planned"]


def rule_rows(
    rules: Sequence[EarningRule], *, currency: str, at: datetime
) -> list[RuleRow]:
    """Return the rules with their versions, by one look-up for all of them.

    Rules that come with their `draft` selected cost no look-up more.
    """
    versions = RuleVersion.objects.filter(rule__in=rules).select_related("rule")
    by_rule: dict[int, list[Span]] = {rule.pk: [] for rule in rules}
    for span in spans_of(versions):
        by_rule[span.version.rule_id].insert(0, span)
    words = current_words(currency)
    return [_row(rule, by_rule[rule.pk], words, at) for rule in rules]


def with_warnings(
    rows: Sequence[RuleRow],
    versions: Iterable[RuleVersion],
    rulebook: Rulebook,
    *,
    at: datetime,
) -> list[RuleRow]:
    """Return the rows with what is odd about them beside all `versions` there are.

    Of rules that are paused or over nothing is said, but for dates that were past when
    they were published.
    """
    within = surroundings_of(versions, rulebook, at=at)
    return [replace(row, warnings=_warnings(row, within, at)) for row in rows]


def surroundings_of(
    versions: Iterable[RuleVersion], rulebook: Rulebook, *, at: datetime
) -> Surroundings:
    """Return what a rule is looked at with."""
    return Surroundings(
        current_words(rulebook.currency),
        rulebook.zone,
        versions_to_come(versions, at=at),
        rulebook.terms.group_policy,
    )


def _warnings(
    row: RuleRow, within: Surroundings, at: datetime
) -> tuple[RuleWarning, ...]:
    if row.last is None or not row.rule.is_active:
        return ()
    version = row.last.version
    since = version.published_at or version.valid_from
    found = warnings_about(version, rule=row.rule, since=since, within=within)
    is_over = version.ends_at is not None and version.ends_at <= at
    return tuple(each for each in found if each.is_never or not is_over)


def _row(rule: EarningRule, spans: list[Span], words: Words, at: datetime) -> RuleRow:
    return RuleRow(
        rule=rule,
        kind=RULE_KINDS[rule.kind],
        versions=[
            VersionRow(
                version=span.version,
                sentence=sentence_of(span.version, words),
                since=span.since,
                until=span.until,
                state=_state_of_version(span, at),
            )
            for span in spans
        ],
        state=_state(rule, spans, at),
        draft=getattr(rule, "draft", None),
    )


def _state_of_version(span: Span, at: datetime) -> str:
    if span.is_empty:
        return "never"
    if span.covers(at):
        return "now"
    return "planned" if span.since and at < span.since else "over"


def _state(rule: EarningRule, spans: list[Span], at: datetime) -> str:
    current = next((span.version for span in spans if span.covers(at)), None)
    if not rule.is_active or current is None:
        return "paused"
    if rule.campaign is not None and rule.campaign.state != Campaign.State.RUNNING:
        return "campaign"
    if current.is_in_force(at):
        return "on"
    return "planned" if current.starts_at and at < current.starts_at else "over"
