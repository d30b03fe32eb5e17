"""Forms of households: begin one, add a member, take one out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, KeyedForm, RefusalsMixin, helper_of
from members.models import MemberQuerySet
from points.forms.naming import member_field, named_member


class JoinForm(RefusalsMixin, forms.Form):
    """Who comes into a household; cleans to a Member."""

    member = member_field(_("Member"), _("Member number, card, phone or e-mail."))

    def __init__(
        self, *args: Anything, members: MemberQuerySet, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.helper = helper_of()

    def clean_member(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return who it is."""
        return named_member(self.members, self.cleaned_data["member"])


class HouseholdForm(JoinForm, KeyedForm):
    """A household and who begins it."""

    name = forms.CharField(
        label=_("Name"),
        max_length=80,
        help_text=_("Its members see it, for example a family name."),
    )
    field_order = ("name", "member")


class LeaveForm(RefusalsMixin, forms.Form):
    """Why a member leaves a household."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example that the family moved apart."),
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
