"""How many points each role may give or take alone."""

from collections.abc import Mapping

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.models import AdjustmentLimit
from points.selectors.adjustment_limits import Limit, limits_by_role
from points.services.settings_lock import lock_settings


@transaction.atomic
def change_limits(*, wanted: Mapping[str, Limit], actor: Actor) -> None:
    """Set the limits of these roles, by their slug; safe to repeat.

    What waits for approval already goes on waiting.
    """
    lock_settings()
    now = limits_by_role()
    with pghistory.context(reason="limits", actor=str(actor)):
        for role, limit in wanted.items():
            if limit != now[role]:
                AdjustmentLimit.objects.update_or_create(
                    role=role, defaults=vars(limit)
                )
