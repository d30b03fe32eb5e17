"""Points for something else than a purchase: joining, a birthday, an answer, an event."""

from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext_lazy

from loyalty_site.lib import formats
from points.rules.base import BONUS, EarningEvent, Exact, Need, Question
from points.rules.spans import EVER, YEAR

ENROLLED, BIRTHDAY, SURVEY, REFERRAL = "enrolled", "birthday", "survey", "referral"
OTHER = "other"
EVENT_LABELS: dict[str, str | Promise] = {
    ENROLLED: _("Joining the programme"),
    BIRTHDAY: _("The birthday, once a year"),
    SURVEY: _("An answered survey"),
    REFERRAL: _("A friend who was brought"),
    OTHER: _("Another event, told by the API"),
}
# Names that the program itself tells of; the API may tell of all but the first two.
OWN = frozenset({ENROLLED, BIRTHDAY})
EVENT_NAME = r"^[a-z][a-z0-9_.-]{1,39}$"
ALWAYS, YEARLY, ONCE = "always", "year", "member"
TIMES: dict[str, str | Promise] = {
    ALWAYS: _("Each time"),
    YEARLY: _("Once in a calendar year"),
    ONCE: _("Once for a member"),
}


class EventForm(forms.Form):
    """Parameters: `points` for an `event`, or the one by `name`, so many `times`."""

    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=1_000_000)
    event = forms.ChoiceField(
        label=pgettext_lazy("an event", "For"), choices=list(EVENT_LABELS.items())
    )
    event_name = forms.CharField(
        label=_("Name of the other event"),
        max_length=40,
        required=False,
        validators=[
            RegexValidator(
                EVENT_NAME,
                _("Small letters, digits, dots and dashes, such as app.review."),
            )
        ],
        help_text=_("As the system that tells of it writes it."),
    )
    times = forms.ChoiceField(
        label=_("How often"), choices=list(TIMES.items()), initial=ALWAYS
    )

    def clean(self) -> dict[str, Any]:
        """Want the name of another event, and no name for those that have one."""
        data = super().clean() or self.cleaned_data
        is_other, name = data.get("event") == OTHER, data.get("event_name")
        if is_other and not name and "event_name" not in self.errors:
            self.add_error("event_name", _("Write the name of the event."))
        if name in EVENT_LABELS:
            self.add_error("event_name", _("Choose this event from the list."))
        if not is_other:
            data["event_name"] = ""
        return data


class EventBonus:
    """A bonus for an event; no purchase is asked by it, and no multiplier touches it."""

    slug = "event"
    label: str | Promise = _("Points for an event")
    stage = BONUS
    by_pieces = False
    params_form: type[forms.Form] = EventForm

    def need(self, params: dict[str, Any]) -> Need | None:
        """Return in which time it gives once; None where it gives each time."""
        spans = {YEARLY: YEAR, ONCE: EVER}
        return Need(spans[params["times"]]) if params["times"] in spans else None

    def prepare(self, params: dict[str, Any], minor_units: int) -> Question:
        """Return the points where it is the event, and gave nothing in its time."""
        points: int = params["points"]
        name = event_name(params)

        def of_event(event: EarningEvent) -> Exact | None:
            is_it = event.name == name and not event.past.is_given
            return points if is_it else None

        return of_event

    def describe(self, params: dict[str, Any], currency: str) -> str:
        """Return the rule as sentences."""
        said = ngettext(
            "%(points)s point for: %(event)s.",
            "%(points)s points for: %(event)s.",
            params["points"],
        )
        label = EVENT_LABELS[params["event"]]
        values = {
            "points": params["points"],
            "event": params["event_name"] or str(label),
        }
        times = params["times"]
        often = {
            ALWAYS: "",
            YEARLY: gettext("Once in a calendar year."),
            ONCE: gettext("Once for a member."),
        }
        return formats.sentences(said % values, often[times])


def event_name(params: dict[str, Any]) -> str:
    """Return the name by which the event is told."""
    name: str = params["event_name"] if params["event"] == OTHER else params["event"]
    return name
