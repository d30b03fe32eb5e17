"""What campaigns can still give, read without a lock."""

from collections.abc import Iterable

from points.models import CampaignBudget
from points.selectors.outcomes import Share


def left_of(shares: Iterable[Share]) -> dict[int, int]:
    """Return the points that the budgets of these shares have left, by campaign."""
    ids = [share.campaign.id for share in shares if share.campaign.has_budget]
    if not ids:
        return {}
    budgets = CampaignBudget.objects.filter(campaign__in=ids)
    return {budget.campaign_id: budget.left_points for budget in budgets}
