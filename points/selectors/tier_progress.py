"""How far a member is on the ladder of tiers."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Sum

from loyalty_site.lib.periods import add_months_at
from points.models import Account, Entry, Tier
from points.selectors.programme import current_rulebook
from points.services.tiers import WINDOW_MONTHS


@dataclass(frozen=True)
class TierProgress:
    """Where a member stands; `missing` is how many qualifying points the next needs.

    `tier` is the one held, `reached` the one that the points of the window are for:
    they differ until the next recompute. `percent` is of the way to `following`.
    """

    tier: Tier | None
    since: datetime | None
    following: Tier | None
    qualifying: int
    missing: int
    percent: int


@dataclass(frozen=True)
class Rung:
    """A tier with how many members hold it."""

    tier: Tier
    members: int


def progress_of(account: Account, *, at: datetime) -> TierProgress:
    """Return where the member stands at `at`; give the account with its tier loaded."""
    start = add_months_at(at, -WINDOW_MONTHS, current_rulebook().zone)
    qualifying = (
        Entry.objects.filter(
            account=account, qualifies_at__gt=start, qualifies_at__lte=at
        )
        .exclude(qualifying=0)
        .aggregate(points=Sum("qualifying"))["points"]
        or 0
    )
    ladder = list(Tier.objects.all())
    following = next((tier for tier in ladder if tier.threshold > qualifying), None)
    threshold = following.threshold if following else 0
    return TierProgress(
        tier=account.tier,
        since=account.tier_since,
        following=following,
        qualifying=qualifying,
        missing=threshold - qualifying if following else 0,
        percent=100 * max(qualifying, 0) // threshold if following else 100,
    )


def ladder() -> list[Rung]:
    """Return the tiers from the highest down, each with its members."""
    held = dict(
        Account.objects.exclude(tier=None)
        .values_list("tier")
        .annotate(members=Count("member"))
        .order_by()
    )
    tiers = Tier.objects.order_by("-threshold")
    return [Rung(tier, held.get(tier.pk, 0)) for tier in tiers]
