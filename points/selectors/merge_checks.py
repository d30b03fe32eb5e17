"""Proof of merges: nothing is lost on the way, and nothing stays behind."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

MERGE_CHECKS = (
    Check(
        "merges-move-all-they-take",
        _("What a merge takes from one membership arrives at the other."),
        """
        SELECT 'merge ' || e.source_id,
          concat_ws('/', sum(e.points), sum(e.qualifying)), '0/0'
        FROM points_entry e WHERE e.kind IN ('merge_out', 'merge_in')
        GROUP BY e.source_id HAVING (sum(e.points), sum(e.qualifying)) <> (0, 0)
        """,
    ),
    Check(
        "merged-memberships-keep-nothing",
        _("A merged membership has no points, no debt and no purchases left."),
        """
        SELECT 'account ' || a.member_id, concat_ws('/', l.points, a.debt, p.purchases),
          '0/0/0'
        FROM members_member m JOIN points_account a ON a.member_id = m.id
        CROSS JOIN LATERAL (
          SELECT coalesce(sum(remaining), 0) AS points FROM points_lot
          WHERE account_id = m.id AND is_open
            AND (expires_at IS NULL OR expires_at > %(at)s)) l
        CROSS JOIN LATERAL (
          SELECT count(*) AS purchases FROM points_purchase WHERE member_id = m.id) p
        WHERE m.merged_into_id IS NOT NULL
          AND (l.points, a.debt, p.purchases) <> (0, 0, 0)
        UNION ALL
        SELECT 'purchase ' || p.public_id, p.member_id::text,
          coalesce(m.merged_into_id, m.id)::text
        FROM points_purchase p JOIN members_member m ON m.id = p.earned_account_id
        WHERE p.earned_account_id IS NOT NULL
          AND coalesce(m.merged_into_id, m.id) <> p.member_id
        """,
    ),
    Check(
        "merged-members-name-who-stayed",
        _("Every merged member leads to the one who stayed, and has a merge to show."),
        """
        SELECT 'member ' || m.number, s.number, 'the last of the merges'
        FROM members_member m JOIN members_member s ON s.id = m.merged_into_id
        WHERE s.merged_into_id IS NOT NULL
        UNION ALL
        SELECT 'account ' || a.member_id, a.is_merged::text,
          (m.merged_into_id IS NOT NULL)::text
        FROM points_account a JOIN members_member m ON m.id = a.member_id
        WHERE a.is_merged <> (m.merged_into_id IS NOT NULL)
        UNION ALL
        SELECT 'member ' || coalesce(m.number, g.gone_id::text),
          CASE WHEN m.id IS NULL THEN 'not merged' ELSE 'merged' END,
          coalesce(g.state, 'no merge')
        FROM (SELECT * FROM members_member WHERE merged_into_id IS NOT NULL) m
        FULL JOIN (SELECT * FROM points_merge WHERE state = 'done') g ON g.gone_id = m.id
        WHERE m.id IS NULL OR g.id IS NULL
        """,
    ),
    Check(
        "closed-members-are-in-no-segment",
        _("Whose membership is closed is in no segment any more."),
        """
        SELECT 'member ' || m.number, 'in a segment', 'in none'
        FROM members_member m WHERE m.closed_at IS NOT NULL AND EXISTS (
          SELECT FROM members_segmentstay s
          WHERE s.member_id = m.id AND s.left_at IS NULL)
        """,
    ),
)
