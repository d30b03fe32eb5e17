"""What people may change of their own account."""

from crispy_forms.helper import FormHelper
from django import forms

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
        self.helper = FormHelper()
        self.helper.form_tag = False
