"""The form of a transfer: who, to whom, how many."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, KeyedForm, helper_of
from members.models import MemberQuerySet
from points.forms.adjustments import MOST_POINTS
from points.forms.naming import member_field, named_member
from points.services.transfers import Gift


class TransferForm(KeyedForm):
    """Points from one member to another; cleans to a Gift."""

    fields_of_refusals = {"member": "receiver"}

    sender = member_field(_("Sender"), _("Member number, card, phone or e-mail."))
    receiver = member_field(_("Receiver"), _("Member number, card, phone or e-mail."))
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("For colleagues only."),
    )

    def __init__(
        self, *args: Anything, members: MemberQuerySet, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.helper = helper_of("sender", "receiver", "points", "note", "key")

    def clean_sender(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return who gives."""
        return named_member(self.members, self.cleaned_data["sender"])

    def clean_receiver(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return who receives."""
        return named_member(self.members, self.cleaned_data["receiver"])

    def clean(self) -> dict[str, Any]:
        """Refuse points to their owner."""
        data = super().clean() or self.cleaned_data
        if data.get("sender") and data.get("sender") == data.get("receiver"):
            self.add_error(
                "receiver",
                _("These are points of the same member. Choose another one."),
            )
        return data

    @property
    def gift(self) -> Gift:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        return Gift(data["sender"], data["receiver"], data["points"], data["note"])
