"""Forms that fill a pool of codes."""

import csv
import io

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from points.services.codes import MOST_CODES

LARGEST_FILE = 2_000_000
MOST_AT_ONCE = 10_000


class ImportCodesForm(RefusalsMixin, forms.Form):
    """Codes as text, or as a file with one in the first column of each row."""

    text = forms.CharField(
        label=_("Codes, one in each line"),
        required=False,
        max_length=LARGEST_FILE,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("or a file"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.txt,text/plain"}),
        help_text=_("CSV or text in UTF-8, up to 2 MB; the first column is taken."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

    def clean_file(self) -> str:
        """Return the text of the file."""
        file: Anything = self.cleaned_data["file"]
        if file is None:
            return ""
        if (file.size or 0) > LARGEST_FILE:
            raise ValidationError(_("The file is larger than 2 MB. Send it in parts."))
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError(_("The file is not UTF-8 text.")) from None

    def clean(self) -> dict[str, Anything]:
        """Read the codes out of both, and refuse none and too many."""
        data = super().clean() or self.cleaned_data
        if self.errors:
            return data
        text = io.StringIO(f"{data['text']}\n{data['file']}")
        cells = (row[0].strip() for row in csv.reader(text) if row)
        data["codes"] = [cell for cell in cells if cell]
        if not data["codes"]:
            self.add_error("text", _("Enter at least one code."))
        elif len(data["codes"]) > MOST_CODES:
            self.add_error(
                None,
                _("At most %(most)s codes at once.") % {"most": f"{MOST_CODES:,}"},
            )
        return data


class GenerateCodesForm(RefusalsMixin, forms.Form):
    """How many random codes, and what they look like."""

    count = forms.IntegerField(
        label=_("How many codes"), min_value=1, max_value=MOST_AT_ONCE, initial=100
    )
    begins_with = forms.RegexField(
        regex=r"^[A-Z0-9]*$",
        label=_("They begin with"),
        required=False,
        max_length=10,
        help_text=_("Capital letters and digits, or nothing."),
    )
    length = forms.IntegerField(
        label=_("Random characters after it"),
        min_value=6,
        max_value=20,
        initial=10,
        help_text=_("Without letters and digits that look alike."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
