"""What members bought during a campaign: those it reached, and those kept apart."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Sum

from points import sql
from points.models import Campaign, CampaignGrant
from points.selectors.campaigns_in_force import SHARES, SHARES_OF_A_PERCENT

# The same choice as `is_held_out` makes. With tiers, the audience is who held one of them
# at the start: later moves may be the campaign's own doing.
ARMS = """
WITH arm AS MATERIALIZED (
  SELECT a.member_id, ('x' || substr(md5(%(salt)s || ':' || a.member_id), 1, 8))
    ::bit(32)::bigint %% {shares} < %(held_out)s AS is_held_out
  FROM points_account a JOIN members_member m ON m.id = a.member_id
  WHERE a.opened_at < %(until)s AND (m.closed_at IS NULL OR m.closed_at > %(start)s)
    AND (%(tiers)s::text[] = '{{}}' OR (
      SELECT t.slug FROM points_tierchange c JOIN points_tier t ON t.id = c.to_tier_id
      WHERE c.account_id = a.member_id AND c.at <= %(start)s
      ORDER BY c.at DESC, c.id DESC LIMIT 1) = ANY(%(tiers)s::text[]))
), bought AS (
  SELECT p.member_id, count(*) AS purchases,
    sum(p.amount_minor - coalesce((SELECT sum(r.amount_minor) FROM points_refund r
      WHERE r.purchase_id = p.id), 0)) AS spend
  FROM points_purchase p
  WHERE p.voided_at IS NULL AND p.occurred_at >= %(start)s AND p.occurred_at < %(until)s
  GROUP BY 1
)
SELECT arm.is_held_out, count(*), count(b.member_id),
  coalesce(sum(b.purchases), 0)::bigint, coalesce(sum(b.purchases * b.purchases), 0),
  coalesce(sum(b.spend), 0)::bigint, coalesce(sum(b.spend::numeric * b.spend), 0)
FROM arm LEFT JOIN bought b USING (member_id) GROUP BY 1
"""


@dataclass(frozen=True)
class Arm:
    """Sums over members, and over their squares; money in minor units less refunds."""

    members: int = 0
    buyers: int = 0
    purchases: int = 0
    purchases_squared: int = 0
    spend_minor: int = 0
    spend_squared: int = 0


@dataclass(frozen=True)
class CampaignSums:
    """Both arms until `until`, exclusive, and the points that the campaign gave."""

    reached: Arm
    held_out: Arm
    points: int
    until: datetime


def campaign_sums(campaign: Campaign, *, at: datetime) -> CampaignSums:
    """Return the sums of a campaign from its start until its end, or until `at`."""
    until = min(max(at, campaign.starts_at), campaign.ends_at)
    rows = sql.run(
        ARMS.format(shares=SHARES),
        {
            "salt": campaign.salt,
            "held_out": campaign.holdout_percent * SHARES_OF_A_PERCENT,
            "tiers": list(campaign.tiers),
            "start": campaign.starts_at,
            "until": until,
        },
        rows=1000,
    )
    arms = {is_held_out: Arm(*map(int, sums)) for is_held_out, *sums in rows}
    given = CampaignGrant.objects.filter(campaign=campaign).aggregate(sum=Sum("points"))
    return CampaignSums(
        reached=arms.get(False, Arm()),
        held_out=arms.get(True, Arm()),
        points=given["sum"] or 0,
        until=until,
    )
