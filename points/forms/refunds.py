"""Forms of refunds: parse input into what the service takes."""

from collections.abc import Sequence
from typing import Any

from babel.numbers import get_currency_symbol
from crispy_forms.bootstrap import PrependedText
from crispy_forms.layout import Fieldset, LayoutObject
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import Anything, KeyedForm, helper_of
from loyalty_site.lib.money import parse_amount
from points.models import PurchaseLine
from points.services.refund_shares import Sold
from points.services.refunds import LineBack, RefundWish

SOURCE = "staff"
_LINE = "line_"


class RefundForm(KeyedForm):
    """What comes back of a purchase: everything, an amount, or parts of lines."""

    amount = forms.CharField(
        label=_("Amount to refund"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        required=False,
        help_text=_("The member can read it in the history of the points."),
    )

    fields_of_refusals = {"lines": "amount"}

    def __init__(
        self,
        *args: Anything,
        currency: str,
        left_minor: int,
        lines: Sequence[tuple[PurchaseLine, Sold]] = (),
        **kwargs: Anything,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        self.positions = [line.position for line, sold in lines if sold.left_minor]
        self.fields["amount"].help_text = gettext(
            "Empty: everything that is left, %(left)s."
        ) % {"left": formats.money(left_minor, currency)}
        symbol = get_currency_symbol(currency, locale="en")
        of_lines = [
            self._add_line(line, sold, symbol)
            for line, sold in lines
            if sold.left_minor
        ]
        groups: list[LayoutObject | str] = [
            Fieldset(_("How much"), PrependedText("amount", symbol))
        ]
        if of_lines:
            groups.append(Fieldset(_("Or of which lines"), *of_lines))
        self.helper = helper_of(*groups, "reason", "key")

    def _add_line(self, line: PurchaseLine, sold: Sold, symbol: str) -> LayoutObject:
        name = f"{_LINE}{line.position}"
        self.fields[name] = forms.CharField(
            label=str(line),
            max_length=40,
            required=False,
            widget=forms.TextInput(
                attrs={"inputmode": "decimal", "autocomplete": "off"}
            ),
            help_text=gettext("Up to %(left)s.")
            % {"left": formats.money(sold.left_minor, self.currency)},
        )
        return PrependedText(name, symbol)

    def clean(self) -> dict[str, Any]:
        """Read the amounts; an amount and lines together would be ambiguous."""
        data = super().clean() or self.cleaned_data
        for name in ("amount", *(f"{_LINE}{position}" for position in self.positions)):
            if data.get(name):
                data[name] = self._minor(name, data[name])
        lines = [data.get(f"{_LINE}{position}") for position in self.positions]
        if data.get("amount") and any(lines):
            self.add_error(
                "amount", _("Enter either one amount or the amounts of lines.")
            )
        return data

    def _minor(self, name: str, text: str) -> int | None:
        try:
            amount_minor = parse_amount(text, self.currency)
        except DomainError as refusal:
            self.add_error(name, ValidationError(str(refusal.sentence)))
            return None
        if amount_minor <= 0:
            self.add_error(name, _("Enter an amount above zero."))
        return amount_minor

    @property
    def wish(self) -> RefundWish:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        amounts = {each: data.get(f"{_LINE}{each}") for each in self.positions}
        return RefundWish(
            source=SOURCE,
            source_id=data["key"].value,
            occurred_at=data["key"].issued_at,
            amount_minor=data["amount"] or None,
            lines=tuple(
                LineBack(position, amount_minor=amount)
                for position, amount in amounts.items()
                if amount
            ),
            reason=data["reason"],
        )
