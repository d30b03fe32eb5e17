"""Parameters of the NPS report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from points.models import Tier
from reports.forms.base import ReportForm, month_fields
from reports.forms.overview import COMPARISONS, Comparison
from reports.selectors.scores import NO_TIER
from reports.windows import Months
from surveys.models import Touchpoint

ALL = "all"
WITHOUT_TIER = "none"


@dataclass(frozen=True)
class NpsParams:
    """Months of answering, the touchpoint, and the tier if only one is meant."""

    months: Months
    compare: Comparison
    touchpoint: Touchpoint | None
    tier_id: int | None
    tier: str


class NpsForm(ReportForm[NpsParams]):
    """Months, comparison, touchpoint and tier."""

    compare = forms.ChoiceField(label=_("Compared with"), choices=COMPARISONS)
    touchpoint = forms.ChoiceField(label=_("Touchpoint"), choices=[], required=False)
    tier = forms.ChoiceField(label=_("Tier"), choices=[])

    def __init__(
        self,
        given: Mapping[str, Sequence[str]],
        *,
        defaults: Mapping[str, str | Sequence[str]],
        months: Sequence[date],
        touchpoints: Sequence[Touchpoint],
        tiers: Sequence[Tier],
    ) -> None:
        super().__init__(given, defaults=defaults)
        self.fields = month_fields() | self.fields
        self.offer_months(months, "from", "to")
        self.touchpoints = {each.slug: each for each in touchpoints}
        self.tier_ids = {WITHOUT_TIER: NO_TIER} | {each.slug: each.pk for each in tiers}
        self._offer("touchpoint", [(each.slug, str(each)) for each in touchpoints])
        self._offer(
            "tier",
            [
                (ALL, _("All tiers")),
                *((each.slug, each.local_name) for each in tiers),
                (WITHOUT_TIER, _("No tier")),
            ],
        )

    def _offer(self, name: str, choices: Sequence[tuple[str, object]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(slug, str(label)) for slug, label in choices]

    def clean(self) -> None:
        """Read both months together."""
        self.cleaned_data["months"] = self.clean_months()

    def as_params(self) -> NpsParams:
        """Return the cleaned data."""
        data = self.cleaned_data
        return NpsParams(
            months=data["months"],
            compare=Comparison(data["compare"]),
            touchpoint=self.touchpoints.get(data["touchpoint"]),
            tier_id=self.tier_ids.get(data["tier"]),
            tier=data["tier"],
        )
