"""Points once purchases of a span reach a goal: an amount, or a number of them."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from points.rules.base import BONUS, EarningEvent, Exact, Need, Question
from points.rules.spans import ONCE_IN, SPAN_LABELS

SPANS = list(SPAN_LABELS.items())


class SpendGoalForm(forms.Form):
    """Parameters: `points` once `amount` (major units) is reached in a `span`."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    amount = forms.DecimalField(
        label=_("Once purchases come to"),
        min_value=0,
        max_digits=12,
        decimal_places=2,
        help_text=_("In the programme's currency, less what came back."),
    )
    span = forms.ChoiceField(label=_("Counted in"), choices=SPANS, initial="month")

    def clean_amount(self) -> str:
        """Refuse zero, which is no goal; keep the text exact."""
        amount: Decimal = self.cleaned_data["amount"]
        if not amount:
            raise forms.ValidationError(_("Enter an amount above zero."))
        return str(amount)


class SpendGoal:
    """A bonus on the purchase that brings what was spent to the goal, once a span."""

    slug = "spend_goal"
    label: str | Promise = _("Points for an amount reached")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = SpendGoalForm

    def need(self, params: dict[str, Any]) -> Need:
        """Return the span whose amounts are added."""
        return Need(params["span"], is_money=True)

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points where the goal is reached, inclusive, and not before."""
        return _reached(
            params["points"], ceil(Fraction(params["amount"]) * minor_units)
        )

    def why_not(self, params: dict[str, Any], had: int, currency: str) -> str:
        """Say how far it is."""
        return gettext("purchases came to %(had)s so far") % {
            "had": formats.money(had, currency)
        }

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as sentences."""
        said = ngettext(
            "%(points)s point more once purchases come to %(currency)s %(amount)s.",
            "%(points)s points more once purchases come to %(currency)s %(amount)s.",
            params["points"],
        )
        return formats.sentences(
            said
            % {
                "points": params["points"],
                "currency": currency,
                "amount": params["amount"],
            },
            str(ONCE_IN[params["span"]]),
        )


class CountGoalForm(forms.Form):
    """Parameters: `points` once there are `number` purchases in a `span`."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    number = forms.IntegerField(
        label=_("Once there are so many purchases"), min_value=1, max_value=10_000
    )
    span = forms.ChoiceField(label=_("Counted in"), choices=SPANS, initial="month")


class CountGoal:
    """A bonus on the purchase that makes them so many, once a span."""

    slug = "count_goal"
    label: str | Promise = _("Points for a number of purchases reached")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = CountGoalForm

    def need(self, params: dict[str, Any]) -> Need:
        """Return the span whose purchases are counted."""
        return Need(params["span"])

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points where the goal is reached, inclusive, and not before."""
        return _reached(params["points"], params["number"])

    def why_not(self, params: dict[str, Any], had: int, currency: str) -> str:
        """Say how far it is."""
        return gettext("it was purchase %(had)s of %(number)s") % {
            "had": had,
            "number": params["number"],
        }

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as sentences."""
        said = ngettext(
            "%(points)s point more once there are %(n)s purchases.",
            "%(points)s points more once there are %(n)s purchases.",
            params["points"],
        )
        values = {"points": params["points"], "n": params["number"]}
        return formats.sentences(said % values, str(ONCE_IN[params["span"]]))


def _reached(points: int, goal: int) -> Question:
    def of_event(event: EarningEvent) -> Exact | None:
        had, is_given = event.past
        return points if had >= goal and not is_given else None

    return of_event
