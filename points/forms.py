"""Forms of the points pages: parse input into what the services take."""

from datetime import datetime, timedelta
from zoneinfo import available_timezones

from babel.numbers import get_currency_symbol, list_currencies
from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    DayInput,
    FormKey,
    KeyedForm,
    RefusalsMixin,
    helper_of,
    new_form_key,
)
from loyalty_site.lib.money import parse_amount
from points.models import Programme, Store
from points.services.programme import ProgrammeSettings

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


class ProgrammeForm(RefusalsMixin, forms.ModelForm[Programme]):
    """The programme's settings; cleans to ProgrammeSettings."""

    class Meta:
        model = Programme
        fields = (
            "name",
            "time_zone",
            "currency",
            "pending_days",
            "pending_until",
            "confirm_days",
            "rounding",
            "multiplier_combination",
            "group_policy",
            "rounds_each_rule",
            "earns_on_discount",
            "earns_on_tax",
            "earns_on_delivery",
            "earns_on_gift_card",
            "earns_on_points_paid",
            "backdating_days",
            "refund_policy",
            "debt_limit",
            "transfer_expiry",
            "campaign_alone_points",
            "refund_returns",
            "return_grace_days",
        )
        widgets = {"pending_until": DayInput}
        help_texts = {
            "name": _("Members see it on their pages and in mails."),
            "time_zone": _(
                "A place like Asia/Hong_Kong. It decides on which day something "
                "happened and when points expire from now on."
            ),
            "currency": _(
                "Three letters, for example HKD. Fixed once there are purchases."
            ),
            "rounding": _("Applied once, to the sum of all rules of a purchase."),
        }

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"].widget.attrs |= {
            "list": "time-zones",
            "autocomplete": "off",
        }
        self.helper = helper_of(
            Fieldset(_("Programme"), "name", "time_zone", "currency"),
            Fieldset(
                _("Points"),
                "pending_days",
                "pending_until",
                "confirm_days",
                "transfer_expiry",
                "rounding",
                "multiplier_combination",
                "rounds_each_rule",
                "group_policy",
            ),
            Fieldset(
                _("What part of a purchase earns"),
                "earns_on_discount",
                "earns_on_tax",
                "earns_on_delivery",
                "earns_on_gift_card",
                "earns_on_points_paid",
            ),
            Fieldset(_("Purchases"), "backdating_days"),
            Fieldset(
                _("Refunds"),
                "refund_policy",
                "debt_limit",
                "refund_returns",
                "return_grace_days",
            ),
            Fieldset(_("Campaigns"), "campaign_alone_points"),
        )

    def clean_time_zone(self) -> str:
        """Refuse places that are not in the zone database."""
        name: str = self.cleaned_data["time_zone"].strip()
        if name not in available_timezones():
            raise ValidationError(
                _("“%(name)s” is no time zone. Write it like Asia/Hong_Kong."),
                params={"name": name},
            )
        return name

    def clean_currency(self) -> str:
        """Refuse what is no currency of ISO 4217."""
        code: str = self.cleaned_data["currency"].strip().upper()
        if code not in list_currencies():
            raise ValidationError(
                _("“%(code)s” is no currency. Write it like HKD."),
                params={"code": code},
            )
        return code

    @property
    def settings(self) -> ProgrammeSettings:
        """The cleaned form as the service takes it."""
        return ProgrammeSettings(**self.cleaned_data)
