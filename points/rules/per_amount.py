"""So many points per amount spent."""

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from points.rules.base import BASE, EarningEvent, Exact, Question, as_whole


class PerAmountForm(forms.Form):
    """Parameters: `points` for every `amount` (major units), complete units or not."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    amount = forms.DecimalField(
        label=_("For every amount of"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("In the programme's currency."),
    )
    method = forms.ChoiceField(
        label=_("Counting"),
        choices=[
            ("step", _("Only complete amounts")),
            ("proportional", _("In proportion")),
        ],
    )

    def clean_amount(self) -> str:
        """Refuse zero, which would give endless points; keep the text exact."""
        amount = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Enter an amount above zero."))
        return str(amount)


class PerAmountSpent:
    """Points per amount spent, by complete steps or in proportion."""

    slug = "per_amount"
    label: str | Promise = _("Points per amount spent")
    stage = BASE
    by_pieces = False
    params_form: type[forms.Form] = PerAmountForm

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return exact points; a step is never begun, so splitting earns no more."""
        points: int = params["points"]
        unit = Fraction(params["amount"]) * minor_units
        numerator, denominator = unit.numerator, unit.denominator

        def in_proportion(event: EarningEvent) -> Exact | None:
            return as_whole(
                Fraction(event.amount_minor * points * denominator, numerator)
            )

        def by_steps(event: EarningEvent) -> Exact | None:
            return event.amount_minor * denominator // numerator * points or None

        return in_proportion if params["method"] == "proportional" else by_steps

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""
        values = {
            "points": params["points"],
            "currency": currency,
            "amount": params["amount"],
        }
        sentence = ngettext(
            "%(points)s point for every %(currency)s %(amount)s spent",
            "%(points)s points for every %(currency)s %(amount)s spent",
            params["points"],
        )
        if params["method"] == "proportional":
            return gettext("%(sentence)s, in proportion.") % {
                "sentence": sentence % values
            }
        return gettext("%(sentence)s, complete amounts only.") % {
            "sentence": sentence % values
        }
