"""Points that expire some time after they can be spent, to the second or rounded up."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext, pgettext_lazy

from loyalty_site.lib.periods import (
    add_days_at,
    add_months,
    add_months_at,
    day_of,
    first_day_after_month,
    first_day_after_months,
    start_of_day,
)
from points.expiry_policies.months import MONTH_CHOICES, month_name

MONTHS_A_YEAR = 12
LONGEST = {"day": 36_500, "month": 1_200, "year": 100}


class Unit(models.TextChoices):
    """What is counted."""

    DAY = "day", _("Days")
    MONTH = "month", _("Months")
    YEAR = "year", _("Years")


class Through(models.TextChoices):
    """The end that the last day is rounded up to."""

    EXACT = "exact", _("To the second")
    DAY = "day", _("Through the end of the day")
    MONTH = "month", _("Through the end of the month")
    QUARTER = "quarter", _("Through the end of the quarter")
    HALF_YEAR = "half_year", _("Through the end of the half-year")
    YEAR = "year", _("Through the end of the year")
    CHOSEN_MONTH = "chosen_month", _("Through the end of a chosen month")


_MONTHS_OF = {
    Through.MONTH: 1,
    Through.QUARTER: 3,
    Through.HALF_YEAR: 6,
    Through.YEAR: MONTHS_A_YEAR,
}


class AfterForm(forms.Form):
    """How long, and what the end is rounded up to."""

    count = forms.IntegerField(label=_("How many"), min_value=1, initial=12)
    unit = forms.ChoiceField(
        label=pgettext_lazy("unit", "Counted in"),
        choices=Unit.choices,
        initial=Unit.MONTH,
    )
    through = forms.ChoiceField(
        label=_("They last"), choices=Through.choices, initial=Through.MONTH
    )
    last_month = forms.TypedChoiceField(
        label=_("Chosen month"),
        choices=MONTH_CHOICES,
        coerce=int,
        initial=12,
        help_text=_("Counts only where points last through a chosen month."),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse more than a hundred years."""
        data = super().clean() or self.cleaned_data
        longest = LONGEST.get(data.get("unit", ""))
        if longest and data.get("count", 0) > longest:
            self.add_error(
                "count", _("Enter at most %(count)s.") % {"count": f"{longest:,}"}
            )
        return data


@dataclass(frozen=True)
class AfterATime:
    """So many days, months or years; a month's end clamps: 31 Jan + 1 = 28 Feb.

    Rounded up, the day on which the time is over still counts whole, so everything
    earned on one day expires together.
    """

    count: int
    unit: str = Unit.MONTH
    through: str = Through.EXACT
    last_month: int = 12

    slug: ClassVar[str] = "after"
    label: ClassVar[str | Promise] = _("After a time")
    form: ClassVar[type[forms.Form]] = AfterForm

    def expires_at(self, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the same time of the day so much later, or the end it is rounded to."""
        if self.through == Through.EXACT:
            if self.unit == Unit.DAY:
                return add_days_at(since, self.count, zone)
            return add_months_at(since, self._months, zone)
        day = day_of(since, zone)
        last = (
            day + timedelta(days=self.count)
            if self.unit == Unit.DAY
            else add_months(day, self._months)
        )
        return start_of_day(self._first_day_after(last), zone)

    @property
    def _months(self) -> int:
        return self.count * (MONTHS_A_YEAR if self.unit == Unit.YEAR else 1)

    def _first_day_after(self, last: date) -> date:
        if self.through == Through.DAY:
            return last + timedelta(days=1)
        if self.through == Through.CHOSEN_MONTH:
            return first_day_after_month(last, self.last_month)
        return first_day_after_months(last, _MONTHS_OF[Through(self.through)])

    def sentence(self) -> str:
        """Return the policy in words."""
        return gettext("Points expire after %(time)s, %(end)s.") % {
            "time": self._time(),
            "end": self._end(),
        }

    def _time(self) -> str:
        counted = {
            Unit.DAY: ngettext("%(count)s day", "%(count)s days", self.count),
            Unit.MONTH: ngettext("%(count)s month", "%(count)s months", self.count),
            Unit.YEAR: ngettext("%(count)s year", "%(count)s years", self.count),
        }
        return counted[Unit(self.unit)] % {"count": self.count}

    def _end(self) -> str:
        ends = {
            Through.EXACT: gettext("to the second"),
            Through.DAY: gettext("through the end of the day"),
            Through.MONTH: gettext("through the end of the month"),
            Through.QUARTER: gettext("through the end of the quarter"),
            Through.HALF_YEAR: gettext("through the end of the half-year"),
            Through.YEAR: gettext("through the end of the year"),
            Through.CHOSEN_MONTH: gettext("through the end of the next %(month)s")
            % {"month": month_name(self.last_month)},
        }
        return ends[Through(self.through)]
