"""Forms of campaigns."""

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import (
    Anything,
    InstantInput,
    RefusalsMixin,
    helper_of,
    refuse_backwards,
)
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
        )
        widgets = {"starts_at": InstantInput, "ends_at": InstantInput}
        help_texts = {
            "starts_at": _("In the programme's time zone."),
            "ends_at": _("Purchases from then on do not count."),
            "holdout_percent": _(
                "So many of a hundred get nothing by the campaign, chosen by chance and "
                "for good, so that the others can be compared with them. 0: nobody."
            ),
        }

    def __init__(self, *args: Anything, words: Words, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tiers"].choices = list(words.tiers.items())  # type: ignore[attr-defined]
        who = ["tiers"] if words.tiers else []
        if not words.tiers:
            del self.fields["tiers"]
        self.helper = helper_of(
            Fieldset(_("Names"), "name", "name_zh_hans", "name_zh_hant"),
            Fieldset(_("When"), "starts_at", "ends_at"),
            Fieldset(_("For whom"), *who, "holdout_percent"),
        )

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
