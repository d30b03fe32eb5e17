"""Points that all expire after the same day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.forms import DayInput
from loyalty_site.lib.periods import add_months, start_of_day

MONTHS_A_YEAR = 12


class FixedDateForm(forms.Form):
    """The last day."""

    day = forms.DateField(
        label=_("Last day"),
        widget=DayInput,
        help_text=_(
            "Points that can be spent later only last through the same day of the next "
            "year that is still to come."
        ),
    )

    def clean_day(self) -> str:
        """Keep the day as text, as it is stored."""
        day: date = self.cleaned_data["day"]
        return day.isoformat()


@dataclass(frozen=True)
class OnAFixedDate:
    """Through one day; what comes later, through that day of a year to come."""

    day: str

    slug: ClassVar[str] = "fixed_date"
    label: ClassVar[str | Promise] = _("On a fixed date")
    form: ClassVar[type[forms.Form]] = FixedDateForm

    def expires_at(self, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the end of the day, of the first year in which it is after `since`."""
        first = date.fromisoformat(self.day)
        years = max(since.astimezone(zone).year - first.year, 0)
        while (end := self._end(first, years, zone)) <= since:
            years += 1
        return end

    @staticmethod
    def _end(first: date, years: int, zone: ZoneInfo) -> datetime:
        last = add_months(first, MONTHS_A_YEAR * years)
        return start_of_day(last + timedelta(days=1), zone)

    def sentence(self) -> str:
        """Return the policy in words."""
        return gettext(
            "Points last through %(day)s; later ones through the same day of a year to come."
        ) % {"day": formats.day(date.fromisoformat(self.day))}
