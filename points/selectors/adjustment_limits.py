"""How many points a person may give or take alone."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser, AnonymousUser

from loyalty_site.accounts.roles import ROLES, Role
from loyalty_site.apiaccess.models import ApiKey
from points.models import AdjustmentLimit

ADJUST = "points.adjust_points"


@dataclass(frozen=True)
class Limit:
    """Points (>= 0) that need no second person: at once and in a day; None is no limit."""

    per_adjustment: int | None = None
    per_day: int | None = None

    def allows(self, points: int, *, so_far: int) -> bool:
        """Whether `points` (> 0) are within both, after `so_far` on the same day."""
        is_small = self.per_adjustment is None or points <= self.per_adjustment
        fits_the_day = self.per_day is None or so_far + points <= self.per_day
        return is_small and fits_the_day


NO_LIMIT = Limit()
# Until somebody sets other numbers; who administers a small programme may be alone.
DEFAULTS = {"agent": Limit(1_000, 5_000)}


def limited_roles() -> list[Role]:
    """Return the roles that may adjust points, in the order of `roles.py`."""
    return [role for role in ROLES.values() if ADJUST in role.permissions]


def limits_by_role() -> dict[str, Limit]:
    """Return the limit of every role that may adjust points."""
    rows = {row.role: row for row in AdjustmentLimit.objects.all()}
    return {
        role.slug: Limit(row.per_adjustment, row.per_day)
        if (row := rows.get(role.slug))
        else DEFAULTS.get(role.slug, NO_LIMIT)
        for role in limited_roles()
    }


def limit_of(user: AbstractUser | AnonymousUser) -> Limit:
    """Return the most generous of what the person's roles allow."""
    if user.is_superuser:
        return NO_LIMIT
    held = set(user.groups.values_list("name", flat=True))
    limits = [limit for role, limit in limits_by_role().items() if role in held]
    return Limit(
        _most(each.per_adjustment for each in limits),
        _most(each.per_day for each in limits),
    )


def limit_of_key(api_key_id: int) -> Limit:
    """Return what an API key may move without a person."""
    api_key = ApiKey.objects.get(pk=api_key_id)
    return Limit(api_key.adjusts_at_once, api_key.adjusts_in_a_day)


def _most(numbers: Iterable[int | None]) -> int | None:
    found = list(numbers)
    known = [each for each in found if each is not None]
    return None if len(known) < len(found) else max(known, default=0)
