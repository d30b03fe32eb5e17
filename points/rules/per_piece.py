"""So many points per piece."""

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext

from points.rules.base import BASE, EarningEvent, Exact, Question, as_whole


class PerPieceForm(forms.Form):
    """Parameters: the `points` of a piece."""

    points = forms.IntegerField(
        label=_("Points for each piece"), min_value=1, max_value=1_000_000
    )


class PerPiece:
    """Points per piece, in proportion for what is weighed."""

    slug = "per_piece"
    label: str | Promise = _("Points per piece")
    stage = BASE
    by_pieces = True
    params_form: type[forms.Form] = PerPieceForm

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points of all pieces; None where they are not known, or none."""
        points: int = params["points"]

        def of_event(event: EarningEvent) -> Exact | None:
            if event.lines:
                pieces = sum(line.quantity for line in event.lines)
            else:
                pieces = event.units or 0
            return as_whole(Fraction(pieces) * points) or None

        return of_event

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""
        return ngettext(
            "%(points)s point for every piece.",
            "%(points)s points for every piece.",
            params["points"],
        ) % {"points": params["points"]}
