"""What the parameters of all reports share: months, defaults, refusals."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Generic, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from reports.errors import ParametersRefused
from reports.windows import Months, month_key, month_of_key

P = TypeVar("P")
Given = Any  # what a browser sends
MONTHS_AT_MOST = 120


class MonthField(forms.Field):
    """A month like 2026-11; the page offers the months that have data."""

    widget = forms.Select
    default_error_messages = {"invalid": _("Enter a month like 2026-11.")}

    def to_python(self, value: Given) -> date | None:
        if isinstance(value, date) or value in self.empty_values:
            return value or None
        if month := month_of_key(str(value).strip()):
            return month
        raise ValidationError(self.error_messages["invalid"], code="invalid")

    def offer(self, months: Iterable[date], chosen: str) -> None:
        """Offer the months, newest first, and the one that is asked for."""
        offered = set(months)
        if asked := month_of_key(chosen):
            offered.add(asked)
        self.widget.choices = [
            (month_key(month), formats.month(month))
            for month in sorted(offered, reverse=True)
        ]


class ReportForm(forms.Form, Generic[P]):
    """The parameters of a report; `params` is what they come to.

    What is not given takes its default, so that a bare address is a whole report.
    """

    def __init__(
        self,
        given: Mapping[str, Sequence[str]],
        *,
        defaults: Mapping[str, str | Sequence[str]],
    ) -> None:
        data = QueryDict(mutable=True)
        for name, default in defaults.items():
            values = [default] if isinstance(default, str) else default
            data.setlist(name, list(given.get(name) or values))
        self.given = dict(data.lists())
        self.unknown = sorted(set(given) - set(defaults) - {"export", "table"})
        super().__init__(data)

    def offer_months(self, months: Sequence[date], *names: str) -> None:
        """Offer the months in the fields of these names."""
        for name in names:
            field = self.fields[name]
            if isinstance(field, MonthField):
                field.offer(months, self.data.get(name, ""))

    def clean_months(self) -> Months | None:
        """Return the months from `from` to `to`; add an error where they cannot be."""
        first, last = self.cleaned_data.get("from"), self.cleaned_data.get("to")
        if not (first and last):
            return None
        months = Months(first, last)
        if last < first:
            self.add_error(
                "to", gettext("Choose a month that is not before the first.")
            )
            return None
        if months.count > MONTHS_AT_MOST:
            self.add_error(
                "from",
                gettext("Choose at most %(count)s months.") % {"count": MONTHS_AT_MOST},
            )
            return None
        return months

    def params(self) -> P:
        """Return the parameters; ParametersRefused names the field and the reason."""
        if not self.is_valid():
            name, errors = next(iter(self.errors.items()))
            sentence = f"{name}: {errors[0]}"
            raise ParametersRefused(sentence, field=name)
        return self.as_params()

    def as_params(self) -> P:
        """Return the cleaned data as the report's parameters."""
        raise NotImplementedError


def month_fields() -> dict[str, forms.Field]:
    """Return the fields `from` and `to`; the names are reserved words in a class."""
    return {
        "from": MonthField(label=_("From")),
        "to": MonthField(label=_("To")),
    }
