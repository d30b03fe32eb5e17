"""How the rows at the member's grain follow from the facts.

Every statement is about the members in the temporary table `touched`. A grain may
read the grains before it.
"""

from dataclasses import dataclass

from psycopg.sql import SQL, Composable, Composed, Identifier

from reports.models.books import VINTAGE_KEY, VINTAGE_POINTS


@dataclass(frozen=True)
class Grain:
    """A table at the member's grain; `fresh` selects what its rows should be."""

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    fresh: Composable

    @property
    def name(self) -> Identifier:
        """The table, quoted."""
        return Identifier(self.table)

    @property
    def all_columns(self) -> Composed:
        """Key and other columns, in the order that `fresh` selects them."""
        return SQL(", ").join(map(Identifier, self.key + self.columns))


# Valid orders only (C1); points on the day they occurred, whenever they were posted.
_DAYS = SQL("""
SELECT member_id, day,
    sum(orders)::int, sum(spend_minor)::bigint, sum(units)::numeric(16, 3),
    sum(redemptions)::int, sum(issued)::bigint, sum(clawed_back)::bigint,
    sum(adjusted)::bigint, sum(redeemed)::bigint, sum(expired)::bigint
FROM (
    SELECT purchase.member_id,
        (purchase.occurred_at AT TIME ZONE %(zone)s)::date AS day,
        1 AS orders, purchase.amount_minor AS spend_minor,
        coalesce(purchase.units, 0) AS units, 0 AS redemptions,
        0 AS issued, 0 AS clawed_back, 0 AS adjusted, 0 AS redeemed, 0 AS expired
    FROM points_purchase purchase JOIN touched USING (member_id)
    WHERE purchase.voided_at IS NULL
    UNION ALL
    SELECT entry.account_id, (entry.occurred_at AT TIME ZONE %(zone)s)::date,
        0, 0, 0, (entry.kind = 'redeem')::int,
        CASE WHEN entry.kind IN ('earn', 'bonus') THEN entry.points ELSE 0 END,
        CASE WHEN entry.kind = 'claw_back' THEN entry.points ELSE 0 END,
        CASE WHEN entry.kind NOT IN ('earn', 'bonus', 'claw_back', 'redeem',
            'redeem_reversal', 'expire') THEN entry.points ELSE 0 END,
        CASE WHEN entry.kind IN ('redeem', 'redeem_reversal')
            THEN entry.points ELSE 0 END,
        CASE WHEN entry.kind = 'expire' THEN entry.points ELSE 0 END
    FROM points_entry entry JOIN touched ON touched.member_id = entry.account_id
) fact
GROUP BY member_id, day
""")

_SUMMARIES = SQL("""
SELECT member.id,
    (member.enrolled_at AT TIME ZONE %(zone)s)::date,
    (member.closed_at AT TIME ZONE %(zone)s)::date,
    date_trunc('month', life.first_on)::date, life.first_on, life.last_on,
    coalesce(life.orders, 0)::int, coalesce(life.order_days, 0)::int,
    coalesce(life.spend_minor, 0)::bigint, coalesce(life.units, 0)::numeric(16, 3)
FROM members_member member
JOIN touched ON touched.member_id = member.id
LEFT JOIN (
    SELECT member_id, min(day) AS first_on, max(day) AS last_on,
        sum(orders) AS orders, count(*) AS order_days,
        sum(spend_minor) AS spend_minor, sum(units) AS units
    FROM reports_memberday JOIN touched USING (member_id)
    WHERE orders > 0
    GROUP BY member_id
) life ON life.member_id = member.id
""")

# Counted answers: complete or partial, not voided. The date of record is the first
# submit; a late answer stays in, marked, because only its wave's score leaves it out.
_SURVEYS = SQL("""
SELECT asked.id, asked.member_id, asked.wave_id,
    coalesce(answer.touchpoint_id, survey.touchpoint_id), asked.tier_id,
    (asked.sent_at AT TIME ZONE %(zone)s)::date,
    asked.sent_at IS NOT NULL AND asked.state <> 'bounced',
    (answer.first_submit_at AT TIME ZONE %(zone)s)::date,
    answer.tier_id, answer.score, coalesce(answer.is_late, false),
    EXISTS (
        SELECT FROM surveys_answer words
        WHERE words.response_id = answer.id AND words.text <> ''
    )
FROM surveys_invitation asked
JOIN touched USING (member_id)
JOIN surveys_wave wave ON wave.id = asked.wave_id
JOIN surveys_survey survey ON survey.id = wave.survey_id
LEFT JOIN surveys_response answer ON answer.invitation_id = asked.id
    AND answer.state IN ('partial', 'complete') AND answer.voided_at IS NULL
WHERE asked.sent_at IS NOT NULL OR answer.id IS NOT NULL
""")

