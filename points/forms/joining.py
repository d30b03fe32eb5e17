"""The form of somebody who joins by the link of a member."""

from django import forms
from django.utils.translation import gettext_lazy as _

from members.models import Consent
from points.forms.portal import SignInForm

LONGEST_NAME = 120


class JoinForm(SignInForm):
    """Name and e-mail, and which mails are welcome."""

    full_name = forms.CharField(
        label=_("Your name"),
        max_length=LONGEST_NAME,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    purposes = forms.MultipleChoiceField(
        label=_("By e-mail I would like to receive"),
        choices=Consent.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    field_order = ("full_name", "email", "purposes")

    def clean_full_name(self) -> str:
        """Keep one blank between the words."""
        return " ".join(self.cleaned_data["full_name"].split())
