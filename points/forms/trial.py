"""The form of a purchase that nobody made, to try the rules with."""

from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.apiaccess.schemas import read_quantity
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import Anything, DayInput, Folded, InstantInput, helper_of
from loyalty_site.lib.money import parse_amount
from points.rules.base import EarningEvent
from points.rules.conditions.base import Words
from points.rules.conditions.texts import TextsField
from points.rules.conditions.where import CHANNELS
from points.rules.tally import ToldTally
from points.services.purchase_types import NewLine


class TrialForm(forms.Form):
    """A purchase that is only asked about; cleans to an EarningEvent."""

    amount = forms.CharField(
        label=_("Amount of the purchase"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    occurred_at = forms.DateTimeField(label=_("Time of purchase"), widget=InstantInput)
    store = forms.ChoiceField(label=_("Store"), required=False)
    channel = forms.ChoiceField(label=_("Channel"), required=False)
    tier = forms.ChoiceField(label=_("Tier"), required=False)
    segments = forms.MultipleChoiceField(
        label=_("Segments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    is_first = forms.BooleanField(label=_("First purchase"), required=False)
    birth_on = forms.DateField(
        label=_("Date of birth"), required=False, widget=DayInput
    )
    payment = forms.CharField(label=_("Paid with"), max_length=40, required=False)
    codes = TextsField(label=_("Promotion codes"))
    count_before = forms.IntegerField(
        label=_("Purchases before this one"), min_value=0, required=False
    )
    spent_before = forms.CharField(
        label=_("Spent before this one"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        help_text=_(
            "For rules that look back: in the month or year that they count in."
        ),
    )
    spans_before = forms.IntegerField(
        label=_("Days, weeks or months in a row before this one"),
        min_value=0,
        required=False,
    )
    lines = forms.CharField(
        label=_("Lines"),
        max_length=4000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "One a row: amount; pieces; SKU; category; brand; labels. What comes later"
            " may be missing. They add up to the amount."
        ),
    )

    def __init__(self, *args: Anything, words: Words, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.currency = words.currency
        for name, none, choices in (
            ("store", gettext("No store"), words.stores),
            ("channel", gettext("No channel"), CHANNELS),
            ("tier", gettext("No tier"), words.tiers),
        ):
            self.fields[name].choices = [("", none), *choices.items()]  # type: ignore[attr-defined]
        self._offer_segments(words)
        symbol = get_currency_symbol(words.currency, locale="en")
        self.helper = helper_of(
            PrependedText("amount", symbol),
            "occurred_at",
            "store",
            "channel",
            "tier",
            *(["segments"] if "segments" in self.fields else []),
            "is_first",
            Folded(_("Before it"), "count_before", "spent_before", "spans_before"),
            Folded(_("More about it"), "birth_on", "payment", "codes", "lines"),
        )

    def _offer_segments(self, words: Words) -> None:
        if words.segments:
            self.fields["segments"].choices = list(words.segments.items())  # type: ignore[attr-defined]
        else:
            del self.fields["segments"]

    def clean_amount(self) -> int:
        """Return minor units."""
        amount_minor = self._minor_units(self.cleaned_data["amount"])
        if amount_minor <= 0:
            raise ValidationError(_("Enter an amount above zero."))
        return amount_minor

    def clean_spent_before(self) -> int:
        """Return minor units."""
        return self._minor_units(self.cleaned_data["spent_before"] or "0")

    def _minor_units(self, text: str) -> int:
        try:
            return parse_amount(text, self.currency)
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None

    def clean_lines(self) -> list[NewLine]:
        """Return the lines that were written."""
        rows = self.cleaned_data["lines"].splitlines()
        return [self._line(row) for row in rows if row.strip()]

    def _line(self, row: str) -> NewLine:
        amount, pieces, sku, category, brand, labels, *_rest = (
            *(part.strip() for part in row.split(";")),
            *[""] * 5,
        )
        try:
            return NewLine(
                amount_minor=parse_amount(amount, self.currency),
                quantity=read_quantity(pieces or "1"),
                sku=sku,
                category=category,
                brand=brand,
                labels=tuple(filter(None, map(str.strip, labels.split(",")))),
            )
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None
        except ValueError as refusal:
            raise ValidationError(str(refusal)) from None

    def clean(self) -> dict[str, Any]:
        """Refuse lines that do not add up to the amount."""
        data = super().clean() or self.cleaned_data
        lines, amount = data.get("lines"), data.get("amount")
        total = sum(line.amount_minor for line in lines or ())
        if lines and amount is not None and total != amount:
            self.add_error("lines", _("The lines do not add up to the amount."))
        return data

    @property
    def event(self) -> EarningEvent:
        """The cleaned form as rules see it."""
        data = self.cleaned_data
        return EarningEvent(
            amount_minor=data["amount"],
            occurred_at=data["occurred_at"],
            store=data["store"],
            channel=data["channel"],
            tier=data["tier"],
            is_first=data["is_first"],
            birth_on=data["birth_on"],
            payment=data["payment"],
            codes=data["codes"],
            lines=data["lines"],
            segments=data.get("segments", ()),
        )

    def past_in(self, zone: ZoneInfo) -> ToldTally:
        """Return what is told of the time before the purchase."""
        data = self.cleaned_data
        return ToldTally(
            zone,
            count_before=data["count_before"] or 0,
            spent_before_minor=data["spent_before"],
            spans_before=data["spans_before"] or 0,
        )