# The month of the books is that of posting: what is posted late and back-dated moves
# the month it is posted in, and a month that is over stays as it is. The account's own
# balance is read by the same statement, so that both are of the same instant.
_BOOKS = SQL("""
SELECT member_id, month, line, sum(points_in)::bigint, sum(points_out)::bigint,
    sum(amount_minor)::bigint
FROM (
    SELECT entry.account_id AS member_id,
        date_trunc('month', entry.posted_at AT TIME ZONE %(zone)s)::date AS month,
        entry.kind AS line, GREATEST(entry.points, 0) AS points_in,
        GREATEST(-entry.points, 0) AS points_out, 0 AS amount_minor
    FROM points_entry entry JOIN touched ON touched.member_id = entry.account_id
    WHERE entry.points <> 0
    UNION ALL
    SELECT purchase.member_id,
        date_trunc('month', purchase.posted_at AT TIME ZONE %(zone)s)::date,
        'sales.sold', 0, 0, purchase.amount_minor
    FROM points_purchase purchase JOIN touched USING (member_id)
    WHERE purchase.amount_minor > 0
    UNION ALL
    SELECT account.member_id,
        date_trunc('month', account.opened_at AT TIME ZONE %(zone)s)::date,
        holding.line, GREATEST(holding.points, 0), GREATEST(-holding.points, 0), 0
    FROM points_account account JOIN touched USING (member_id)
    CROSS JOIN LATERAL (
        VALUES ('account.balance', account.balance), ('account.debt', account.debt)
    ) AS holding (line, points)
    WHERE holding.points <> 0
) fact
GROUP BY member_id, month, line
""")

# A microsecond earlier, an instant that begins a month belongs to the month before: at
# that instant its points have expired, or can be spent. Points that came from another
# account keep the month of their first issue, and what they were given for.
_VINTAGES = SQL("""
SELECT member_id, issued_month, origin, effective_month, expiry_month, month,
    sum(issued)::bigint, sum(taken_back)::bigint, sum(redeemed)::bigint,
    sum(expired)::bigint, sum(other)::bigint
FROM (
    SELECT entry.account_id AS member_id, life.*,
        date_trunc('month', entry.posted_at AT TIME ZONE %(zone)s)::date AS month,
        CASE WHEN lot.origin_id IS NULL THEN lot.points ELSE 0 END AS issued,
        0 AS taken_back, 0 AS redeemed, 0 AS expired,
        CASE WHEN lot.origin_id IS NULL THEN 0 ELSE lot.points END AS other
    FROM points_entry entry
    JOIN touched ON touched.member_id = entry.account_id
    JOIN points_lot lot ON lot.entry_id = entry.id
    JOIN points_entry first ON first.id = coalesce(lot.origin_id, lot.entry_id)
    CROSS JOIN LATERAL ({life}) life
    UNION ALL
    SELECT debit.account_id, life.*,
        date_trunc('month', debit.posted_at AT TIME ZONE %(zone)s)::date,
        0,
        CASE WHEN debit.kind IN ('claw_back', 'adjust', 'debt_settlement')
            THEN -taken.points ELSE 0 END,
        CASE WHEN debit.kind IN ('redeem', 'redeem_reversal')
            THEN -taken.points ELSE 0 END,
        CASE WHEN debit.kind = 'expire' THEN -taken.points ELSE 0 END,
        CASE WHEN debit.kind NOT IN ('claw_back', 'adjust', 'debt_settlement', 'redeem',
            'redeem_reversal', 'expire') THEN -taken.points ELSE 0 END
    FROM points_entry debit
    JOIN touched ON touched.member_id = debit.account_id
    JOIN points_allocation taken ON taken.entry_id = debit.id
    JOIN points_lot lot ON lot.id = taken.lot_id
    JOIN points_entry first ON first.id = coalesce(lot.origin_id, lot.entry_id)
    CROSS JOIN LATERAL ({life}) life
) fact
GROUP BY member_id, issued_month, origin, effective_month, expiry_month, month
HAVING (sum(issued), sum(taken_back), sum(redeemed), sum(expired), sum(other))
    <> (0, 0, 0, 0, 0)
""").format(
    life=SQL("""
        SELECT date_trunc('month', first.posted_at AT TIME ZONE %(zone)s)::date
            AS issued_month,
        CASE WHEN first.kind = 'earn' THEN 'sale'
            WHEN first.kind IN ('bonus', 'adjust') THEN 'gift' ELSE 'other' END
            AS origin,
        date_trunc('month',
            (lot.effective_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date
            AS effective_month,
        coalesce(date_trunc('month',
            (lot.expires_at - interval '1 microsecond') AT TIME ZONE %(zone)s)::date,
            DATE '9999-12-01') AS expiry_month
    """)
)

POINTS = ("issued", "clawed_back", "adjusted", "redeemed", "expired")
GRAINS = (
    Grain(
        "reports_memberday",
        ("member_id", "day"),
        ("orders", "spend_minor", "units", "redemptions", *POINTS),
        _DAYS,
    ),
    Grain(
        "reports_membersummary",
        ("member_id",),
        tuple(
            "enrolled_on closed_on cohort first_on last_on "
            "orders order_days spend_minor units".split()
        ),
        _SUMMARIES,
    ),
    Grain(
        "reports_surveyfact",
        ("invitation_id",),
        tuple(
            "member_id wave_id touchpoint_id invited_tier_id sent_on is_reached "
            "answered_on tier_id score is_late has_comment".split()
        ),
        _SURVEYS,
    ),
    Grain(
        "reports_memberbook",
        ("member_id", "month", "line"),
        ("points_in", "points_out", "amount_minor"),
        _BOOKS,
    ),
    Grain(
        "reports_membervintage",
        ("member_id", *VINTAGE_KEY),
        VINTAGE_POINTS,
        _VINTAGES,
    ),
)
