"""The form of how points pay at the till."""

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from loyalty_site.lib.money import from_minor, parse_amount
from points.models import PaymentTerms


class PaymentTermsForm(RefusalsMixin, forms.ModelForm[PaymentTerms]):
    """How many points take how much off, from how many on, up to which share."""

    step = forms.CharField(
        label=_("A step takes off"),
        max_length=40,
        help_text=_("Only whole steps are taken; one that is begun counts whole."),
    )

    class Meta:
        model = PaymentTerms
        fields = ("is_active", "step_points", "least_points", "most_percent")
        help_texts = {
            "least_points": _("A payment of fewer is refused. 0: none."),
            "most_percent": _("100: a purchase can be paid with points alone."),
        }

    def __init__(self, *args: Anything, currency: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        minor = self.instance.step_minor
        self.fields["step"].initial = str(from_minor(minor, currency))
        self.helper = helper_of(
            "is_active",
            "step_points",
            PrependedText("step", get_currency_symbol(currency, locale="en")),
            "least_points",
            "most_percent",
        )

    def clean_step(self) -> int:
        """Return minor units above zero."""
        try:
            minor = parse_amount(self.cleaned_data["step"], self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if minor <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return minor

    @property
    def terms(self) -> PaymentTerms:
        """The cleaned form as the service takes it."""
        self.instance.step_minor = self.cleaned_data["step"]
        return self.instance
