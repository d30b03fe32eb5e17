"""Giving points and redeeming at the counter."""

from datetime import datetime

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    Folded,
    FormKey,
    KeyedForm,
    RefusalsMixin,
    helper_of,
    new_form_key,
)
from loyalty_site.lib.money import parse_amount
from points.models import Store
from points.selectors.paying import Paid
from points.selectors.undoing import COUNTER, PAGE_IS_GOOD_FOR
from points.services.purchase_types import NewPurchase


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
    store = forms.ChoiceField(label=_("Store"), required=False)
    most_points = forms.IntegerField(
        label=_("Points to use at most"),
        required=False,
        min_value=1,
        max_value=10**12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Empty: as many as can pay."),
    )
    agreed = forms.RegexField(r"^[0-9]{1,15}-[0-9]{1,15}$", required=False)

    def __init__(
        self,
        *args: Anything,
        at: datetime,
        currency: str,
        points_pay: bool = False,
        **kwargs: Anything,
    ) -> None:
        super().__init__(*args, at=at, **kwargs)
        self.at = at
        self.currency = currency
        self.fields["store"].choices = store_choices()  # type: ignore[attr-defined]
        if not points_pay:
            del self.fields["most_points"]
        symbol = get_currency_symbol(currency, locale="en")
        layout = [PrependedText("amount", symbol), "store", "key"]
        if points_pay:
            layout.insert(2, Folded(gettext("Use fewer points"), "most_points"))
        self.helper = helper_of(*layout)

    def clean_amount(self) -> int:
        """Return minor units; zero is no purchase."""
        try:
            amount_minor = parse_amount(self.cleaned_data["amount"], self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if amount_minor <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return amount_minor

    def clean_agreed(self) -> Paid | None:
        """Return the points and the minor units that the button said; None without."""
        if not (text := self.cleaned_data["agreed"]):
            return None
        points, amount_minor = text.split("-")
        return Paid(int(points), int(amount_minor))

    def purchase_of(
        self, member_id: int, *, source_id: str, at: datetime
    ) -> NewPurchase:
        """Return the purchase as posting takes it."""
        return NewPurchase(
            member_id=member_id,
            source=COUNTER,
            source_id=source_id,
            amount_minor=self.cleaned_data["amount"],
            occurred_at=at,
            store=self.cleaned_data["store"],
            channel="store",
        )

    def clean_key(self) -> FormKey:
        """Refuse a page that was open too long, and make it usable again."""
        key: FormKey = self.cleaned_data["key"]
        if key.issued_at < self.at - PAGE_IS_GOOD_FOR:
            self.data = dict(self.data.items()) | {"key": new_form_key(self.at)}
            raise ValidationError(
                _(
                    "This page was open for a long time. Check the amount, send it again."
                )
            )
        return key


class RedeemForm(KeyedForm):
    """One piece of a reward, once."""


class UndoForm(RefusalsMixin, forms.Form):
    """Yes, undo it."""


class ReasonForm(RefusalsMixin, forms.Form):
    """Why something is taken back."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
