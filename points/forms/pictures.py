"""The form of the picture of a reward or a badge."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from points.pictures import LARGEST_FILE, Picture, read_picture
from points.services.pictures import Alt, Pictured


class PictureForm(RefusalsMixin, forms.Form):
    """A PNG or JPEG, and what it shows in three languages."""

    file = forms.FileField(
        label=_("Picture"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        help_text=_("PNG or JPEG, up to 1 MB and 4,000 pixels a side."),
    )
    alt = forms.CharField(
        label=_("What it shows"),
        max_length=200,
        help_text=_("Read out to who does not see it."),
    )
    alt_zh_hans = forms.CharField(
        label=_("What it shows, in 简体中文"), max_length=200, required=False
    )
    alt_zh_hant = forms.CharField(
        label=_("What it shows, in 繁體中文"), max_length=200, required=False
    )

    def __init__(self, *args: Anything, of: Pictured, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].required = not of.picture_digest
        self.fields["alt"].initial = of.picture_alt
        self.fields["alt_zh_hans"].initial = of.picture_alt_zh_hans
        self.fields["alt_zh_hant"].initial = of.picture_alt_zh_hant
        self.helper = helper_of()

    def clean_file(self) -> Picture | None:
        """Return the picture, read strictly; None where it stays the same."""
        file: Anything = self.cleaned_data["file"]
        if not file:
            return None
        try:
            return read_picture(file.read(LARGEST_FILE + 1))
        except DomainError as refusal:
            raise ValidationError(str(refusal.sentence)) from None

    @property
    def words(self) -> Alt:
        """What it shows."""
        data = self.cleaned_data
        return Alt(data["alt"], data["alt_zh_hans"], data["alt_zh_hant"])
