"""The form of an expiry policy: the fields of its kind."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, RefusalsMixin, helper_of
from points.expiry_policies import POLICY_KINDS
from points.expiry_policies.base import ExpiryPolicy, Params
from points.models import Programme

MOST_LEADS, LONGEST_LEAD = 5, 366


class SlidingForm(forms.Form):
    """Which activities extend all open points of a member."""

    activities = forms.MultipleChoiceField(
        label=_("Extended by"),
        choices=Programme.Activity.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_(
            "All open points of the member then last as if they were given at that "
            "moment, never shorter. What has expired stays expired."
        ),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()


class RemindersForm(forms.Form):
    """How many days ahead members are told."""

    days = forms.CharField(
        label=_("Days ahead"),
        max_length=40,
        required=False,
        help_text=_(
            "For example “30, 7”: at most five numbers from 1 to 366. Empty: no mails. "
            "Sent in the morning, to members who agreed to offers and news by e-mail."
        ),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()

    def clean_days(self) -> list[int]:
        """Read the numbers."""
        words = self.cleaned_data["days"].replace(",", " ").replace("，", " ").split()  # noqa: RUF001 -- what Chinese keyboards give
        try:
            days = [int(word) for word in words]
        except ValueError:
            days = [0]
        if len(days) > MOST_LEADS or not all(1 <= day <= LONGEST_LEAD for day in days):
            raise ValidationError(_("Enter up to five numbers from 1 to 366."))
        return days


class RedatingForm(RefusalsMixin, forms.Form):
    """Why points get another expiry, and how soon they may be gone."""

    notice_days = forms.IntegerField(
        label=_("Days of notice"),
        min_value=0,
        max_value=LONGEST_LEAD,
        initial=30,
        help_text=_(
            "Nothing expires sooner by the re-dating than so many full days after it. "
            "0: the end of that day."
        ),
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()


def policy_form(
    slug: str, data: Mapping[str, Any] | None, *, stored: Params
) -> forms.Form:
    """Return the form of the kind, filled with what is stored where that is its kind."""
    initial = stored if stored.get("kind") == slug else None
    form: forms.Form = POLICY_KINDS[slug].form(data, initial=initial)
    form.helper = helper_of()  # type: ignore[attr-defined]
    return form


def policy_from(slug: str, form: forms.Form) -> ExpiryPolicy:
    """Return the policy of a valid form."""
    values: dict[str, Any] = form.cleaned_data
    policy: ExpiryPolicy = POLICY_KINDS[slug](**values)
    return policy
