"""What people may change of their own account."""

from allauth.account.forms import LoginForm
from crispy_forms.helper import FormHelper
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from loyalty_site.accounts.models import User


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    """Name, mail, language and colours of the person who is signed in."""

    class Meta:
        model = User
        fields = ("full_name", "email", "language", "theme")

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["full_name"].widget.attrs["autocomplete"] = "name"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        language = self.fields["language"]
        language.help_text = ""
        language.widget.choices = [("", _("Same as the browser")), *settings.LANGUAGES]
        self.helper = FormHelper()
        self.helper.form_tag = False


class SignInForm(LoginForm):
    """allauth's form with labels that say what to type, and no placeholders."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("User name or mail")
        self.fields["password"].help_text = ""
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
