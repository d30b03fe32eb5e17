"""The challenges that can be reached now."""

from datetime import datetime, timedelta

from django.db.models import Q

from points.models import Campaign, Challenge


def challenges_in_force(*, at: datetime, late_days: int = 0) -> list[Challenge]:
    """Return what runs, or ended at most `late_days` ago, with goals, tier and campaign.

    One of a campaign only while that runs. In the order in which budgets are locked.
    """
    rows = Challenge.objects.filter(
        Q(campaign=None) | Q(campaign__state=Campaign.State.RUNNING),
        state=Challenge.State.RUNNING,
        starts_at__lte=at,
        ends_at__gt=at - timedelta(days=late_days),
    )
    return list(
        rows.select_related("tier", "badge", "campaign")
        .prefetch_related("goals")
        .order_by("campaign_id", "pk")
    )
