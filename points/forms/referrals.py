"""The form of what members get for bringing friends."""

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from loyalty_site.lib.money import from_minor, parse_amount
from points.models import ReferralTerms


class ReferralTermsForm(RefusalsMixin, forms.ModelForm[ReferralTerms]):
    """Both amounts, the purchase that counts, and the limit."""

    least = forms.CharField(
        label=_("Smallest purchase"),
        max_length=40,
        help_text=_("What is left of it after refunds. 0: any purchase."),
    )

    class Meta:
        model = ReferralTerms
        fields = (
            "is_active",
            "referrer_points",
            "friend_points",
            "return_days",
            "first_within_days",
            "most_paid",
            "most_paid_in",
        )
        help_texts = {
            "return_days": _(
                "Both are paid when the friend's first purchase is that old."
            ),
            "first_within_days": _("Afterwards the referral lapses."),
            "most_paid": _("For each member who brings friends. Empty: no limit."),
        }

    def __init__(self, *args: Anything, currency: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        minor = self.instance.least_minor
        self.fields["least"].initial = str(from_minor(minor, currency))
        self.helper = helper_of(
            "is_active",
            "referrer_points",
            "friend_points",
            PrependedText("least", get_currency_symbol(currency, locale="en")),
            "return_days",
            "first_within_days",
            "most_paid",
            "most_paid_in",
        )

    def clean_least(self) -> int:
        """Return minor units, 0 or more."""
        try:
            minor = parse_amount(self.cleaned_data["least"], self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if minor < 0:
            raise ValidationError(_("Enter an amount of 0 or more."))
        return minor

    @property
    def terms(self) -> ReferralTerms:
        """The cleaned form as the service takes it."""
        self.instance.least_minor = self.cleaned_data["least"]
        return self.instance
