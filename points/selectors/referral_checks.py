"""Proof of referrals: both sides were paid once, and only where it says so."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

REFERRAL_CHECKS = (
    Check(
        "referrals-are-paid-once",
        _("Every paid referral has its points in the ledger once, and no other has."),
        """
        SELECT 'referral ' || coalesce(r.public_id::text, e.source_id),
          concat_ws('/', coalesce(e.referrer, 0), coalesce(e.friend, 0)),
          concat_ws('/', r.referrer_points, r.friend_points)
        FROM (SELECT * FROM points_referral
          WHERE referrer_points > 0 OR friend_points > 0) r
        FULL JOIN (
          SELECT source_id,
            sum(points) FILTER (WHERE key LIKE '%%:referrer') AS referrer,
            sum(points) FILTER (WHERE key LIKE '%%:friend') AS friend
          FROM points_entry WHERE kind = 'bonus' AND source = 'referral' GROUP BY 1
        ) e ON e.source_id = r.public_id::text
        WHERE (coalesce(e.referrer, 0), coalesce(e.friend, 0))
          IS DISTINCT FROM (r.referrer_points::numeric, r.friend_points::numeric)
        """,
    ),
)
