"""The settings of the programme."""

from zoneinfo import available_timezones

from babel.numbers import list_currencies
from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import (
    Anything,
    DayInput,
    RefusalsMixin,
    helper_of,
)
from points.models import Programme
from points.services.programme import ProgrammeSettings

LIMITS = (
    "cap_purchase",
    "cap_day",
    "cap_week",
    "cap_month",
    "balance_limit",
    "cap_overflow",
)


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
            *LIMITS,
            "backdating_days",
            "refund_policy",
            "debt_limit",
            "transfer_expiry",
            "household_limit",
            "household_leaving",
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
            Fieldset(_("Limits of what a member's purchases earn"), *LIMITS),
            Fieldset(_("Purchases"), "backdating_days"),
            Fieldset(
                _("Refunds"),
                "refund_policy",
                "debt_limit",
                "refund_returns",
                "return_grace_days",
            ),
            Fieldset(_("Households"), "household_limit", "household_leaving"),
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
