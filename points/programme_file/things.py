"""Sections of tiers and rewards."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.actors import Actor
from points.forms.rewards import RewardForm
from points.forms.tiers import TierForm
from points.models import Reward, Tier
from points.programme_file.base import Item, Section
from points.programme_file.values import ANY
from points.selectors.programme import current_programme
from points.services.rewards import save_reward
from points.services.tier_settings import save_tier


class TierSection(Section):
    """Tiers, by their short name."""

    key = "tiers"
    title: str | Promise = _("Tiers")
    identity = "slug"

    def names(self) -> list[str]:
        """Return the short names, lowest first."""
        return list(Tier.objects.values_list("slug", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return the short name."""
        return {"slug": name}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the tier's page."""
        tier = Tier.objects.filter(slug=item["slug"]).first()
        return _tier_form(data, tier or Tier(slug=item["slug"]))

    def save(self, form: TierForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Make or change the tier."""
        tier = Tier.objects.filter(slug=item["slug"]).first()
        save_tier(details=form.details, actor=actor, tier=tier)

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form."""
        return [({"slug": ""}, _tier_form(None, Tier()))]


class RewardSection(Section):
    """Rewards, by their name."""

    key = "rewards"
    # A price for each tier, by its short name.
    families: Mapping[str, forms.Field] = {
        "^price_": forms.IntegerField(min_value=1, required=False)
    }
    title: str | Promise = _("Rewards")
    identity = "name"

    def names(self) -> list[str]:
        """Return the names, the cheapest first."""
        return list(Reward.objects.values_list("name", flat=True))

    def head(self, name: str) -> dict[str, Any]:
        """Return nothing: the form has the name."""
        return {}

    def form(self, item: Item, data: dict[str, Any] | None) -> forms.BaseForm:
        """Return the form of the reward's page."""
        reward = Reward.objects.filter(name=item["name"]).first()
        return _reward_form(data, reward or Reward())

    def save(self, form: RewardForm, item: Item, *, at: datetime, actor: Actor) -> None:
        """Make or change the reward."""
        reward = Reward.objects.filter(name=item["name"]).first()
        save_reward(
            details=form.details,
            stock=form.stock,
            tiers=form.tier_terms,
            actor=actor,
            reward=reward,
        )

    def blanks(self) -> list[tuple[dict[str, Any], forms.BaseForm]]:
        """Return an empty form; which tiers there are is said elsewhere."""
        form = _reward_form(None, Reward())
        for name in [name for name in form.fields if name.startswith("price_")]:
            del form.fields[name]
        form.fields["only_tiers"].choices = [(ANY, ANY)]  # type: ignore[attr-defined]
        return [({}, form)]


def _tier_form(data: dict[str, Any] | None, tier: Tier) -> TierForm:
    return TierForm(data, instance=tier, currency=current_programme().currency)


def _reward_form(data: dict[str, Any] | None, reward: Reward) -> RewardForm:
    currency = current_programme().currency
    return RewardForm(data, instance=reward, currency=currency)
