"""Giving points and redeeming at the counter."""

from datetime import datetime, timedelta

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    FormKey,
    KeyedForm,
    RefusalsMixin,
    helper_of,
    new_form_key,
)
from loyalty_site.lib.money import parse_amount
from points.models import Store

# The purchase is dated by the form's key, so an old page must not post it.
LONGEST_OPEN = timedelta(minutes=20)


def store_choices() -> list[tuple[str, str]]:
    """Return the stores by name, after none."""
    stores = [(each.code, str(each)) for each in Store.objects.all()]
    return [("", gettext("No store")), *stores]


class GiveForm(KeyedForm):
    """Points for an amount, at the counter."""

    amount = forms.CharField(
        label=_("Amount of the purchase"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "autofocus": True}
        ),
    )
    store = forms.ChoiceField(label=_("Store"), required=False, choices=store_choices)

    def __init__(
        self, *args: Anything, at: datetime, currency: str, **kwargs: Anything
    ) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.at = at
        self.currency = currency
        symbol = get_currency_symbol(currency, locale="en")
        self.helper = helper_of(PrependedText("amount", symbol), "store", "key")

    def clean_amount(self) -> int:
        """Return minor units; zero is no purchase."""
        try:
            amount_minor = parse_amount(self.cleaned_data["amount"], self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if amount_minor <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return amount_minor

    def clean_key(self) -> FormKey:
        """Refuse a page that was open too long, and make it usable again."""
        key: FormKey = self.cleaned_data["key"]
        if key.issued_at < self.at - LONGEST_OPEN:
            self.data = dict(self.data.items()) | {"key": new_form_key(self.at)}
            raise ValidationError(
                _(
                    "This page was open for a long time. Check the amount, send it again."
                )
            )
        return key


class RedeemForm(KeyedForm):
    """One piece of a reward, once."""


class ReasonForm(RefusalsMixin, forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
