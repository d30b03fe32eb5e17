"""Conditions about single lines: a rule with one looks only at the lines that hold."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EventLine, LineCheck
from points.rules.conditions.base import Cleaned, Value, Words
from points.rules.conditions.texts import TextsField

Texts = Callable[[EventLine], Sequence[str]]
ONLY, NOT = "in", "out"


class LineTexts:
    """One thing that is said of a line. Value: texts that are in, texts that are out.

    Stored as `{"in": [...], "out": [...]}`, either may be missing. Case does not count.
    A line of which nothing is said is not in, and not out.
    """

    def __init__(
        self, slug: str, texts: Texts, *, label: str | Promise, only: str | Promise
    ) -> None:
        self.slug = slug
        self.label = label
        self._texts = texts
        self._only = only

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a field for what is in, and one for what is out."""
        return {
            f"{self.slug}_in": TextsField(label=self.label),
            f"{self.slug}_out": TextsField(
                label=gettext("%(what)s: not these") % {"what": self.label}
            ),
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the texts."""
        return {f"{self.slug}_{side}": value.get(side, []) for side in (ONLY, NOT)}

    def read(self, data: Cleaned) -> Value | None:
        """Return the texts; refuse one that is in and out."""
        value = {
            side: texts
            for side in (ONLY, NOT)
            if (texts := data.get(f"{self.slug}_{side}"))
        }
        both = _folded(value.get(ONLY, [])) & _folded(value.get(NOT, []))
        if both:
            sentence = gettext("“%(text)s” cannot be in and out.")
            raise ValidationError({f"{self.slug}_out": sentence % {"text": min(both)}})
        return value or None

    def prepare(self, value: Value) -> LineCheck:
        """Return whether a line is meant."""
        ins, outs, texts = (
            _folded(value.get(ONLY, [])),
            _folded(value.get(NOT, [])),
            self._texts,
        )

        def is_meant(line: EventLine) -> bool:
            said = [text.casefold() for text in texts(line)]
            if ins and ins.isdisjoint(said):
                return False
            return outs.isdisjoint(said)

        return is_meant

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        parts = []
        if value.get(ONLY):
            only = gettext("Only for %(what)s: %(texts)s.")
            parts.append(only % self._named(value[ONLY]))
        if value.get(NOT):
            but = gettext("Not for %(what)s: %(texts)s.")
            parts.append(but % self._named(value[NOT]))
        return formats.sentences(*parts)

    def _named(self, texts: list[str]) -> dict[str, str]:
        return {"what": str(self._only), "texts": formats.listed(texts)}


def _folded(texts: Iterable[str]) -> frozenset[str]:
    return frozenset(text.casefold() for text in texts)


_LINE_CONDITIONS = (
    LineTexts(
        "sku",
        lambda line: (line.sku,) if line.sku else (),
        label=_("Articles (SKU)"),
        only=_("the articles"),
    ),
    LineTexts(
        "category",
        lambda line: (line.category,) if line.category else (),
        label=_("Categories"),
        only=_("the categories"),
    ),
    LineTexts(
        "brand",
        lambda line: (line.brand,) if line.brand else (),
        label=_("Brands"),
        only=_("the brands"),
    ),
    LineTexts(
        "label",
        lambda line: line.labels,
        label=_("Labels"),
        only=_("goods labelled"),
    ),
)
LINE_CONDITIONS: dict[str, LineTexts] = {each.slug: each for each in _LINE_CONDITIONS}


def all_of(checks: Sequence[LineCheck]) -> LineCheck | None:
    """Return the check that all of them hold, or None for none."""
    if len(checks) <= 1:
        return checks[0] if checks else None

    def are_met(line: EventLine) -> bool:
        return all(check(line) for check in checks)

    return are_met
