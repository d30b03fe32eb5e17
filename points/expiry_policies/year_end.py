"""Points that expire with the year in which they were earned, or some time after it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar
from zoneinfo import ZoneInfo

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import (
    add_months,
    day_of,
    first_day_after_month,
    start_of_day,
)
from points.expiry_policies.months import MONTH_CHOICES, month_name

MONTHS_A_YEAR = 12


class YearEndForm(forms.Form):
    """Which year, and how much longer."""

    last_month = forms.TypedChoiceField(
        label=_("Last month of the year"),
        choices=MONTH_CHOICES,
        coerce=int,
        initial=12,
        help_text=_("December for calendar years."),
    )
    years = forms.IntegerField(
        label=_("Years more"), min_value=0, max_value=50, initial=0
    )
    grace_months = forms.IntegerField(
        label=_("Months of grace"), min_value=0, max_value=60, initial=0
    )
    grace_days = forms.IntegerField(
        label=_("Days of grace"), min_value=0, max_value=366, initial=0
    )


@dataclass(frozen=True)
class AtTheEndOfTheYear:
    """Through the end of the year, of some years more, and through a time of grace."""

    last_month: int = 12
    years: int = 0
    grace_months: int = 0
    grace_days: int = 0

    slug: ClassVar[str] = "year_end"
    label: ClassVar[str | Promise] = _("At the end of the year")
    form: ClassVar[type[forms.Form]] = YearEndForm

    def expires_at(self, since: datetime, zone: ZoneInfo) -> datetime | None:
        """Return the first instant after the year and its grace."""
        year_end = first_day_after_month(day_of(since, zone), self.last_month)
        months = self.years * MONTHS_A_YEAR + self.grace_months
        first_day = add_months(year_end, months) + timedelta(days=self.grace_days)
        return start_of_day(first_day, zone)

    def sentence(self) -> str:
        """Return the policy in words."""
        return formats.sentences(
            self._year(),
            self._more(
                ngettext(
                    "They last %(count)s year more.",
                    "They last %(count)s years more.",
                    self.years,
                ),
                self.years,
            ),
            self._more(
                ngettext(
                    "%(count)s month of grace.",
                    "%(count)s months of grace.",
                    self.grace_months,
                ),
                self.grace_months,
            ),
            self._more(
                ngettext(
                    "%(count)s day of grace.",
                    "%(count)s days of grace.",
                    self.grace_days,
                ),
                self.grace_days,
            ),
        )

    def _year(self) -> str:
        if self.last_month == MONTHS_A_YEAR:
            return gettext("Points expire at the end of the calendar year.")
        return gettext(
            "Points expire at the end of the year that ends in %(month)s."
        ) % {"month": month_name(self.last_month)}

    @staticmethod
    def _more(sentence: str, count: int) -> str:
        return sentence % {"count": count} if count else ""
