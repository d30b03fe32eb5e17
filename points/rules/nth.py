"""Points on every so many purchases, or on one by its number."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from points.rules.base import BONUS, EarningEvent, Exact, Need, Question
from points.rules.spans import COUNTED_BY, EVER, SPAN_LABELS

EVERY, ONE = "every", "one"


class NthForm(forms.Form):
    """Parameters: `points` on `every` so many purchases or on `one`, by its `number`."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    number = forms.IntegerField(
        label=_("Number of the purchase"), min_value=2, max_value=10_000
    )
    times = forms.ChoiceField(
        label=_("Given on"),
        choices=[
            (EVERY, _("Every purchase that completes such a number")),
            (ONE, _("The purchase with this number only")),
        ],
    )
    span = forms.ChoiceField(
        label=_("Counted in"),
        choices=[(EVER, _("All the time of membership")), *SPAN_LABELS.items()],
    )


class NthPurchase:
    """A bonus on the nth purchase; each number of a span gives once."""

    slug = "nth"
    label: str | Promise = _("Points on every so many purchases")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = NthForm

    def need(self, params: dict[str, Any]) -> Need:
        """Return the span that numbers the purchases."""
        return Need(params["span"], is_by_number=True)

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points where the number is met and gave nothing before."""
        points: int = params["points"]
        number: int = params["number"]
        is_every = params["times"] == EVERY

        def of_event(event: EarningEvent) -> Exact | None:
            had, is_given = event.past
            is_met = had % number == 0 if is_every else had == number
            return points if had and is_met and not is_given else None

        return of_event

    def why_not(self, params: dict[str, Any], had: int, currency: str) -> str:
        """Say which purchase it was."""
        return gettext("it was purchase number %(number)s") % {"number": had}

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as sentences."""
        values = {"points": params["points"], "n": params["number"]}
        if params["times"] == EVERY:
            said = ngettext(
                "%(points)s point more with every %(n)s purchases.",
                "%(points)s points more with every %(n)s purchases.",
                params["points"],
            )
        else:
            said = ngettext(
                "%(points)s point more on purchase number %(n)s.",
                "%(points)s points more on purchase number %(n)s.",
                params["points"],
            )
        return formats.sentences(said % values, str(COUNTED_BY[params["span"]]))
