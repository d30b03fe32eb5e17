"""The form of a reward: what it is, what it costs whom, how often and how long."""

from typing import Any

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
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
from points.models import Reward, Tier
from points.services.rewards import RewardDetails, StockChange, TierTerms

LARGEST_PERCENT = 100


class RewardForm(RefusalsMixin, forms.ModelForm[Reward]):
    """A reward with its stock; cleans to RewardDetails and a StockChange and TierTerms."""

    pieces = forms.IntegerField(
        label=_("Pieces in stock"),
        min_value=0,
        max_value=10_000_000,
        required=False,
        help_text=_("Empty: no limit. A pool of codes counts its codes itself."),
    )
    pieces_seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    money = forms.CharField(
        label=_("And in money"),
        max_length=40,
        required=False,
        help_text=_("What the member pays beside the points. Empty: nothing."),
    )
    value = forms.CharField(
        label=_("Worth in money"),
        max_length=40,
        required=False,
        help_text=_("What a voucher takes off, what cashback or a donation pays out."),
    )
    only_tiers = forms.MultipleChoiceField(
        label=_("Only for members of"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("None ticked: for everybody."),
    )

    class Meta:
        model = Reward
        fields = (
            "name",
            "name_zh_hans",
            "name_zh_hant",
            "description",
            "description_zh_hans",
            "description_zh_hant",
            "kind",
            "value_percent",
            "cost_points",
            "limit_per_member",
            "limit_per_period",
            "limit_period",
            "valid_days",
            "fulfil_days",
            "needs_approval",
            "starts_at",
            "ends_at",
            "is_active",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "description_zh_hans": forms.Textarea(attrs={"rows": 3}),
            "description_zh_hant": forms.Textarea(attrs={"rows": 3}),
            "starts_at": InstantInput,
            "ends_at": InstantInput,
        }
        help_texts = {
            "starts_at": _("In the programme's time zone. Empty: at once."),
            "ends_at": _("Not offered any more from then on. Empty: no end."),
            "is_active": _("Switched off, nobody can pick it."),
            "limit_per_member": _("In all. Empty: no limit."),
            "limit_per_period": _("Empty: no limit."),
            "valid_days": _(
                "Whole days after the day it was redeemed. Empty: it never expires."
            ),
            "fulfil_days": _("The desk marks what waits for longer. Empty: never."),
            "needs_approval": _(
                "Points and a piece are set aside for up to seven days until somebody"
                " else agrees or refuses."
            ),
            "value_percent": _("For kinds that take a percentage off."),
        }

    def __init__(self, *args: Anything, currency: str, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.tiers = list(Tier.objects.all())
        self.fields["limit_period"].required = False
        self._show_stock()
        self._show_money()
        prices = self._show_tiers()
        symbol = get_currency_symbol(currency, locale="en")
        tiers = [Fieldset(_("Tiers"), "only_tiers", *prices)] if self.tiers else []
        self.helper = helper_of(
            Fieldset(_("What it is"), "name", "kind", "description"),
            Fieldset(
                _("In Chinese"),
                "name_zh_hans",
                "description_zh_hans",
                "name_zh_hant",
                "description_zh_hant",
            ),
            Fieldset(
                _("Price and stock"),
                "cost_points",
                PrependedText("money", symbol),
                "pieces",
                "pieces_seen",
            ),
            Fieldset(
                _("What it is worth"), PrependedText("value", symbol), "value_percent"
            ),
            *tiers,
            Fieldset(
                _("Limits"), "limit_per_member", "limit_per_period", "limit_period"
            ),
            Fieldset(_("Handing over"), "fulfil_days", "needs_approval"),
            Fieldset(_("When"), "starts_at", "ends_at", "valid_days", "is_active"),
        )

    def _show_stock(self) -> None:
        stock = getattr(self.instance, "stock", None) if self.instance.pk else None
        pieces = stock.pieces if stock else None
        self.fields["pieces"].initial = self.fields["pieces_seen"].initial = pieces

    def _show_money(self) -> None:
        for name in ("money", "value"):
            minor = getattr(self.instance, f"{name}_minor")
            if minor:
                self.fields[name].initial = str(from_minor(minor, self.currency))

    def _show_tiers(self) -> list[str]:
        """Add a price for each tier and return the names of those fields."""
        known = (
            {each.tier_id: each for each in self.instance.tiers.all()}
            if self.instance.pk
            else {}
        )
        choices = self.fields["only_tiers"]
        choices.choices = [(tier.slug, tier.local_name) for tier in self.tiers]  # type: ignore[attr-defined]
        if self.instance.is_exclusive:
            choices.initial = [
                tier.slug
                for tier in self.tiers
                if tier.pk in known and known[tier.pk].is_admitted
            ]
        for tier in self.tiers:
            self.fields[_price_of(tier)] = forms.IntegerField(
                label=_("Cost in points for %(tier)s") % {"tier": tier.local_name},
                min_value=1,
                required=False,
                initial=known[tier.pk].cost_points if tier.pk in known else None,
                help_text=_("Empty: as for everybody."),
            )
        return [_price_of(tier) for tier in self.tiers]

    def clean_cost_points(self) -> int:
        """Refuse gifts: a reward costs points."""
        cost: int = self.cleaned_data["cost_points"]
        if cost < 1:
            raise ValidationError(_("Enter at least one point."))
        return cost

    def clean_money(self) -> int:
        """Return minor units; empty is nothing."""
        return self._minor("money")

    def clean_value(self) -> int:
        """Return minor units; empty is nothing."""
        return self._minor("value")

    def _minor(self, name: str) -> int:
        text = self.cleaned_data[name]
        try:
            minor = parse_amount(text, self.currency) if text else 0
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        if minor < 0:
            raise ValidationError(_("Enter an amount above zero."))
        return minor

    def clean_limit_period(self) -> str:
        """A limit without a period is one per month."""
        return self.cleaned_data["limit_period"] or Reward.LimitPeriod.MONTH

    def clean(self) -> dict[str, Any]:
        """Refuse an end before the start, and limits and percentages of nothing."""
        data = super().clean() or self.cleaned_data
        refuse_backwards(self, data)
        for name in (
            "limit_per_member",
            "limit_per_period",
            "valid_days",
            "fulfil_days",
        ):
            if data.get(name) == 0:
                self.add_error(name, _("Enter 1 or more, or nothing."))
        percent = data.get("value_percent")
        if data.get("kind") == Reward.Kind.PERCENTAGE and not percent:
            self.add_error("value_percent", _("Enter how many per cent are taken off."))
        elif percent is not None and not 1 <= percent <= LARGEST_PERCENT:
            self.add_error("value_percent", _("Enter a number from 1 to 100."))
        return data

    @property
    def details(self) -> RewardDetails:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        values = {name: data[name] for name in self.Meta.fields if name in data}
        return RewardDetails(
            money_minor=data["money"], value_minor=data["value"], **values
        )

    @property
    def stock(self) -> StockChange:
        """From what the keeper saw to what they want."""
        data = self.cleaned_data
        return StockChange(seen=data["pieces_seen"], wanted=data["pieces"])

    @property
    def tier_terms(self) -> list[TierTerms]:
        """What the reward is to each tier."""
        only, data = self.cleaned_data["only_tiers"], self.cleaned_data
        return [
            TierTerms(
                tier_id=tier.pk,
                is_admitted=not only or tier.slug in only,
                cost_points=data[_price_of(tier)],
            )
            for tier in self.tiers
        ]


def _price_of(tier: Tier) -> str:
    return f"price_{tier.slug}"
