"""So many points for a purchase, whatever it costs."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext

from points.rules.base import BONUS, EarningEvent, Exact, Question


class FixedForm(forms.Form):
    """Parameters: the `points`."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)


class FixedPerPurchase:
    """A bonus for each purchase; no multiplier touches it."""

    slug = "fixed"
    label: str | Promise = _("Points for a purchase")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = FixedForm

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points, whatever the purchase."""
        points: int = params["points"]

        def of_event(_event: EarningEvent) -> Exact | None:
            return points

        return of_event

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""
        return ngettext(
            "%(points)s point more for a purchase.",
            "%(points)s points more for a purchase.",
            params["points"],
        ) % {"points": params["points"]}
