"""Forms of the members' portal."""

from datetime import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, DayInput, RefusalsMixin
from members.models import Consent, Member
from members.services import Profile


class SignInForm(forms.Form):
    """The e-mail that the code goes to."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "spellcheck": "false"}
        ),
    )


class CodeForm(forms.Form):
    """The code that was mailed; blanks inside are forgiven."""

    code = forms.CharField(
        label=_("Code of six digits"),
        max_length=20,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}
        ),
    )

    def clean_code(self) -> str:
        """Keep the digits."""
        text: str = self.cleaned_data["code"]
        return "".join(character for character in text if character.isdigit())


class OwnProfileForm(RefusalsMixin, forms.ModelForm[Member]):
    """What members change about themselves."""

    class Meta:
        model = Member
        fields = ("full_name", "address_as", "birth_on", "language")
        widgets = {"birth_on": DayInput}
        help_texts = {"address_as": _("How we begin our mails to you.")}

    def __init__(self, *args: Anything, at: datetime, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.at = at
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["birth_on"].widget.attrs["autocomplete"] = "bday"

    def clean(self) -> dict[str, object]:
        """Refuse a birthday that is still to come."""
        data = super().clean() or self.cleaned_data
        day = data.get("birth_on")
        if day and day > self.at.date():
            self.add_error("birth_on", _("The date of birth is in the future."))
        return data

    def profile_of(self, member: Member) -> Profile:
        """Return the member's profile with what was changed here."""
        return Profile(
            email=member.email,
            phone=str(member.phone or ""),
            note=member.note,
            **self.cleaned_data,
        )


class OwnConsentForm(forms.Form):
    """What members agree to receive by e-mail."""

    purposes = forms.MultipleChoiceField(
        label=_("By e-mail I would like to receive"),
        choices=Consent.Purpose.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
