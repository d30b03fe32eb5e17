"""Parameters of the overview."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django import forms
from django.utils.translation import gettext_lazy as _

from reports.forms.base import ReportForm, month_fields
from reports.windows import Months


class Comparison(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    YEAR = "year"
    NONE = "none"

    def months_back(self, months: Months) -> int | None:
        """Return how many months before; None for no comparison."""
        steps = {Comparison.PREVIOUS: months.count, Comparison.YEAR: 12}
        return steps.get(self)


COMPARISONS = [
    (Comparison.PREVIOUS.value, _("The period before")),
    (Comparison.YEAR.value, _("The year before")),
    (Comparison.NONE.value, _("Nothing")),
]


@dataclass(frozen=True)
class OverviewParams:
    """Which months, compared with which."""

    months: Months
    compare: Comparison


class OverviewForm(ReportForm[OverviewParams]):
    """Months and comparison."""

    compare = forms.ChoiceField(label=_("Compared with"), choices=COMPARISONS)

    def __init__(
        self,
        given: Mapping[str, Sequence[str]],
        *,
        defaults: Mapping[str, str | Sequence[str]],
        months: Sequence[date],
    ) -> None:
        super().__init__(given, defaults=defaults)
        self.fields = month_fields() | self.fields
        self.offer_months(months, "from", "to")

    def clean(self) -> None:
        """Read both months together."""
        self.cleaned_data["months"] = self.clean_months()

    def as_params(self) -> OverviewParams:
        """Return the cleaned data."""
        data = self.cleaned_data
        return OverviewParams(data["months"], Comparison(data["compare"]))
