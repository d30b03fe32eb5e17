"""What is asked to make an API key."""

from datetime import datetime, timedelta

from crispy_forms.helper import FormHelper
from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.lib.forms import RefusalsMixin

MOST_POINTS = 1_000_000_000


class ApiKeyForm(RefusalsMixin, forms.Form):
    """Name, scopes and life of a new key."""

    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("What uses the key, for example “Till 7” or “Web shop”."),
        error_messages={"required": _("Enter a name.")},
    )
    scopes = forms.MultipleChoiceField(
        label=_("What it may do"),
        choices=ApiKey.Scope.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Choose no more than it needs."),
        error_messages={"required": _("Choose at least one.")},
    )
    expiry_days = forms.TypedChoiceField(
        label=_("Expires"),
        choices=[
            ("365", _("In a year")),
            ("90", _("In 90 days")),
            ("30", _("In 30 days")),
            ("", _("Never")),
        ],
        coerce=int,
        empty_value=None,
        required=False,
    )

    adjusts_at_once = forms.IntegerField(
        label=_("Points by hand at once"),
        min_value=0,
        max_value=MOST_POINTS,
        required=False,
        help_text=_(
            "For keys that give and take points. More waits for a person. Empty: no limit."
        ),
    )
    adjusts_in_a_day = forms.IntegerField(
        label=_("Points by hand in one day"),
        min_value=0,
        max_value=MOST_POINTS,
        required=False,
        help_text=_("Empty: no limit."),
    )

    keeps_bodies = forms.BooleanField(
        label=_("Keep bodies in the log of requests"),
        required=False,
        help_text=_("For finding mistakes. Texts about people are left out."),
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.helper = FormHelper()
        self.helper.form_tag = False

    def expires_at(self, now: datetime) -> datetime | None:
        """Return when a key made now expires."""
        days: int | None = self.cleaned_data["expiry_days"]
        return None if days is None else now + timedelta(days=days)


class ChangeApiKeyForm(ApiKeyForm):
    """What can be changed of a key: all but its name and its life."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["name"]
        del self.fields["expiry_days"]
