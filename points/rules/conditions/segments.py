"""The condition about the segments that the member was in."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words

FEW_SEGMENTS = 12
ONLY, NOT = "in", "out"


class Segments:
    """In one of some segments at the time of purchase, and in none of others.

    Value: their short names, as `{"in": [...], "out": [...]}`; either may be missing.
    """

    slug = "segments"
    reason: str | Promise = _("it was not for the segments of the member")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a box for each segment, twice; none where there are no segments."""
        if not words.segments:
            return {}
        return {
            "segments_in": _choice(
                words,
                gettext("In one of these segments"),
                gettext("None chosen: for everybody."),
            ),
            "segments_out": _choice(
                words,
                gettext("In none of these segments"),
                gettext("None chosen: nobody is left out."),
            ),
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the segments."""
        return {f"segments_{side}": value.get(side, []) for side in (ONLY, NOT)}

    def read(self, data: Cleaned) -> Value | None:
        """Return the segments; refuse one that is in and out."""
        value = {
            side: sorted(slugs)
            for side in (ONLY, NOT)
            if (slugs := data.get(f"segments_{side}"))
        }
        if set(value.get(ONLY, [])) & set(value.get(NOT, [])):
            sentence = gettext("A segment cannot be in and out.")
            raise ValidationError({"segments_out": sentence})
        return value or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether the member was in one that is in, and in none that is out."""
        ins, outs = frozenset(value.get(ONLY, [])), frozenset(value.get(NOT, []))

        def is_meant(event: EarningEvent) -> bool:
            if ins and ins.isdisjoint(event.segments):
                return False
            return outs.isdisjoint(event.segments)

        return is_meant

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        parts = []
        for side, said in (
            (ONLY, gettext("Only for members of the segment %(segments)s.")),
            (NOT, gettext("Not for members of the segment %(segments)s.")),
        ):
            if slugs := value.get(side):
                names = formats.listed(words.of_segments(slugs))
                parts.append(said % {"segments": names})
        return formats.sentences(*parts)


def _choice(words: Words, label: str, help_text: str) -> forms.MultipleChoiceField:
    is_few = len(words.segments) <= FEW_SEGMENTS
    return forms.MultipleChoiceField(
        label=label,
        choices=list(words.segments.items()),
        required=False,
        widget=(
            forms.CheckboxSelectMultiple
            if is_few
            else forms.SelectMultiple(attrs={"size": 8})
        ),
        help_text=help_text,
    )
