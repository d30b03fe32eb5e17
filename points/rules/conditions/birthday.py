"""The condition about the member's birthday."""

from calendar import isleap
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words

MOST_DAYS = 90
MONTH, WINDOW = "month", "window"


def birthday_in(year: int, birth_on: date) -> date:
    """Return the birthday of a year; of 29 February it is the 28th in common years."""
    if birth_on.month == 2 and birth_on.day == 29 and not isleap(year):  # noqa: PLR2004 -- the leap day
        return date(year, 2, 28)
    return birth_on.replace(year=year)


def _days(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=MOST_DAYS, required=False
    )


class Birthday:
    """Around the birthday, in the programme's zone.

    Value: `{"month": true}` for its calendar month, or days before and after it, both
    inclusive: `{"before": 3, "after": 3}`.
    """

    slug = "birthday"
    reason: str | Promise = _("it was not about the birthday")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return when, and how many days."""
        return {
            "birthday": forms.ChoiceField(
                label=_("Birthday"),
                choices=[
                    ("", _("Does not matter")),
                    (MONTH, _("In the month of the birthday")),
                    (WINDOW, _("On the birthday and some days around it")),
                ],
                required=False,
            ),
            "birthday_before": _days(gettext("Days before it")),
            "birthday_after": _days(gettext("Days after it")),
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return when, and how many days."""
        return {
            "birthday": MONTH if value.get("month") else WINDOW,
            "birthday_before": value.get("before"),
            "birthday_after": value.get("after"),
        }

    def read(self, data: Cleaned) -> Value | None:
        """Return the window; refuse days without it."""
        when = data.get("birthday")
        before, after = data.get("birthday_before"), data.get("birthday_after")
        if when == WINDOW:
            return {"before": before or 0, "after": after or 0}
        if before or after:
            sentence = gettext(
                "Choose the days around the birthday, or leave them out."
            )
            raise ValidationError({"birthday": sentence})
        return {"month": True} if when == MONTH else None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether the day lies in the window; never without a date of birth."""
        zone, is_month = setting.zone, bool(value.get("month"))
        before = timedelta(days=value.get("before", 0))
        after = timedelta(days=value.get("after", 0))

        def is_about_it(event: EarningEvent) -> bool:
            born = event.birth_on
            if born is None:
                return False
            day = event.occurred_at.astimezone(zone).date()
            if is_month:
                return day.month == born.month
            years = (day.year - 1, day.year, day.year + 1)
            birthdays = (birthday_in(year, born) for year in years)
            return any(each - before <= day <= each + after for each in birthdays)

        return is_about_it

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        if value.get("month"):
            return gettext("Only in the month of the member's birthday.")
        before, after = value.get("before", 0), value.get("after", 0)
        if not before and not after:
            return gettext("Only on the member's birthday.")
        return gettext(
            "Only around the member's birthday: %(before)s days before to"
            " %(after)s days after."
        ) % {"before": before, "after": after}
