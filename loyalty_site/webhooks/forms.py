"""What is asked to add or change an endpoint."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from loyalty_site.webhooks.kinds import EVENT_KINDS


class EndpointForm(RefusalsMixin, forms.Form):
    """An address, and what it is told of."""

    url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Begins with https:// and is reached from the Internet."),
        error_messages={"required": _("Enter an address.")},
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    kinds = forms.MultipleChoiceField(
        label=_("Tell it when"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one.")},
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=120,
        required=False,
        help_text=_("What listens there, for example “Web shop”."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["kinds"]
        field.choices = [(kind.slug, kind.meaning) for kind in EVENT_KINDS.values()]
        self.helper = helper_of("url", "kinds", "note")
