"""What points are worth, as people type it."""

from decimal import Decimal

from crispy_forms.bootstrap import AppendedText, PrependedText
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, DayInput, RefusalsMixin, helper_of
from reports.services.valuations import Worth

PERCENT = Decimal(100)


class WorthForm(RefusalsMixin, forms.Form):
    """A version of what points are worth; cleans to Worth."""

    valid_from = forms.DateField(
        label=_("Valid from"),
        widget=DayInput,
        help_text=_("The first day may not be before that of last month."),
    )
    point_value = forms.DecimalField(
        label=_("Value of a point"),
        min_value=0,
        max_digits=12,
        decimal_places=6,
        help_text=_("What a point buys, in the currency of the programme."),
    )
    redemption_percent = forms.DecimalField(
        label=_("Expected redemption rate"),
        min_value=0,
        max_value=100,
        max_digits=7,
        decimal_places=4,
        help_text=_("Of all points issued, the share that members will redeem."),
    )
    note = forms.CharField(
        label=_("Basis"),
        max_length=300,
        required=False,
        help_text=_("Where the numbers come from, for whoever checks the books."),
    )

    def __init__(self, *args: Anything, currency: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of(
            "valid_from",
            PrependedText("point_value", currency),
            AppendedText("redemption_percent", "%"),
            "note",
        )

    @property
    def worth(self) -> Worth:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        return Worth(
            valid_from=data["valid_from"],
            point_value=data["point_value"],
            redemption_rate=data["redemption_percent"] / PERCENT,
            note=data["note"],
        )
