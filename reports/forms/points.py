"""Parameters of the books of points."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from reports.forms.base import ReportForm, month_fields
from reports.windows import Months


@dataclass(frozen=True)
class PointsParams:
    """Which months; what is outstanding is that at the end of the last."""

    months: Months


class PointsForm(ReportForm[PointsParams]):
    """Months of posting."""

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

    def as_params(self) -> PointsParams:
        """Return the cleaned data."""
        return PointsParams(self.cleaned_data["months"])
