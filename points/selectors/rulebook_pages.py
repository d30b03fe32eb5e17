"""Earning rules as sentences, with their versions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from points.models import EarningRule, RuleVersion
from points.rules import RULE_KINDS
from points.rules.base import RuleKind
from points.rules.conditions.base import Words
from points.selectors.rule_sentences import current_words, sentence_of


@dataclass(frozen=True)
class VersionRow:
    """A version as a sentence; `until` is when the next one took over."""

    version: RuleVersion
    sentence: str
    until: datetime | None


@dataclass(frozen=True)
class RuleRow:
    """A rule with its versions, the latest first; state is on, paused, planned, over."""

    rule: EarningRule
    kind: RuleKind
    versions: list[VersionRow]
    state: str

    @property
    def last(self) -> VersionRow | None:
        """The version that decides for purchases of now."""
        return self.versions[0] if self.versions else None


def rule_rows(
    rules: Sequence[EarningRule], *, currency: str, at: datetime
) -> list[RuleRow]:
    """Return the rules with their versions, by one look-up for all of them."""
    by_rule: dict[int, list[RuleVersion]] = {rule.pk: [] for rule in rules}
    versions = RuleVersion.objects.filter(rule__in=rules).select_related("rule")
    for version in versions.order_by("-number"):
        by_rule[version.rule_id].append(version)
    words = current_words(currency)
    return [_row(rule, by_rule[rule.pk], words, at) for rule in rules]


def _row(
    rule: EarningRule, versions: list[RuleVersion], words: Words, at: datetime
) -> RuleRow:
    followers = [None, *versions]
    return RuleRow(
        rule=rule,
        kind=RULE_KINDS[rule.kind],
        versions=[
            VersionRow(
                version=version,
                sentence=sentence_of(version, words),
                until=following.valid_from if following else None,
            )
            for version, following in zip(versions, followers, strict=False)
        ],
        state=_state(rule, versions, at),
    )


def _state(rule: EarningRule, versions: list[RuleVersion], at: datetime) -> str:
    if not rule.is_active or not versions:
        return "paused"
    last = versions[0]
    if last.is_in_force(at):
        return "on"
    return "planned" if last.starts_at and at < last.starts_at else "over"
