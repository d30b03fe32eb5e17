"""Tiers, as the programme's keepers set them; who holds which follows by recompute."""

from dataclasses import dataclass
from decimal import Decimal

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.errors import NameTaken, ThresholdTaken
from points.models import Tier
from points.services.settings_lock import lock_settings


@dataclass(frozen=True)
class TierDetails:
    """What a tier is; `threshold` is inclusive, in qualifying points of the window."""

    slug: str
    name: str
    threshold: int
    multiplier: Decimal = Decimal(1)
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    perks: str = ""
    perks_zh_hans: str = ""
    perks_zh_hant: str = ""


@transaction.atomic
def save_tier(*, details: TierDetails, actor: Actor, tier: Tier | None = None) -> Tier:
    """Make a tier, or change `tier`, and return it.

    Members move with the next recompute, which the caller starts. Raises NameTaken or
    ThresholdTaken: two tiers at one threshold would leave one of them empty.
    """
    lock_settings()
    others = Tier.objects.exclude(pk=tier.pk if tier else 0)
    if others.filter(name=details.name).exists():
        raise NameTaken(name=details.name)
    if others.filter(slug=details.slug).exists():
        raise NameTaken(name=details.slug, field="slug")
    if same := others.filter(threshold=details.threshold).first():
        raise ThresholdTaken(name=same.name)
    with pghistory.context(reason="tier", actor=str(actor)):
        if tier is None:
            return Tier.objects.create(**vars(details))
        tier = Tier.objects.get(pk=tier.pk)
        for name, value in vars(details).items():
            setattr(tier, name, value)
        tier.save()
    return tier
