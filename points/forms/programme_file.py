"""Forms of the programme's file: the file itself, and the changes that were seen."""

from django import forms
from django.core.exceptions import ValidationError
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of

LARGEST_FILE = 1_000_000


class ProgrammeFileForm(RefusalsMixin, forms.Form):
    """A file that was written by hand or exported; cleans to its text."""

    file = forms.FileField(
        label=_("Programme file"),
        help_text=_("JSON, up to 1 MB. You see every change before it is made."),
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

    def clean_file(self) -> str:
        """Read the text; refuse what is too large or not UTF-8."""
        file: File[bytes] = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 1 MB."))
        try:
            text: str = file.read().decode("utf-8-sig")
        except UnicodeDecodeError:
            raise ValidationError(_("Save the file as UTF-8.")) from None
        return text


class ConfirmedFileForm(RefusalsMixin, forms.Form):
    """The text of a file, and the digest of the changes that were shown."""

    fields_of_refusals = {"file": "content"}

    content = forms.CharField(
        max_length=LARGEST_FILE, strip=False, widget=forms.HiddenInput
    )
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
