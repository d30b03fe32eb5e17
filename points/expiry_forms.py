"""The form of an expiry policy: the fields of its kind."""

from collections.abc import Mapping
from typing import Any

from django import forms

from loyalty_site.lib.forms import helper_of
from points.expiry_policies import POLICY_KINDS
from points.expiry_policies.base import ExpiryPolicy, Params


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
