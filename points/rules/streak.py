"""Points for purchases in so many days, weeks or months in a row."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from points.rules.base import BONUS, EarningEvent, Exact, Need, Question
from points.rules.spans import DAY, MONTH, WEEK

LONGEST = 366


class StreakForm(forms.Form):
    """Parameters: `points` for `number` days, weeks or months in a row."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    number = forms.IntegerField(
        label=_("So many in a row"), min_value=2, max_value=LONGEST
    )
    span = forms.ChoiceField(
        label=_("With a purchase in each"),
        choices=[
            (DAY, _("Day")),
            (WEEK, _("Week, from Monday")),
            (MONTH, _("Calendar month")),
        ],
    )


class VisitStreak:
    """A bonus on the first purchase that completes the row; then it begins anew."""

    slug = "streak"
    label: str | Promise = _("Points for visits in a row")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = StreakForm

    def need(self, params: dict[str, Any]) -> Need:
        """Return how many spans it looks back at."""
        return Need(params["span"], length=params["number"], is_streak=True)

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points where the row is complete."""
        points: int = params["points"]
        number: int = params["number"]

        def of_event(event: EarningEvent) -> Exact | None:
            return points if event.past.had >= number else None

        return of_event

    def why_not(self, params: dict[str, Any], had: int, currency: str) -> str:
        """Say how long the row is."""
        return gettext("it was %(had)s of %(number)s in a row") % {
            "had": had,
            "number": params["number"],
        }

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as a sentence."""
        points = params["points"]
        said = {
            DAY: ngettext(
                "%(points)s point more for purchases on %(n)s days in a row.",
                "%(points)s points more for purchases on %(n)s days in a row.",
                points,
            ),
            WEEK: ngettext(
                "%(points)s point more for purchases in %(n)s weeks in a row.",
                "%(points)s points more for purchases in %(n)s weeks in a row.",
                points,
            ),
            MONTH: ngettext(
                "%(points)s point more for purchases in %(n)s months in a row.",
                "%(points)s points more for purchases in %(n)s months in a row.",
                points,
            ),
        }
        return said[params["span"]] % {"points": points, "n": params["number"]}
