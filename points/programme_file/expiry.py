"""Sections of how long points last."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from points.expiry_policies import POLICY_KINDS
from points.forms.expiry import policy_form, policy_from
from points.models import Tier
from points.programme_file.base import Item, Section
from points.programme_file.errors import ProgrammeFileRefused
from points.selectors.programme import current_programme
from points.services.expiry_settings import set_expiry_policy, set_tier_expiry_policy

Stored = dict[str, Any]


def _kind(item: Item, stored: Stored) -> str:
    slug = item.get("kind", stored.get("kind"))
    if not isinstance(slug, str) or slug not in POLICY_KINDS:
        raise ProgrammeFileRefused(
            sentence=_("“kind” is one of %(kinds)s.")
            % {"kinds": ", ".join(POLICY_KINDS)}
        )
    return slug


def _blanks(**head: str) -> list[tuple[dict[str, Any], forms.BaseForm]]:
    return [
        (head | {"kind": slug}, policy_form(slug, None, stored={}))
        for slug in POLICY_KINDS
    ]


class ExpirySection(Section):
    """The policy for everyone."""

    key = "expiry"
    title: str | Promise = _("Expiry")
    identity = ""

    def names(self) -> list[str]:
        """Return the one policy."""
        return [""]

    def head(self, name: str) -> dict[str, Any]:
        """Return the kind of policy."""
        return {"kind": current_programme().expiry["kind"]}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of that kind."""
        stored = current_programme().expiry
        return policy_form(_kind(item, stored), data, stored=stored)

    def save(self, form: forms.Form, item: Item, *, at: datetime, actor: Actor) -> None:
        """Set the policy for points earned from now on."""
        kind = _kind(item, current_programme().expiry)
        set_expiry_policy(policy=policy_from(kind, form), actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return the form of each kind."""
        return _blanks()


class TierExpirySection(Section):
    """Policies that tiers have of their own."""

    key = "tier_expiry"
    title: str | Promise = _("Expiry by tier")
    identity = "tier"

    def names(self) -> list[str]:
        """Return the tiers with a policy of their own."""
        return list(current_programme().tier_expiry)

    def head(self, name: str) -> dict[str, Any]:
        """Return the tier and the kind of its policy."""
        return {"tier": name, "kind": current_programme().tier_expiry[name]["kind"]}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of that kind."""
        stored = current_programme().tier_expiry.get(item["tier"], {})
        return policy_form(_kind(item, stored), data, stored=stored)

    def save(self, form: forms.Form, item: Item, *, at: datetime, actor: Actor) -> None:
        """Set the tier's policy."""
        tier = Tier.objects.filter(slug=item["tier"]).first()
        if tier is None:
            raise ProgrammeFileRefused(sentence=_("There is no such tier."))
        stored = current_programme().tier_expiry.get(tier.slug, {})
        policy = policy_from(_kind(item, stored), form)
        set_tier_expiry_policy(tier=tier, policy=policy, actor=actor)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return the form of each kind."""
        return _blanks(tier="")
