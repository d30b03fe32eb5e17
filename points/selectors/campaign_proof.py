"""Proof of the budgets of campaigns."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

CHECKS = (
    Check(
        "campaign-budgets-are-what-was-given",
        _("What a campaign gave is what its purchases got by it, within its budget."),
        """
        SELECT 'campaign ' || b.campaign_id, b.given_points || '/' || b.cap_points,
          coalesce(g.points, 0)
        FROM points_campaignbudget b LEFT JOIN (
          SELECT campaign_id, sum(points) AS points FROM points_campaigngrant GROUP BY 1
        ) g ON g.campaign_id = b.campaign_id
        WHERE b.given_points <> coalesce(g.points, 0) OR b.given_points > b.cap_points
        """,
    ),
    Check(
        "campaigns-give-within-entries",
        _("Campaigns gave no more than the entry has, and got no more back."),
        """
        SELECT 'entry ' || g.entry_id, sum(g.points), e.points
        FROM points_campaigngrant g JOIN points_entry e ON e.id = g.entry_id
        GROUP BY g.entry_id, e.points, g.campaign_id
        HAVING sum(g.points) NOT BETWEEN 0 AND e.points
        """,
    ),
)
