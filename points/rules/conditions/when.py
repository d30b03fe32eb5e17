"""Conditions about the time of the purchase, in the programme's zone."""

from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words

EVERY_DAY = list(WEEKDAYS)


class Weekdays:
    """On some days of the week. Value: a list of 0 (Monday) to 6; empty never holds."""

    slug = "weekdays"
    reason: str | Promise = _("it was another day of the week")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a box for each day, all ticked."""
        return {
            "weekdays": forms.TypedMultipleChoiceField(
                label=_("On these days"),
                choices=list(WEEKDAYS.items()),
                coerce=int,
                initial=EVERY_DAY,
                widget=forms.CheckboxSelectMultiple,
                error_messages={"required": _("Tick at least one day.")},
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the days."""
        return {"weekdays": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the days; all of them ask nothing."""
        days = sorted(data.get("weekdays", EVERY_DAY))
        return None if days == EVERY_DAY else days

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether it is one of the days."""
        days, zone = frozenset(value), setting.zone

        def is_on_them(event: EarningEvent) -> bool:
            return event.occurred_at.astimezone(zone).weekday() in days

        return is_on_them

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        days = formats.listed([str(WEEKDAYS[day]) for day in value])
        return gettext("Only on %(days)s.") % {"days": days}


class Hours:
    """From a time of the day up to another one, over midnight where that is earlier.

    Value: two texts like `17:00`; the first is in, the second is not.
    """

    slug = "hours"
    reason: str | Promise = _("it was another time of the day")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return the two times."""
        return {
            "hour_from": forms.TimeField(
                label=_("From this time of the day"),
                required=False,
                widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            ),
            "hour_until": forms.TimeField(
                label=_("Until this time of the day"),
                required=False,
                widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
                help_text=_(
                    "An earlier time means the next day. Leave both empty: all day."
                ),
            ),
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the two times."""
        return {"hour_from": value[0], "hour_until": value[1]}

    def read(self, data: Cleaned) -> Value | None:
        """Return both times; refuse one alone, and two equal ones."""
        start, end = data.get("hour_from"), data.get("hour_until")
        if start is None and end is None:
            return None
        if start is None or end is None:
            raise ValidationError({"hour_until": _("Enter both times, or none.")})
        if start == end:
            raise ValidationError({"hour_until": _("The two times are the same.")})
        return [f"{start:%H:%M}", f"{end:%H:%M}"]

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether the time is between the two."""
        start, end = (time.fromisoformat(text) for text in value)
        zone = setting.zone

        def is_between(event: EarningEvent) -> bool:
            now = event.occurred_at.astimezone(zone).time()
            return start <= now < end if start < end else now >= start or now < end

        return is_between

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        return gettext("Only from %(start)s to %(end)s.") % {
            "start": value[0],
            "end": value[1],
        }
