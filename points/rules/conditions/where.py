"""Conditions about where it is bought."""

from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from points.rules.base import EarningEvent
from points.rules.conditions.base import Check, Cleaned, Setting, Value, Words

FEW_STORES = 12
CHANNELS: dict[str, str | Promise] = {
    "store": _("Store"),
    "web": _("Web shop"),
    "app": _("App"),
    "phone": _("Phone"),
}


class Stores:
    """In some stores. Value: a list of their codes."""

    slug = "stores"
    reason: str | Promise = _("it was another store")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a box for each store, or a list of many; none where there are none."""
        if not words.stores:
            return {}
        return {
            "stores": forms.MultipleChoiceField(
                label=_("In these stores"),
                choices=list(words.stores.items()),
                required=False,
                widget=(
                    forms.CheckboxSelectMultiple
                    if len(words.stores) <= FEW_STORES
                    else forms.SelectMultiple(attrs={"size": 8})
                ),
                help_text=_("None chosen: everywhere."),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the stores."""
        return {"stores": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the stores; none ask nothing."""
        return sorted(data.get("stores", [])) or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether it is one of the stores."""
        stores = frozenset(value)

        def is_in_them(event: EarningEvent) -> bool:
            return event.store in stores

        return is_in_them

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        stores = formats.listed(words.of_stores(value))
        return gettext("Only at %(stores)s.") % {"stores": stores}


class Channels:
    """Through some channels. Value: a list of `store`, `web`, `app`, `phone`."""

    slug = "channels"
    reason: str | Promise = _("it came through another channel")

    def fields(self, words: Words) -> dict[str, forms.Field]:
        """Return a box for each channel."""
        return {
            "channels": forms.MultipleChoiceField(
                label=_("Through these channels"),
                choices=list(CHANNELS.items()),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                help_text=_("None chosen: through all of them."),
            )
        }

    def initial(self, value: Value) -> dict[str, Any]:
        """Return the channels."""
        return {"channels": value}

    def read(self, data: Cleaned) -> Value | None:
        """Return the channels; none ask nothing."""
        return sorted(data.get("channels", [])) or None

    def prepare(self, value: Value, setting: Setting) -> Check:
        """Return whether it is one of the channels."""
        channels = frozenset(value)

        def is_one(event: EarningEvent) -> bool:
            return event.channel in channels

        return is_one

    def describe(self, value: Value, words: Words) -> str:
        """Return the condition as a sentence."""
        channels = formats.listed([str(CHANNELS.get(each, each)) for each in value])
        return gettext("Only through: %(channels)s.") % {"channels": channels}
