"""Proof of what points bought: redemptions, payments, stock, codes and holds."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

REWARD_CHECKS = (
    Check(
        "redemptions-are-in-the-ledger",
        _("Every redemption and payment has its entry; what is back is back once."),
        """
        SELECT 'redemption ' || r.id, r.points::text, (-e.points)::text
        FROM points_redemption r LEFT JOIN points_entry e ON e.id = r.entry_id
        LEFT JOIN members_member m ON m.id = e.account_id
        WHERE (e.kind, -e.points, coalesce(m.merged_into_id, m.id))
          IS DISTINCT FROM ('redeem', r.points, r.account_id)
        UNION ALL
        SELECT 'payment ' || p.id, p.points::text, (-e.points)::text
        FROM points_pointspayment p LEFT JOIN points_entry e ON e.id = p.entry_id
        LEFT JOIN members_member m ON m.id = e.account_id
        WHERE (e.kind, -e.points, coalesce(m.merged_into_id, m.id))
          IS DISTINCT FROM ('redeem', p.points, p.account_id)
        UNION ALL
        SELECT 'entry ' || e.id, 'nothing', 'a redemption or a payment'
        FROM points_entry e WHERE e.kind = 'redeem'
          AND NOT EXISTS (SELECT FROM points_redemption r WHERE r.entry_id = e.id)
          AND NOT EXISTS (SELECT FROM points_pointspayment p WHERE p.entry_id = e.id)
        UNION ALL
        SELECT 'redemption ' || r.id, r.state, count(b.id) || ' reversals'
        FROM points_redemption r
        LEFT JOIN points_entry b
          ON b.reverses_id = r.entry_id AND b.kind = 'redeem_reversal'
        GROUP BY r.id HAVING count(b.id) <>
          CASE WHEN r.state IN ('cancelled', 'reversed') THEN 1 ELSE 0 END
        UNION ALL
        SELECT 'payment ' || p.id, count(b.id)::text, p.reversed_at::text
        FROM points_pointspayment p
        JOIN points_entry e ON e.id = p.entry_id
        LEFT JOIN points_entry b
          ON b.account_id = e.account_id AND b.key = 'reverse:' || p.entry_id
        GROUP BY p.id
        HAVING count(b.id) <> CASE WHEN p.reversed_at IS NULL THEN 0 ELSE 1 END
        UNION ALL
        SELECT 'payments for ' || p.source_id, sum(b.points)::text, p.points::text
        FROM (
          SELECT source, source_id, sum(points) AS points
          FROM points_pointspayment GROUP BY 1, 2
        ) p JOIN points_entry b ON b.kind = 'redeem_reversal'
          AND b.source = p.source AND b.source_id = p.source_id
        GROUP BY p.source, p.source_id, p.points
        HAVING sum(b.points) > p.points
        """,
    ),
    Check(
        "stock-is-never-negative",
        _("No more pieces of a reward were taken than there were."),
        """
        SELECT 'stock of reward ' || reward_id, pieces, 0
        FROM points_rewardstock WHERE pieces < 0
        """,
    ),
    Check(
        "codes-are-given-once",
        _("Each code that was given is one redemption's, and a pool counts its codes."),
        """
        SELECT 'code ' || c.id, r.id::text, c.given_at::text
        FROM points_rewardcode c
        LEFT JOIN points_redemption r ON r.code = c.code AND r.reward_id = c.reward_id
        WHERE (r.id IS NULL) <> (c.given_at IS NULL)
        UNION ALL
        SELECT 'pool of reward ' || w.id, s.pieces::text, (c.free - h.held)::text
        FROM points_reward w
        JOIN points_rewardstock s ON s.reward_id = w.id
        CROSS JOIN LATERAL (SELECT count(*) AS free FROM points_rewardcode
          WHERE reward_id = w.id AND given_at IS NULL) c
        CROSS JOIN LATERAL (SELECT count(*) AS held FROM points_hold
          WHERE reward_id = w.id AND state = 'held' AND has_piece) h
        WHERE w.kind = 'code' AND s.pieces <> c.free - h.held
        """,
    ),
    Check(
        "approvals-are-of-another-person",
        _("What needs approval was approved, and not by who asked for it."),
        """
        SELECT 'hold ' || id, approved_by, actor FROM points_hold
        WHERE needs_approval AND state = 'confirmed' AND approved_by IN ('', actor)
        """,
    ),
    Check(
        "holds-make-what-is-held",
        _("What an account holds is the sum of its holds, and they are in its lots."),
        """
        SELECT 'account ' || a.member_id, a.held, coalesce(h.points, 0)
        FROM points_account a LEFT JOIN (
          SELECT account_id, sum(points) AS points FROM points_hold
          WHERE state = 'held' GROUP BY 1
        ) h ON h.account_id = a.member_id
        WHERE a.held <> coalesce(h.points, 0)
        UNION ALL
        SELECT 'hold ' || h.id, coalesce(sum(l.points), 0), h.points
        FROM points_hold h LEFT JOIN points_holdlot l ON l.hold_id = h.id
        GROUP BY h.id HAVING h.points <> coalesce(sum(l.points), 0)
        UNION ALL
        SELECT 'lot ' || l.id, l.remaining, held.points
        FROM points_lot l JOIN (
          SELECT hl.lot_id, sum(hl.points) AS points, max(h.expires_at) AS until
          FROM points_hold h JOIN points_holdlot hl ON hl.hold_id = h.id
          WHERE h.state = 'held' AND h.expires_at > %(at)s GROUP BY 1
        ) held ON held.lot_id = l.id
        WHERE l.remaining < held.points
          AND (l.expires_at IS NULL OR l.expires_at >= held.until)
        """,
    ),
)
