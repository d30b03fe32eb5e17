"""Base points times a factor."""

from fractions import Fraction
from math import ceil
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from points.rules.base import MULTIPLIER, EarningEvent, Exact, Question, as_whole


class MultiplierForm(forms.Form):
    """Parameters: the `factor`, and the smallest basket (major units) it needs."""

    factor = forms.DecimalField(
        label=_("Factor"), min_value=1, max_value=100, max_digits=6, decimal_places=3
    )
    minimum = forms.DecimalField(
        label=_("Smallest purchase"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        required=False,
        help_text=_("Reached counts as in. Empty: any purchase."),
    )

    def clean_factor(self) -> str:
        """Keep the text exact."""
        return str(self.cleaned_data["factor"])

    def clean_minimum(self) -> str:
        """Keep the text exact; nothing means zero."""
        return str(self.cleaned_data["minimum"] or 0)


class Multiplier:
    """Multiplies what the base rules came to."""

    slug = "multiplier"
    label: str | Promise = _("Multiplier")
    stage = MULTIPLIER
    by_pieces = False
    params_form: type[forms.Form] = MultiplierForm

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the factor, or None below the smallest purchase."""
        factor = as_whole(Fraction(params["factor"]))
        smallest = ceil(Fraction(params.get("minimum", "0")) * minor_units)

        def of_event(event: EarningEvent) -> Exact | None:
            return factor if event.amount_minor >= smallest else None

        return of_event

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""
        if Fraction(params.get("minimum", "0")):
            return gettext(
                "Points times %(factor)s on purchases of %(currency)s %(minimum)s or more."
            ) % {
                "factor": params["factor"],
                "currency": currency,
                "minimum": params["minimum"],
            }
        return gettext("Points times %(factor)s.") % {"factor": params["factor"]}
