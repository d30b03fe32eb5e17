"""How the cubes follow from the rows at the member's grain.

`{who}` is a condition on `member_id`: the touched members, or everybody. What touched
members add to a cube is taken before and after their rows change; the difference is
added, so a refresh costs what was touched and not what is there.
"""

from dataclasses import dataclass

from psycopg.sql import SQL, Composed, Identifier

from reports.models.books import VINTAGE_KEY, VINTAGE_POINTS

TOUCHED = SQL("member_id IN (SELECT member_id FROM touched)")
EVERYBODY = SQL("TRUE")


@dataclass(frozen=True)
class Cube:
    """A table of sums by key; `source` selects key and sums of some members.

    A cube with a `parent` is made of the rows of that cube, and comes after it.
    """

    table: str
    key: tuple[str, ...]
    sums: tuple[str, ...]
    source: SQL
    parent: str = ""

    @property
    def name(self) -> Identifier:
        """The table, quoted."""
        return Identifier(self.table)

    @property
    def keys(self) -> Composed:
        """The key columns."""
        return SQL(", ").join(map(Identifier, self.key))

    @property
    def columns(self) -> Composed:
        """Key and sums, in the order that `source` selects them."""
        return SQL(", ").join(map(Identifier, self.key + self.sums))

    def of(self, who: SQL, *, suffix: str = "") -> Composed:
        """Select what these members add; `suffix` names what the parent kept of them."""
        if self.parent:
            return self.source.format(parent=Identifier(f"{self.parent}{suffix}"))
        return self.source.format(who=who)


_DAYS = SQL("""
SELECT day, sum(enrolled)::bigint, sum(closed)::bigint, sum(orders)::bigint,
    sum(spend_minor)::bigint, sum(units)::numeric(18, 3), sum(redemptions)::bigint,
    sum(issued)::bigint, sum(clawed_back)::bigint, sum(adjusted)::bigint,
    sum(redeemed)::bigint, sum(expired)::bigint
FROM (
    SELECT day, 0 AS enrolled, 0 AS closed, orders, spend_minor, units, redemptions,
        issued, clawed_back, adjusted, redeemed, expired
    FROM reports_memberday WHERE {who}
    UNION ALL
    SELECT enrolled_on, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM reports_membersummary WHERE {who}
    UNION ALL
    SELECT closed_on, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0
    FROM reports_membersummary WHERE closed_on IS NOT NULL AND {who}
) part
GROUP BY day
""")

_RECURRENCES = SQL("""
SELECT what, day, previous_day, count(*) FROM (
    SELECT day, orders > 0 AS is_order,
        max(day) FILTER (WHERE orders > 0) OVER earlier AS previous_order,
        max(day) OVER earlier AS previous_activity
    FROM reports_memberday WHERE (orders > 0 OR redemptions > 0) AND {who}
    WINDOW earlier AS (
        PARTITION BY member_id ORDER BY day
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
) active
CROSS JOIN LATERAL (VALUES
    ('order', coalesce(previous_order, DATE '0001-01-01'), is_order),
    ('activity', coalesce(previous_activity, DATE '0001-01-01'), TRUE)
) AS kind (what, previous_day, counts)
WHERE counts
GROUP BY what, day, previous_day
""")

# The first day of a month on which it came again is the one that follows another month.
_MONTHS = SQL("""
SELECT what, date_trunc('month', day)::date AS month,
    date_trunc('month', previous_day)::date,
    sum(members)::bigint
FROM {parent}
WHERE date_trunc('month', previous_day) < date_trunc('month', day)
GROUP BY 1, 2, 3
""")

_GAPS = SQL("""
SELECT day - previous_day, sum(members)::bigint FROM {parent}
WHERE what = 'order' AND previous_day > DATE '0001-01-01'
GROUP BY 1
""")

_COHORTS = SQL("""
SELECT cohort, month, count(*), count(*) FILTER (WHERE month = last_month),
    count(*) FILTER (WHERE order_days > 1), sum(orders)::bigint, sum(spend_minor)::bigint
FROM (
    SELECT month, order_days, orders, spend_minor,
        min(month) OVER (PARTITION BY member_id) AS cohort,
        max(month) OVER (PARTITION BY member_id) AS last_month
    FROM (
        SELECT member_id, date_trunc('month', day)::date AS month,
            count(*) AS order_days, sum(orders) AS orders, sum(spend_minor) AS spend_minor
        FROM reports_memberday WHERE orders > 0 AND {who}
        GROUP BY member_id, date_trunc('month', day)
    ) by_month
) each
GROUP BY cohort, month
""")

_SCORES = SQL("""
SELECT date_trunc('month', answered_on)::date, wave_id, touchpoint_id,
    coalesce(tier_id, 0), score, count(*), count(*) FILTER (WHERE is_late)
FROM reports_surveyfact
WHERE answered_on IS NOT NULL AND score IS NOT NULL AND {who}
GROUP BY 1, 2, 3, 4, 5
""")

_SENDINGS = SQL("""
SELECT date_trunc('month', sent_on)::date, wave_id, touchpoint_id,
    coalesce(invited_tier_id, 0), count(*), count(*) FILTER (WHERE is_reached),
    count(*) FILTER (WHERE is_reached AND answered_on IS NOT NULL)
FROM reports_surveyfact
WHERE sent_on IS NOT NULL AND {who}
GROUP BY 1, 2, 3, 4
""")

_BOOKS = SQL("""
SELECT month, line, sum(points_in)::bigint, sum(points_out)::bigint,
    sum(amount_minor)::bigint
FROM reports_memberbook WHERE {who}
GROUP BY month, line
""")

_VINTAGES = SQL("""
SELECT issued_month, origin, effective_month, expiry_month, month,
    sum(issued)::bigint, sum(taken_back)::bigint, sum(redeemed)::bigint,
    sum(expired)::bigint, sum(other)::bigint
FROM reports_membervintage WHERE {who}
GROUP BY issued_month, origin, effective_month, expiry_month, month
HAVING (sum(issued), sum(taken_back), sum(redeemed), sum(expired), sum(other))
    <> (0, 0, 0, 0, 0)
""")

CUBES = (
    Cube(
        "reports_daycube",
        ("day",),
        tuple(
            "enrolled closed orders spend_minor units redemptions "
            "issued clawed_back adjusted redeemed expired".split()
        ),
        _DAYS,
    ),
    Cube(
        "reports_recurrence",
        ("what", "day", "previous_day"),
        ("members",),
        _RECURRENCES,
    ),
    Cube(
        "reports_monthrecurrence",
        ("what", "month", "previous_month"),
        ("members",),
        _MONTHS,
        parent="reports_recurrence",
    ),
    Cube("reports_ordergap", ("days",), ("gaps",), _GAPS, parent="reports_recurrence"),
    Cube(
        "reports_cohortcube",
        ("cohort", "month"),
        ("active", "last_active", "came_again", "orders", "spend_minor"),
        _COHORTS,
    ),
    Cube(
        "reports_npscube",
        ("month", "wave_id", "touchpoint_id", "tier_id", "score"),
        ("answers", "late"),
        _SCORES,
    ),
    Cube(
        "reports_sendingcube",
        ("month", "wave_id", "touchpoint_id", "tier_id"),
        ("sent", "reached", "answered"),
        _SENDINGS,
    ),
    Cube(
        "reports_bookcube",
        ("month", "line"),
        ("points_in", "points_out", "amount_minor"),
        _BOOKS,
    ),
    Cube("reports_vintagecube", VINTAGE_KEY, VINTAGE_POINTS, _VINTAGES),
)
