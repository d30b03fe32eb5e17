"""Conditions about how it is paid, and with which code."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words
from points.rules.conditions.texts import TextsField


class PaymentMethods:
    """Paid in one of some ways. Value: a list of texts; case does not count."""

    slug = "payment"
    reason: str | Promise = _("it was paid in another way")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return the field of the ways."""
        return {
            "payment_in": TextsField(
                label=_("Paid with"),
                help_text=_(
                    "As the till reports it, for example octopus, visa. Empty: anything."
                ),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the ways."""
        return {"payment_in": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the ways; none ask nothing."""
        return data.get("payment_in") or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether it was paid in one of the ways."""
        methods = frozenset(text.casefold() for text in value)

        def is_one(event: EarningEvent) -> bool:
            return event.payment.casefold() in methods

        return is_one

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        return gettext("Only when paid with %(methods)s.") % {
            "methods": formats.listed(value)
        }


class Codes:
    """With one of some promotion codes. Value: a list of texts; case does not count."""

    slug = "codes"
    reason: str | Promise = _("the code was not given")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return the field of the codes."""
        return {
            "codes_in": TextsField(
                label=_("With one of these codes"),
                help_text=_("Told at the till or in the web shop. Empty: no code."),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the codes."""
        return {"codes_in": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the codes; none ask nothing."""
        return data.get("codes_in") or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether one of the codes came with the purchase."""
        codes = frozenset(text.casefold() for text in value)

        def has_one(event: EarningEvent) -> bool:
            return any(code.casefold() in codes for code in event.codes)

        return has_one

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        return gettext("Only with the code %(codes)s.") % {
            "codes": formats.listed(value)
        }
