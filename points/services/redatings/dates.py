"""Which dates lots would have by other policies: read and computed, nothing written."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from loyalty_site.lib.periods import day_of, start_of_day
from points import sql
from points.expiry_policies import read_policy
from points.expiry_policies.base import ExpiryPolicy
from points.models import Redating, Tier
from points.selectors.tier_history import tiers_at

# A redemption under way may be dated a little later than the chunk that moves its lot.
UNDER_WAY = timedelta(hours=1)

# What has expired stays so, and what waits for a confirmation has no life yet. An
# activity that extended the lot counts as its beginning.
LOTS = """
SELECT l.account_id, l.id, l.remaining, l.effective_at, l.expires_at, e.occurred_at,
  GREATEST(l.effective_at, (
    SELECT max(x.occurred_at) FROM points_datechange c
    JOIN points_entry x ON x.id = c.entry_id
    WHERE c.lot_id = l.id AND c.cause = 'activity'))
FROM points_lot l JOIN points_entry e ON e.id = l.entry_id
WHERE l.account_id = ANY(%(ids)s::bigint[]) AND l.is_open
  AND (l.expires_at IS NULL
    OR (l.expires_at > %(at)s AND l.effective_at < l.expires_at))
ORDER BY l.account_id, l.id
"""


class Moved(NamedTuple):
    """A lot whose expiry changes."""

    account_id: int
    lot_id: int
    points: int
    effective_at: datetime
    old_expires_at: datetime | None
    new_expires_at: datetime | None
    is_at_once: bool

    @property
    def is_later(self) -> bool:
        """Whether the points last longer."""
        if self.new_expires_at is None or self.old_expires_at is None:
            return self.new_expires_at is None
        return self.new_expires_at > self.old_expires_at


class Policies:
    """The policies of a re-dating, read."""

    def __init__(self, redating: Redating, zone: ZoneInfo) -> None:
        self.zone = zone
        self.notice_days = redating.notice_days
        self._everyone = read_policy(redating.expiry)
        slugs: Mapping[str, int] = dict(Tier.objects.values_list("slug", "pk"))
        self._own: dict[int | None, ExpiryPolicy] = {
            slugs[slug]: read_policy(stored)
            for slug, stored in redating.tier_expiry.items()
            if slug in slugs
        }

    def moved(self, account_ids: Sequence[int], *, at: datetime) -> list[Moved]:
        """Return the open lots of the accounts that get another expiry at `at`."""
        lots = sql.run(
            LOTS, {"ids": list(account_ids), "at": at}, rows=len(account_ids)
        )
        tiers: Sequence[int | None] = [None] * len(lots)
        if self._own:
            tiers = tiers_at(
                [(account_id, given) for account_id, *_, given, _b in lots]
            )
        end = notice_end(at, self.zone, days=self.notice_days)
        found = []
        for lot, tier_id in zip(lots, tiers, strict=True):
            account_id, lot_id, points, effective_at, old, _given, begins_at = lot
            policy = self._own.get(tier_id, self._everyone)
            wanted = policy.expires_at(begins_at, self.zone)
            new = not_too_soon(wanted, old, end=end)
            if new != old:
                is_at_once = wanted is not None and wanted <= end
                found.append(
                    Moved(
                        account_id, lot_id, points, effective_at, old, new, is_at_once
                    )
                )
        return found


def notice_end(at: datetime, zone: ZoneInfo, *, days: int) -> datetime:
    """Return before when nothing expires by a re-dating at `at`: a midnight to come."""
    today = day_of(at + UNDER_WAY, zone)
    return start_of_day(today + timedelta(days=days + 1), zone)


def not_too_soon(
    wanted: datetime | None, now: datetime | None, *, end: datetime
) -> datetime | None:
    """Return the wanted expiry, but not before the notice ends, nor later than it is."""
    if wanted is None or wanted >= end:
        return wanted
    if now is None or now > end:
        return end
    return max(wanted, now)
