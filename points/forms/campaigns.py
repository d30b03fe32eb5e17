"""Forms of campaigns."""

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    InstantInput,
    RefusalsMixin,
    helper_of,
    refuse_backwards,
)
from loyalty_site.lib.money import from_minor, parse_amount
from points.models import Campaign
from points.rules.conditions.base import Words
from points.services.campaigns import CampaignDetails


class CampaignForm(RefusalsMixin, forms.ModelForm[Campaign]):
    """A campaign; cleans to CampaignDetails."""

    tiers = forms.MultipleChoiceField(
        label=_("For these tiers"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("By the tier at the purchase. None chosen: for everybody."),
    )

    budget_minor = forms.CharField(
        label=_("Budget in money"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("By the value of a point on the day of submitting."),
    )

    class Meta:
        model = Campaign
        fields = (
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "starts_at",
            "ends_at",
            "tiers",
            "holdout_percent",
            "budget_points",
            "budget_minor",
            "overflow",
        )
        widgets = {"starts_at": InstantInput, "ends_at": InstantInput}
        help_texts = {
            "starts_at": _("In the programme's time zone."),
            "ends_at": _("Purchases from then on do not count."),
            "budget_points": _(
                "The campaign pauses itself when it has given so many. Of two budgets "
                "the smaller one counts. Empty: no budget."
            ),
            "holdout_percent": _(
                "So many of a hundred get nothing by the campaign, chosen by chance and "
                "for good, so that the others can be compared with them. 0: nobody."
            ),
        }

    def __init__(self, *args: Anything, words: Words, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = words.currency
        if (budget := self.instance.budget_minor) is not None:
            self.initial["budget_minor"] = from_minor(budget, words.currency)
        self.fields["tiers"].choices = list(words.tiers.items())  # type: ignore[attr-defined]
        who = ["tiers"] if words.tiers else []
        if not words.tiers:
            del self.fields["tiers"]
        self.helper = helper_of(
            Fieldset(_("Names"), "name", "name_zh_hans", "name_zh_hant"),
            Fieldset(_("When"), "starts_at", "ends_at"),
            Fieldset(_("For whom"), *who, "holdout_percent"),
            Fieldset(_("Budget"), "budget_points", "budget_minor", "overflow"),
        )

    def clean_budget_minor(self) -> int | None:
        """Return minor units, or None where nothing is entered."""
        text: str = self.cleaned_data["budget_minor"]
        if not text:
            return None
        try:
            budget = parse_amount(text, self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if budget <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return budget

    def clean_budget_points(self) -> int | None:
        """Refuse a budget of nothing."""
        budget: int | None = self.cleaned_data["budget_points"]
        if budget == 0:
            raise ValidationError(_("Enter at least one point."))
        return budget

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start."""
        data = super().clean() or self.cleaned_data
        refuse_backwards(self, data)
        return data

    @property
    def details(self) -> CampaignDetails:
        """The cleaned form as the service takes it."""
        return CampaignDetails(**self.cleaned_data)


class CampaignRefusalForm(RefusalsMixin, forms.Form):
    """Why a submitted campaign goes back."""

    note = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
