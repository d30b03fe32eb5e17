"""Forms of tiers: parse input into what the services take."""

from typing import Any, cast

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import (
    Anything,
    InstantInput,
    KeyedForm,
    RefusalsMixin,
    helper_of,
)
from loyalty_site.lib.money import from_minor, parse_amount
from members.models import MemberQuerySet
from points.models import Tier, TierAssignment, TierDraft, TierTerms
from points.services.tier_assignments import TierWish
from points.services.tier_settings import TierDetails, TierTermsWish


class TierForm(RefusalsMixin, forms.ModelForm[Tier]):
    """A tier; cleans to TierDetails."""

    spend = forms.CharField(
        label=_("Spend"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_("What purchases came to, less refunds."),
    )
    fields_of_refusals = {"spend_minor": "spend"}

    class Meta:
        model = Tier
        fields = (
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "threshold",
            "visits",
            "active_days",
            "bonus_events",
            "needs",
            "is_for_life",
            "multiplier",
            "entry_gift",
            "perks",
            "perks_zh_hans",
            "perks_zh_hant",
        )
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("perks", "perks_zh_hans", "perks_zh_hant")
        }
        help_texts = {
            "multiplier": _("1 changes nothing, 1.5 gives half as much again."),
            "perks": _("Shown to members, for example “Free delivery”."),
        }

    def __init__(self, *args: Anything, currency: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.fields["needs"].required = False
        self.fields["entry_gift"].required = False
        if (spend := self.instance.spend_minor) is not None:
            self.fields["spend"].initial = str(from_minor(spend, currency))
        # As people write it: 1.5, not the 1.500 of the column.
        self.initial["multiplier"] = formats.number(self.instance.multiplier)
        symbol = get_currency_symbol(currency, locale="en")
        self.helper = helper_of(
            Fieldset(_("Names"), "name", "name_zh_hans", "name_zh_hant"),
            Fieldset(
                _("How it is reached"),
                "threshold",
                PrependedText("spend", symbol),
                "visits",
                "active_days",
                "bonus_events",
                "needs",
                "is_for_life",
            ),
            Fieldset(_("What it gives"), "multiplier", "entry_gift", "perks"),
            Fieldset(_("What it gives, in Chinese"), "perks_zh_hans", "perks_zh_hant"),
        )

    def clean_spend(self) -> int | None:
        """Return minor units; nothing typed asks for nothing."""
        text = self.cleaned_data["spend"].strip()
        if not text:
            return None
        try:
            amount_minor = parse_amount(text, self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if amount_minor < 0:
            raise ValidationError(_("Enter an amount of zero or more."))
        return amount_minor

    def clean_needs(self) -> str:
        """Return all, where nothing was chosen."""
        return self.cleaned_data["needs"] or Tier.Needs.ALL

    def clean_entry_gift(self) -> int:
        """Return nothing, where nothing was typed."""
        return self.cleaned_data["entry_gift"] or 0

    def clean_multiplier(self) -> Any:  # noqa: ANN401 -- a Decimal of the field
        """Refuse a tier that takes points away."""
        if (factor := self.cleaned_data["multiplier"]) < 1:
            raise ValidationError(_("Enter 1 or more."))
        return factor

    def clean(self) -> dict[str, Any]:
        """Refuse a tier that asks for nothing at all."""
        data = super().clean() or self.cleaned_data
        asked = ("threshold", "spend", "visits", "active_days", "bonus_events")
        if not self.errors and all(data.get(name) is None for name in asked):
            self.add_error("threshold", _("Enter at least one number, if only a zero."))
        return data

    @property
    def details(self) -> TierDetails:
        """The cleaned form as the service takes it; a new tier gets its short name."""
        data = dict(self.cleaned_data)
        data["spend_minor"] = data.pop("spend")
        slug = self.instance.slug or slugify(data["name"])
        number = data["threshold"] or data["spend_minor"] or Tier.objects.count()
        return TierDetails(slug=slug or f"tier-{number}", **data)


class TierTermsForm(RefusalsMixin, forms.ModelForm[TierTerms]):
    """The terms of all tiers; cleans to a TierTermsWish."""

    class Meta:
        model = TierTerms
        fields = (
            "window",
            "window_length",
            "start_month",
            "upgrade",
            "lifting",
            "valid_periods",
            "downgrade",
            "grace_days",
        )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["lifting"].required = False
        self.helper = helper_of(
            Fieldset(_("What counts"), "window", "window_length", "start_month"),
            Fieldset(_("When a tier begins"), "upgrade", "lifting"),
            Fieldset(_("When it ends"), "valid_periods", "grace_days", "downgrade"),
        )

    def clean_lifting(self) -> str:
        """Return the tier before it, where nothing was chosen."""
        return self.cleaned_data["lifting"] or TierTerms.Lifting.BEFORE

    @property
    def wish(self) -> TierTermsWish:
        """The cleaned form as the service takes it."""
        return TierTermsWish(**self.cleaned_data)


class AssignmentForm(KeyedForm):
    """A tier by hand; cleans to the member and a TierWish."""

    member = forms.CharField(
        label=_("Member number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    tier = forms.ModelChoiceField(
        label=_("Tier"), queryset=Tier.objects.none(), empty_label=None
    )
    kind = forms.ChoiceField(
        label=_("How"),
        choices=TierAssignment.Kind.choices,
        widget=forms.RadioSelect,
        initial=TierAssignment.Kind.FLOOR,
        help_text=_(
            "What the member reaches goes on underneath and returns at the end."
        ),
    )
    ends_at = forms.DateTimeField(
        label=_("Until"),
        required=False,
        widget=InstantInput,
        help_text=_("In the programme's time zone. Empty: until somebody ends it."),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(
        self,
        *args: Anything,
        members: MemberQuerySet,
        **kwargs: Anything,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        field = self.fields["tier"]
        field.queryset = Tier.objects.all()  # type: ignore[attr-defined]
        field.label_from_instance = lambda tier: tier.local_name  # type: ignore[attr-defined]
        self.helper = helper_of("member", "tier", "kind", "ends_at", "reason", "key")

    def clean_member(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return the member of the number."""
        number = self.cleaned_data["member"].strip().upper()
        member = self.members.filter(number=number).first()
        if member is None:
            raise ValidationError(
                _("No open membership has the number %(number)s."),
                params={"number": number},
            )
        return member

    @property
    def wish(self) -> TierWish:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        return TierWish(
            data["tier"], data["kind"], data["reason"], ends_at=data["ends_at"]
        )


class TierDraftForm(RefusalsMixin, forms.Form):
    """What to do with a draft, and how it is applied."""

    decision = forms.ChoiceField(
        choices=[("apply", _("Apply")), ("discard", _("Discard"))]
    )
    how = forms.ChoiceField(
        label=_("Apply it to"),
        choices=TierDraft.How.choices,
        widget=forms.RadioSelect,
        initial=TierDraft.How.ALL,
        required=False,
    )

    def __init__(
        self, *args: Anything, has_next_period: bool, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        if not has_next_period:
            how = cast("forms.ChoiceField", self.fields["how"])
            how.choices = TierDraft.How.choices[:-1]
        self.helper = helper_of("how")

    def clean_how(self) -> str:
        """Return everybody, where nothing was chosen."""
        return self.cleaned_data["how"] or TierDraft.How.ALL
