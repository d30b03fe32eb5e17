"""What somebody did last for a member at the counter, while it can be undone there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from loyalty_site.lib.actors import Actor
from points import sql
from points.models import Reward

COUNTER = "counter"
UNDO_FOR = timedelta(minutes=15)
# A purchase is dated when its page was shown, which is good for so long.
PAGE_IS_GOOD_FOR = timedelta(minutes=20)
LAST_DONE = """
SELECT * FROM (
  (SELECT p.id AS purchase_id, NULL::bigint AS redemption_id, p.public_id,
    p.posted_at AS at, e.points, p.amount_minor, NULL::bigint AS reward_id,
    coalesce((SELECT y.points FROM points_pointspayment y
      WHERE y.source = p.source AND y.source_id = p.source_id
        AND y.reversed_at IS NULL), 0) AS paid_points
  FROM points_purchase p
  JOIN points_entry e ON e.account_id = coalesce(p.earned_account_id, p.member_id)
    AND e.key = 'earn:' || p.public_id
  WHERE p.member_id = %(member_id)s AND p.source = %(source)s AND p.voided_at IS NULL
    AND p.occurred_at > %(dated_after)s AND p.posted_at > %(after)s
    AND e.actor = %(actor)s
  ORDER BY p.posted_at DESC, p.id DESC LIMIT 1)
  UNION ALL
  (SELECT NULL, r.id, r.public_id, r.at, r.points, 0, r.reward_id, 0
  FROM points_redemption r
  WHERE r.account_id = %(member_id)s AND r.at > %(after)s AND r.actor = %(actor)s
    AND r.state = 'confirmed'
  ORDER BY r.at DESC, r.id DESC LIMIT 1)
) done ORDER BY at DESC LIMIT 1
"""


@dataclass(frozen=True)
class LastDone:
    """A purchase that was given points, or a reward that was redeemed.

    `points` were earned by the purchase, or paid for the reward; `paid_points` paid a
    part of the purchase.
    """

    purchase_id: int | None
    redemption_id: int | None
    public_id: UUID
    at: datetime
    points: int
    amount_minor: int
    reward_id: int | None
    paid_points: int

    @property
    def reward(self) -> Reward | None:
        """The reward that was redeemed."""
        return Reward.objects.filter(pk__in=[self.reward_id or 0]).first()


def last_done(*, member_id: int, at: datetime, actor: Actor) -> LastDone | None:
    """Return the latest of what the actor did for the member, if it can be undone.

    That is a purchase of the counter that still counts, or a redemption not handed
    over, of the last quarter of an hour.
    """
    after = at - UNDO_FOR
    asked = {
        "member_id": member_id,
        "source": COUNTER,
        "after": after,
        "dated_after": after - PAGE_IS_GOOD_FOR,
        "actor": str(actor),
    }
    found = [LastDone(*row) for row in sql.run(LAST_DONE, asked)]
    return found[0] if found else None
