"""Conditions about the member at the time of the purchase."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words


class Tiers:
    """Members of some tiers. Value: a list of the tiers' short names."""

    slug = "tiers"
    reason: str | Promise = _("the member had another tier")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a box for each tier; none where there are no tiers."""
        if not words.tiers:
            return {}
        return {
            "tiers": forms.MultipleChoiceField(
                label=_("For these tiers"),
                choices=list(words.tiers.items()),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None chosen: for everybody."),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the tiers."""
        return {"tiers": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the tiers; none ask nothing."""
        return sorted(data.get("tiers", [])) or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether the member had one of the tiers."""
        tiers = frozenset(value)

        def has_one(event: EarningEvent) -> bool:
            return event.tier in tiers

        return has_one

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        tiers = formats.listed(words.of_tiers(value))
        return gettext("Only for %(tiers)s.") % {"tiers": tiers}


class FirstPurchase:
    """The member's first purchase, by the time of purchase. Value: true."""

    slug = "first_purchase"
    reason: str | Promise = _("it was not the first purchase")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return one box."""
        return {
            "first_purchase": forms.BooleanField(
                label=_("Only on the first purchase of a member"), required=False
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the box."""
        return {"first_purchase": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return true where it is ticked."""
        return data.get("first_purchase") or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether nothing was bought before."""

        def is_first(event: EarningEvent) -> bool:
            return event.is_first

        return is_first

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        return gettext("Only on the first purchase of a member.")
