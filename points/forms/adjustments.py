"""Forms of adjustments: parse input into what the services take."""

from typing import Any

from crispy_forms.layout import Fieldset
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _, pgettext

from loyalty_site.lib.forms import Anything, KeyedForm, RefusalsMixin, helper_of
from members.models import MemberQuerySet
from points.models import Entry
from points.selectors.adjustment_limits import (
    Limit,
    limited_roles,
    limits_by_role,
)
from points.services.adjustments import Wish

MOST_POINTS = 1_000_000_000
GIVE, TAKE = "give", "take"


class AdjustmentForm(KeyedForm):
    """Points by hand; cleans to the member and a Wish."""

    member = forms.CharField(
        label=_("Member number"),
        max_length=20,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    direction = forms.ChoiceField(
        label=_("What to do"),
        choices=[(GIVE, _("Give points")), (TAKE, _("Take points"))],
        widget=forms.RadioSelect,
        initial=GIVE,
    )
    points = forms.IntegerField(label=_("Points"), min_value=1, max_value=MOST_POINTS)
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=Entry.AdjustReason.choices,
        help_text=_("The member reads it in the history of the points."),
    )
    note = forms.CharField(
        label=_("Note"),
        max_length=300,
        required=False,
        help_text=_("For colleagues only. Needed where the reason says nothing."),
    )

    def __init__(
        self, *args: Anything, members: MemberQuerySet, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self.members = members
        self.helper = helper_of(
            "member", "direction", "points", "reason", "note", "key"
        )

    def clean_member(self) -> Any:  # noqa: ANN401 -- a Member, where the field holds text
        """Return the member of the number."""
        number = self.cleaned_data["member"].strip().upper()
        member = self.members.filter(number=number).first()
        if member is None:
            raise ValidationError(
                _("No open membership has the number %(number)s."),
                params={"number": number},
            )
        return member

    def clean(self) -> dict[str, Any]:
        """Ask for a note where the reason alone says nothing."""
        data = super().clean() or self.cleaned_data
        if data.get("reason") == Entry.AdjustReason.OTHER and not data.get("note"):
            self.add_error("note", _("Say in a few words why."))
        return data

    @property
    def wish(self) -> Wish:
        """The cleaned form as the service takes it."""
        data = self.cleaned_data
        sign = 1 if data["direction"] == GIVE else -1
        return Wish(sign * data["points"], data["reason"], data["note"])


class DecisionForm(RefusalsMixin, forms.Form):
    """A word on the decision."""

    note = forms.CharField(label=_("Note"), max_length=300, required=False)

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.helper = helper_of()


class RefusalForm(DecisionForm):
    """A refusal says why."""

    note = forms.CharField(label=_("Reason"), max_length=300)


class LimitForm(RefusalsMixin, forms.Form):
    """Two numbers for every role that adjusts points."""

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        now = limits_by_role()
        for role in limited_roles():
            limit = now[role.slug]
            self.fields[f"{role.slug}_per_adjustment"] = _limit_field(
                pgettext("limit", "At once"), limit.per_adjustment
            )
            self.fields[f"{role.slug}_per_day"] = _limit_field(
                _("In one day"), limit.per_day
            )
        self.helper = helper_of(
            *(
                Fieldset(
                    role.label, f"{role.slug}_per_adjustment", f"{role.slug}_per_day"
                )
                for role in limited_roles()
            )
        )

    @property
    def limits(self) -> dict[str, Limit]:
        """The cleaned form as the service takes it."""
        return {
            role.slug: Limit(
                self.cleaned_data[f"{role.slug}_per_adjustment"],
                self.cleaned_data[f"{role.slug}_per_day"],
            )
            for role in limited_roles()
        }


def _limit_field(label: Anything, initial: int | None) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=MOST_POINTS,
        required=False,
        initial=initial,
        help_text=_("Empty: no limit. 0: always a second person."),
    )
