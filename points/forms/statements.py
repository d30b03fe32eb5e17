"""The days of a statement."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, DayInput, RefusalsMixin
from loyalty_site.lib.periods import Period, month_of

MOST_DAYS = 366


class StatementForm(RefusalsMixin, forms.Form):
    """From when to when, both days inclusive; nothing typed is this month."""

    start = forms.DateField(label=_("From"), widget=DayInput, required=False)
    end = forms.DateField(label=_("Through"), widget=DayInput, required=False)

    def __init__(self, data: Any, *, today: date, **kwargs: Anything) -> None:  # noqa: ANN401 -- a QueryDict
        month = month_of(today)
        given = {name: data[name] for name in ("start", "end") if data.get(name)}
        days = {"start": month.start, "end": month.end - timedelta(days=1)}
        super().__init__({**days, **given}, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse days in the wrong order, and more than a year."""
        data = super().clean() or self.cleaned_data
        start, end = data.get("start"), data.get("end")
        if start is None or end is None:
            return data
        if end < start:
            self.add_error("end", _("The last day is before the first."))
        elif (end - start).days >= MOST_DAYS or not self._has_room(end):
            message = _("Choose at most %(days)s days.")
            self.add_error("end", ValidationError(message, params={"days": MOST_DAYS}))
        return data

    def _has_room(self, end: date) -> bool:
        return end < date.max - timedelta(days=1) and end.year > 1

    @property
    def period(self) -> Period:
        """The days as a half-open period."""
        data = self.cleaned_data
        return Period(data["start"], data["end"] + timedelta(days=1))
