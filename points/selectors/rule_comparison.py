"""What changes from one version of a rule to another, or to a draft."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, pgettext

from loyalty_site.lib import formats
from points.models import RuleContent
from points.rules.conditions import ASKED
from points.rules.conditions.base import Words
from points.selectors.rule_sentences import what_it_gives
from points.selectors.rulebook_pages import RuleRow, VersionRow

Text = str | Promise
TOLD_APART = ("params", "conditions")


@dataclass(frozen=True)
class ComparedLine:
    """One thing that a rule says, before and after; empty where it says nothing."""

    label: Text
    before: Text
    after: Text

    @property
    def is_changed(self) -> bool:
        """Whether the two differ."""
        return str(self.before) != str(self.after)


@dataclass(frozen=True)
class HistoryStep:
    """A version, and what it changed from the one before."""

    row: VersionRow
    lines: list[ComparedLine]


def history_of(row: RuleRow, words: Words) -> list[HistoryStep]:
    """Return the versions of a rule, the latest first, each with what it changed."""
    earlier = [each.version for each in row.versions[1:]]
    return [
        HistoryStep(
            each,
            [line for line in compared(before, each.version, words) if line.is_changed],
        )
        for each, before in zip(row.versions, [*earlier, None], strict=True)
    ]


def compared(
    before: RuleContent | None, after: RuleContent, words: Words
) -> list[ComparedLine]:
    """Return everything that either of them says, line by line."""
    return [line for line in _lines(before, after, words) if line.before or line.after]


def _lines(
    before: RuleContent | None, after: RuleContent, words: Words
) -> Iterator[ComparedLine]:
    yield ComparedLine(
        _("What it gives"),
        what_it_gives(before, words) if before else "",
        what_it_gives(after, words),
    )
    for slug in ASKED:
        yield ComparedLine(
            _("Only if"),
            _condition(before, slug, words),
            _condition(after, slug, words),
        )
    for name in after.content:
        if name not in TOLD_APART:
            yield ComparedLine(
                _label(after, name), _shown(before, name), _shown(after, name)
            )


def _condition(content: RuleContent | None, slug: str, words: Words) -> str:
    if content is None or slug not in content.conditions:
        return ""
    return ASKED[slug].describe(content.conditions[slug], words)


def _label(content: RuleContent, name: str) -> str:
    label = str(content._meta.get_field(name).verbose_name)  # type: ignore[union-attr] # noqa: SLF001 -- a field of ours; public in Django
    return label[:1].upper() + label[1:]


def _shown(content: RuleContent | None, name: str) -> Text:
    value = getattr(content, name) if content is not None else None
    if isinstance(value, datetime):
        return formats.daytime(value)
    if isinstance(value, bool):
        return pgettext("setting", "Yes") if value else pgettext("setting", "No")
    said = getattr(content, f"get_{name}_display", None)
    return str(said()) if said else str(value) if value is not None else ""
