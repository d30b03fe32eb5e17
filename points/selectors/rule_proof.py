"""Proof that rules which give once for a goal or a number gave once."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

# Of a version, not of a rule: another version may count otherwise. Nothing is read where
# there is no such rule.
CHECKS = (
    Check(
        "rules-that-give-once-gave-once",
        _("A rule for a goal or a number gave its points once for each."),
        """
        WITH once AS (
          SELECT v.id, r.kind, v.params ->> 'span' AS span
          FROM points_ruleversion v JOIN points_earningrule r ON r.id = v.rule_id
          WHERE r.kind IN ('nth', 'spend_goal', 'count_goal', 'streak')
        ), gifts AS (
          SELECT e.account_id, once.id AS version_id,
            CASE WHEN once.span <> 'ever' THEN
              date_trunc(once.span, e.occurred_at AT TIME ZONE g.time_zone)
            END AS start,
            CASE WHEN once.kind = 'nth' THEN step -> 3 ->> 'had' END AS number
          FROM points_entry e
          JOIN points_purchase p
            ON p.public_id = CASE WHEN starts_with(e.key, 'earn:')
              THEN substr(e.key, length('earn:') + 1)::uuid END
            AND p.voided_at IS NULL
          CROSS JOIN points_programme g
          CROSS JOIN LATERAL jsonb_array_elements(e.trace -> 'steps') AS step
          JOIN once ON once.id = (step ->> 0)::bigint
          WHERE EXISTS (SELECT FROM once) AND e.kind = 'earn'
            AND step ->> 2 IS NOT NULL
            AND (p.amount_minor = 0 OR p.amount_minor > (
              SELECT coalesce(sum(r.amount_minor), 0) FROM points_refund r
              WHERE r.purchase_id = p.id
            ))
        )
        SELECT 'member ' || account_id || ', version ' || version_id, count(*), 1
        FROM gifts GROUP BY account_id, version_id, start, number
        HAVING count(*) > 1
        """,
    ),
    Check(
        "events-have-their-entries",
        _("What an event gave is the entry of its own."),
        """
        SELECT 'event ' || e.id, coalesce(n.points, 0), e.points
        FROM points_occasion e LEFT JOIN points_entry n ON n.id = e.entry_id
        WHERE e.points <> coalesce(n.points, 0) OR n.account_id <> e.member_id
          OR n.key <> 'event:' || e.public_id
        """,
    ),
)
