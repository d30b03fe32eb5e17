"""Conditions about what is bought."""

from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words


class SmallestPurchase:
    """At least so much; reached counts as in. Value: a decimal as text, major units."""

    slug = "minimum"
    reason: str | Promise = _("the purchase was too small")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return the field of the amount."""
        return {
            "at_least": forms.DecimalField(
                label=_("Purchases of at least"),
                min_value=0,
                max_digits=12,
                decimal_places=2,
                required=False,
                help_text=_("Reached counts as in. Empty: any purchase."),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the amount."""
        return {"at_least": Decimal(value)}

    def read(self, data: Cleaned) -> Value | None:
        """Return the amount as text; zero asks nothing."""
        amount = data.get("at_least")
        return str(amount) if amount else None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether the amount is reached."""
        smallest = ceil(Fraction(value) * setting.minor_units)

        def reaches(event: EarningEvent) -> bool:
            return event.amount_minor >= smallest

        return reaches

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        return gettext("On purchases of %(currency)s %(minimum)s or more.") % {
            "currency": words.currency,
            "minimum": value,
        }
