"""One change of rules, tiers or settings at a time."""

from points.models import Programme


def lock_settings() -> Programme:
    """Lock the programme's row until the transaction ends, and return it.

    Whoever changes settings takes it first: `current_rulebook` looks at the newest
    history rows, and two changes that commit out of order would hide the older one.
    """
    return Programme.objects.select_for_update().get()
