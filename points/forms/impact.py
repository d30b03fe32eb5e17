"""The form that starts an impact run."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from points.models import RuleDraft

LONGEST_DAYS = 366
USUAL_DAYS = 30


class ImpactForm(RefusalsMixin, forms.Form):
    """Which drafts, and the purchases of how many days."""

    drafts = forms.ModelMultipleChoiceField(
        queryset=RuleDraft.objects.none(),
        label=_("Drafts"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Several are asked together, as if all of them were published."),
    )
    days = forms.IntegerField(
        label=_("Purchases of the last days"),
        min_value=1,
        max_value=LONGEST_DAYS,
        initial=USUAL_DAYS,
    )
    keeps_dates = forms.BooleanField(
        label=_("Only inside the drafts' own dates"),
        required=False,
        help_text=_(
            "Not ticked, they are asked as if they had been in force all the time."
        ),
    )

    def __init__(self, *args: Anything, drafts: Any, **kwargs: Anything) -> None:  # noqa: ANN401 -- a RuleDraftQuerySet
        super().__init__(*args, **kwargs)
        self.fields["drafts"].queryset = drafts  # type: ignore[attr-defined]
        # A lazy text that is filled in at import would stay English.
        self.fields["days"].help_text = _(
            "At most %(days)s. Today counts in addition."
        ) % {"days": LONGEST_DAYS}
        self.helper = helper_of("drafts", "days", "keeps_dates")
