"""Parameters of the cohort report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from reports.forms.base import ReportForm, month_fields
from reports.statistics.cohorts import Mode
from reports.windows import Months, month_key, month_of_key

PERIODS_AT_MOST = 60
LINES_AT_MOST = 6


@dataclass(frozen=True)
class CohortParams:
    """Cohorts, what counts, how it is shown, how far, and which lines are drawn."""

    months: Months
    mode: Mode
    is_percent: bool
    periods: int
    lines: tuple[date, ...]


class CohortForm(ReportForm[CohortParams]):
    """Parameters of the cohort report."""

    mode = forms.ChoiceField(
        label=_("Came back"),
        choices=[
            (Mode.ON.value, _("In that month")),
            (Mode.ON_OR_AFTER.value, _("In that month or later")),
        ],
    )
    show = forms.ChoiceField(
        label=_("Show"),
        choices=[("percent", _("Percent")), ("count", _("Members"))],
    )
    periods = forms.IntegerField(
        label=_("Months after the first"), min_value=1, max_value=PERIODS_AT_MOST
    )
    line = forms.MultipleChoiceField(
        label=_("Cohorts in the chart"), required=False, choices=[]
    )

    def __init__(
        self,
        given: Mapping[str, Sequence[str]],
        *,
        defaults: Mapping[str, str | Sequence[str]],
        cohorts: Sequence[date],
    ) -> None:
        super().__init__(given, defaults=defaults)
        self.fields = month_fields() | self.fields
        self.offer_months(cohorts, "from", "to")
        lines = self.fields["line"]
        if isinstance(lines, forms.MultipleChoiceField):
            lines.choices = [(month_key(m), formats.month(m)) for m in cohorts]

    def clean_line(self) -> list[str]:
        """Refuse more lines than can be told apart."""
        lines: list[str] = self.cleaned_data["line"]
        if len(lines) > LINES_AT_MOST:
            raise forms.ValidationError(
                _("Choose at most %(count)s cohorts for the chart."),
                params={"count": LINES_AT_MOST},
            )
        return lines

    def clean(self) -> None:
        """Read both months together."""
        self.cleaned_data["months"] = self.clean_months()

    def as_params(self) -> CohortParams:
        """Return the cleaned data."""
        data = self.cleaned_data
        return CohortParams(
            months=data["months"],
            mode=Mode(data["mode"]),
            is_percent=data["show"] == "percent",
            periods=data["periods"],
            lines=tuple(month for key in data["line"] if (month := month_of_key(key))),
        )
