"""Members that a colleague names in a form, by whatever they are known as."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import Anything
from members.models import Member, MemberQuerySet
from members.selectors.search import exact_matches


def member_field(label: Anything, help_text: Anything = "") -> forms.CharField:
    """Return a field for a member number, card, phone or e-mail."""
    return forms.CharField(
        label=label,
        max_length=100,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def named_member(members: MemberQuerySet, text: str) -> Member:
    """Return the one member who is known so, or raise a ValidationError."""
    found = exact_matches(members, text)
    if not found:
        raise ValidationError(
            _("No open membership is known as “%(text)s”."), params={"text": text}
        )
    if len(found) > 1:
        raise ValidationError(
            _("Several members are known as “%(text)s”. Enter the member number."),
            params={"text": text},
        )
    return found[0]
