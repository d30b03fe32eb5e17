"""Proof of households: nothing is lost within them, and nobody else is drawn from."""

from django.utils.translation import gettext_lazy as _

from points.selectors.verification import Check

HOUSEHOLD_CHECKS = (
    Check(
        "households-move-all-they-take",
        _("What a household takes from one member arrives at another, origin and all."),
        """
        SELECT 'entry ' || coalesce(o.id, i.id), concat_ws(' of ', i.points, i.origin_id),
          concat_ws(' of ', o.points, o.origin_id)
        FROM (
          SELECT e.id, e.source_id, replace(e.key, ':out:', ':in:') AS key,
            -e.points AS points, coalesce(l.origin_id, l.entry_id) AS origin_id
          FROM points_entry e
          LEFT JOIN points_allocation a ON a.entry_id = e.id
          LEFT JOIN points_lot l ON l.id = a.lot_id
          WHERE e.kind = 'household_out'
        ) o
        FULL JOIN (
          SELECT e.id, e.source_id, e.key, e.points, l.origin_id
          FROM points_entry e LEFT JOIN points_lot l ON l.entry_id = e.id
          WHERE e.kind = 'household_in'
        ) i ON i.source_id = o.source_id AND i.key = o.key
        WHERE (i.points, i.origin_id) IS DISTINCT FROM (o.points, o.origin_id)
        """,
    ),
    Check(
        "households-share-among-members",
        _("Points moved within a household only between those who were in it then."),
        """
        SELECT 'entry ' || e.id, 'account ' || e.account_id, 'a member of the household'
        FROM points_entry e WHERE e.kind IN ('household_out', 'household_in')
          AND NOT EXISTS (
            SELECT FROM points_household h
            JOIN points_householdmembership m ON m.household_id = h.id
            WHERE m.account_id = e.account_id AND m.joined_at <= e.occurred_at
              AND (m.left_at IS NULL
                OR e.occurred_at <= m.left_at + interval '1 minute')
              AND h.id = CASE e.source
                WHEN 'household' THEN (SELECT id FROM points_household
                  WHERE public_id = e.source_id::uuid)
                ELSE (SELECT household_id FROM points_householdmembership
                  WHERE public_id = e.source_id::uuid) END)
        """,
    ),
    Check(
        "leaving-moves-what-it-says",
        _("Who left a household gave and got as many points as it says."),
        """
        SELECT 'membership ' || m.public_id, concat_ws('/', m.points_back, m.points_along),
          concat_ws('/', coalesce(e.back, 0), coalesce(e.along, 0))
        FROM points_householdmembership m LEFT JOIN (
          SELECT e.source_id, e.account_id,
            -sum(e.points) FILTER (WHERE e.points < 0) AS back,
            sum(e.points) FILTER (WHERE e.points > 0) AS along
          FROM points_entry e
          WHERE e.kind IN ('household_out', 'household_in')
            AND e.source = 'household_leaving'
          GROUP BY 1, 2
        ) e ON e.source_id = m.public_id::text AND e.account_id = m.account_id
        WHERE (m.points_back, m.points_along)
          IS DISTINCT FROM (coalesce(e.back, 0), coalesce(e.along, 0))
        """,
    ),
    Check(
        "members-are-in-one-household",
        _("Nobody is in two households at a time, and nobody closed is in one."),
        """
        SELECT 'membership ' || m.public_id, m.joined_at::text,
          'after ' || n.left_at::text
        FROM points_householdmembership m JOIN points_householdmembership n
          ON n.account_id = m.account_id AND n.id < m.id
        WHERE n.left_at IS NULL OR m.joined_at < n.left_at - interval '1 minute'
        UNION ALL
        SELECT 'membership ' || h.public_id, 'open', m.closed_at::text
        FROM points_householdmembership h JOIN members_member m ON m.id = h.account_id
        WHERE h.left_at IS NULL AND m.closed_at IS NOT NULL
        """,
    ),
)
