"""The form of a merge: which two, why, and which fields of the profile are kept."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything, KeyedForm, RefusalsMixin, helper_of
from members.merging import FIELDS, blanks_to_fill
from members.models import MemberQuerySet
from points.forms.naming import member_field, named_member
from points.services.merges.asking import MergeWish

KEPT, GONE = "kept", "gone"


class MergeForm(KeyedForm):
    """Two memberships of one person; cleans to a MergeWish."""

    kept = member_field(_("Membership that stays"))
    gone = member_field(
        _("Membership that goes"), _("Member number, card, phone or e-mail.")
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=300,
        help_text=_("For example how you know that it is one person."),
    )

    def __init__(
        self, *args: Anything, members: MemberQuerySet, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        for name in FIELDS:
            self.fields[f"pick_{name}"] = forms.ChoiceField(
                choices=[(KEPT, KEPT), (GONE, GONE)],
                required=False,
                widget=forms.HiddenInput,
            )
        self.helper = helper_of("kept", "gone", "reason", "key")

    def clean_kept(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return who stays."""
        return named_member(self.members, self.cleaned_data["kept"])

    def clean_gone(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return who goes."""
        return named_member(self.members, self.cleaned_data["gone"])

    def clean(self) -> dict[str, Any]:
        """Refuse one membership twice."""
        data = super().clean() or self.cleaned_data
        if data.get("kept") and data.get("kept") == data.get("gone"):
            self.add_error(
                "gone", _("This is the same membership. Choose another one.")
            )
        return data

    @property
    def wish(self) -> MergeWish:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        picks = tuple(name for name in FIELDS if self.pick_of(name) == GONE)
        return MergeWish(data["kept"], data["gone"], data["reason"], picks)

    def pick_of(self, name: str) -> str:
        """Return from which of the two a field is taken; blanks are filled."""
        data = self.cleaned_data
        blanks = blanks_to_fill(data["kept"], data["gone"])
        chosen: str = data.get(f"pick_{name}") or (GONE if name in blanks else KEPT)
        is_same = getattr(data["kept"], name) == getattr(data["gone"], name)
        return KEPT if is_same else chosen


class UndoForm(RefusalsMixin, forms.Form):
    """Why a merge is undone."""

    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()
