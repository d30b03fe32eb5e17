"""The settings of how long points last; points that were posted keep their expiry."""

from collections.abc import Collection

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.expiry_policies import stored_policy
from points.expiry_policies.base import ExpiryPolicy
from points.models import Programme, Tier
from points.services.settings_lock import lock_settings


@transaction.atomic
def set_expiry_policy(*, policy: ExpiryPolicy, actor: Actor) -> Programme:
    """Let points given from now on expire by `policy`; safe to repeat."""
    programme = lock_settings()
    programme.expiry = stored_policy(policy)
    return _saved(programme, "expiry", actor)


@transaction.atomic
def set_tier_expiry_policy(
    *, tier: Tier, policy: ExpiryPolicy | None, actor: Actor
) -> Programme:
    """Give a tier a policy of its own, or with None that of everyone; safe to repeat."""
    programme = lock_settings()
    others = {
        slug: stored
        for slug, stored in programme.tier_expiry.items()
        if slug != tier.slug
    }
    own = {} if policy is None else {tier.slug: stored_policy(policy)}
    programme.tier_expiry = others | own
    return _saved(programme, "tier_expiry", actor)


@transaction.atomic
def set_sliding(*, activities: Collection[str], actor: Actor) -> Programme:
    """Let these activities extend all open points of a member; safe to repeat."""
    programme = lock_settings()
    programme.sliding_by = sorted(activities)
    return _saved(programme, "sliding_by", actor)


@transaction.atomic
def set_reminder_leads(*, days: Collection[int], actor: Actor) -> Programme:
    """Remind members so many days before points expire; safe to repeat."""
    programme = lock_settings()
    programme.reminder_leads = sorted(set(days), reverse=True)
    return _saved(programme, "reminder_leads", actor)


def _saved(programme: Programme, field: str, actor: Actor) -> Programme:
    with pghistory.context(reason="expiry", actor=str(actor)):
        programme.save(update_fields=[field])
    return programme
