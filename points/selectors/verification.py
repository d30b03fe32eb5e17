"""What must hold of the books, as statements that select the rows where it does not."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Check:
    """Something that must hold; `statement` selects (row, found, expected) where not."""

    name: str
    title: str | Promise
    statement: str


CHECKS = (
    Check(
        "entries-make-the-account",
        _("The entries of an account add up to its balance, its debt and its totals."),
        """
        SELECT 'account ' || a.member_id,
          concat_ws('/', a.balance, a.debt, a.earned, a.redeemed, a.expired),
          CASE WHEN e IS NULL THEN 'no entries' ELSE
            concat_ws('/', e.balance, e.debt, e.earned, e.redeemed, e.expired) END
        FROM points_account a LEFT JOIN (
          SELECT account_id, sum(points) AS balance, sum(debt) AS debt,
            coalesce(sum(points) FILTER (WHERE kind IN ('earn', 'bonus')), 0) AS earned,
            -coalesce(sum(points) FILTER (
              WHERE kind IN ('redeem', 'redeem_reversal')), 0) AS redeemed,
            -coalesce(sum(points) FILTER (WHERE kind = 'expire'), 0) AS expired
          FROM points_entry GROUP BY 1
        ) e ON e.account_id = a.member_id
        WHERE a.balance <> coalesce(e.balance, 0) OR a.debt <> coalesce(e.debt, 0)
          OR a.earned <> coalesce(e.earned, 0)
          OR a.redeemed <> coalesce(e.redeemed, 0)
          OR a.expired <> coalesce(e.expired, 0)
        """,
    ),
    Check(
        "lots-make-the-balance",
        _("What the lots of an account have left is its balance plus its debt."),
        """
        SELECT 'account ' || a.member_id, a.balance + a.debt, coalesce(l.points, 0)
        FROM points_account a LEFT JOIN (
          SELECT account_id, sum(remaining) AS points FROM points_lot
          WHERE is_open GROUP BY 1
        ) l ON l.account_id = a.member_id
        WHERE a.balance + a.debt <> coalesce(l.points, 0)
        """,
    ),
    Check(
        "accounts-know-their-next-expiry",
        _("An account names the earliest expiry of all that its lots have left."),
        # Also of lots that have expired and wait for the sweep: they are open until then.
        """
        SELECT 'account ' || a.member_id,
          coalesce(a.next_expiry_at::text, 'never'),
          coalesce(l.next_expiry_at::text, 'never')
        FROM points_account a LEFT JOIN (
          SELECT account_id, min(expires_at) AS next_expiry_at FROM points_lot
          WHERE is_open GROUP BY 1
        ) l ON l.account_id = a.member_id
        WHERE a.next_expiry_at IS DISTINCT FROM l.next_expiry_at
        """,
    ),
    Check(
        "allocations-make-the-remainder",
        _("A lot has left what was not taken from it."),
        """
        SELECT 'lot ' || l.id, l.remaining, l.points - coalesce(a.points, 0)
        FROM points_lot l LEFT JOIN (
          SELECT lot_id, sum(points) AS points FROM points_allocation GROUP BY 1
        ) a ON a.lot_id = l.id
        WHERE l.remaining <> l.points - coalesce(a.points, 0)
        """,
    ),
    Check(
        "credits-make-lots",
        _("A credit has one lot of its points, in its account; a debit has none."),
        """
        SELECT 'lot of entry ' || e.id,
          concat_ws(' in account ', coalesce(l.points, 0), l.account_id),
          concat_ws(' in account ', GREATEST(e.points, 0), e.account_id)
        FROM points_entry e LEFT JOIN points_lot l ON l.entry_id = e.id
        WHERE e.kind <> 'redeem_reversal'
          AND coalesce(l.points, 0) <> GREATEST(e.points, 0)
          OR l.account_id <> e.account_id
        """,
    ),
    Check(
        "debits-are-allocated",
        _("A debit, and a reversal, is allocated to lots to the point."),
        """
        SELECT 'entry ' || e.id, coalesce(a.points, 0), -e.points - e.debt
        FROM points_entry e LEFT JOIN (
          SELECT entry_id, sum(points) AS points FROM points_allocation GROUP BY 1
        ) a ON a.entry_id = e.id
        WHERE (e.points < 0 OR e.debt <> 0 OR e.kind = 'redeem_reversal')
          AND coalesce(a.points, 0) <> -e.points - e.debt + CASE
            WHEN e.kind = 'redeem_reversal' THEN coalesce((
              SELECT l.points FROM points_lot l WHERE l.entry_id = e.id), 0)
            ELSE 0 END
        """,
    ),
    Check(
        "adjustments-are-in-the-ledger",
        _("A posted adjustment and its entry say the same points."),
        """
        SELECT coalesce('adjustment ' || d.id, 'entry ' || e.id), d.points, e.points
        FROM (SELECT * FROM points_adjustment WHERE state = 'posted') d
        FULL JOIN (SELECT * FROM points_entry WHERE kind = 'adjust') e
          ON e.id = d.entry_id AND e.account_id = d.account_id
        WHERE d.points IS DISTINCT FROM e.points
        """,
    ),
    Check(
        "takes-fit-their-lots",
        _("Points were taken from lots of the same account, and spent in their time."),
        """
        SELECT 'allocation ' || a.id,
          concat_ws(' in account ', e.occurred_at, a.account_id),
          concat_ws(' in account ', concat_ws(' to ', l.effective_at, l.expires_at),
            CASE WHEN a.account_id = l.account_id THEN e.account_id
            ELSE l.account_id END)
        FROM points_allocation a
        JOIN points_entry e ON e.id = a.entry_id
        JOIN points_lot l ON l.id = a.lot_id
        WHERE a.account_id <> e.account_id OR a.account_id <> l.account_id
          OR (e.kind IN ('redeem', 'transfer_out')
            OR e.kind = 'household_out' AND e.source = 'household') AND (
            e.occurred_at < l.effective_at OR e.occurred_at >= l.expires_at)
        """,
    ),
    Check(
        "dates-follow-their-changes",
        _("Dates of points changed only by the rows that say so, one after the other."),
        """
        SELECT 'change of dates ' || c.id,
          concat_ws(' to ', c.old_effective_at, c.old_expires_at),
          concat_ws(' to ', c.before_effective_at, c.before_expires_at)
        FROM (
          SELECT d.*, lag(id) OVER lots AS before_id,
            lag(new_effective_at) OVER lots AS before_effective_at,
            lag(new_expires_at) OVER lots AS before_expires_at
          FROM points_datechange d WINDOW lots AS (PARTITION BY lot_id ORDER BY id)
        ) c WHERE c.before_id IS NOT NULL
          AND (c.old_effective_at, c.old_expires_at)
            IS DISTINCT FROM (c.before_effective_at, c.before_expires_at)
        UNION ALL
        SELECT 'lot ' || l.id, concat_ws(' to ', l.effective_at, l.expires_at),
          concat_ws(' to ', c.new_effective_at, c.new_expires_at)
        FROM (
          SELECT DISTINCT ON (lot_id) * FROM points_datechange ORDER BY lot_id, id DESC
        ) c JOIN points_lot l ON l.id = c.lot_id
        WHERE l.account_id <> c.account_id OR (l.effective_at, l.expires_at)
          IS DISTINCT FROM (c.new_effective_at, c.new_expires_at)
        """,
    ),
    Check(
        "transfers-move-all-they-take",
        _("What a transfer takes from one member arrives at the other."),
        """
        SELECT coalesce('transfer ' || t.id, 'entries of ' || e.source_id),
          concat_ws('/', e.taken, e.arrived), concat_ws('/', t.points, t.points)
        FROM points_transfer t
        FULL JOIN (
          SELECT source_id,
            -sum(points) FILTER (WHERE kind = 'transfer_out') AS taken,
            sum(points) FILTER (WHERE kind = 'transfer_in') AS arrived,
            min(account_id) FILTER (WHERE kind = 'transfer_out') AS sender_id,
            min(account_id) FILTER (WHERE kind = 'transfer_in') AS receiver_id
          FROM points_entry WHERE kind IN ('transfer_out', 'transfer_in') GROUP BY 1
        ) e ON e.source_id = t.public_id::text
          AND (e.sender_id, e.receiver_id) = (t.sender_id, t.receiver_id)
        WHERE (e.taken, e.arrived) IS DISTINCT FROM (t.points::numeric, t.points::numeric)
        """,
    ),
    Check(
        "moved-points-know-their-origin",
        _("Points from another member know the entry that first credited them."),
        """
        SELECT 'lot ' || l.id, l.origin_id::text, e.kind
        FROM points_lot l JOIN points_entry e ON e.id = l.entry_id
        WHERE l.origin_id IS NOT NULL
          AND e.kind NOT IN ('transfer_in', 'merge_in', 'household_in')
        UNION ALL
        SELECT 'lot ' || l.id, 'no origin', e.kind
        FROM points_entry e JOIN points_lot l ON l.entry_id = e.id
        WHERE e.kind IN ('transfer_in', 'merge_in', 'household_in')
          AND l.origin_id IS NULL
        UNION ALL
        SELECT 'lot ' || l.id, o.kind, 'the entry that came first'
        FROM points_lot l JOIN points_entry o ON o.id = l.origin_id
        WHERE o.kind IN ('transfer_in', 'merge_in', 'household_in')
        """,
    ),
    Check(
        "gifts-follow-a-move",
        _("An entry gift was given when the member came to the tier, and once."),
        """
        SELECT 'entry ' || e.id, e.key, 'a move to that tier, then'
        FROM points_entry e LEFT JOIN points_tier t ON t.slug = e.source_id
        WHERE e.source = 'tier' AND (
          e.key IS DISTINCT FROM 'tier:' || t.id OR NOT EXISTS (
            SELECT FROM points_tierchange c
            WHERE c.account_id = e.account_id AND c.to_tier_id = t.id
              AND c.at = e.occurred_at))
        """,
    ),
    Check(
        "purchases-have-one-entry",
        _("Every purchase has one entry that explains it."),
        """
        SELECT 'purchase ' || p.public_id, 0, 1
        FROM points_purchase p WHERE NOT EXISTS (
          SELECT FROM points_entry e
          WHERE e.account_id = coalesce(p.earned_account_id, p.member_id)
            AND e.key = 'earn:' || p.public_id)
        """,
    ),
    Check(
        "refunds-stay-within-their-purchase",
        _("Refunds bring back no more money and points than the purchase had."),
        """
        SELECT 'purchase ' || p.id,
          concat_ws('/', sum(r.amount_minor), sum(r.points),
            sum(r.collected + r.owed)),
          concat_ws('/', p.amount_minor, e.points, -sum(c.points))
        FROM points_refund r
        JOIN points_purchase p ON p.id = r.purchase_id
        JOIN points_entry e
          ON e.account_id = coalesce(p.earned_account_id, p.member_id)
          AND e.key = 'earn:' || p.public_id
        LEFT JOIN points_entry c ON c.id = r.entry_id
        GROUP BY p.id, p.amount_minor, e.points
        HAVING sum(r.amount_minor) > p.amount_minor OR sum(r.points) > e.points
          OR sum(r.collected + r.owed) <> -coalesce(sum(c.points), 0)
        UNION ALL
        SELECT 'refund ' || r.id, coalesce(e.points, 0)::text, r.returned::text
        FROM points_refund r
        LEFT JOIN (
          SELECT split_part(key, ':', 3) AS refund, sum(points) AS points
          FROM points_entry WHERE kind = 'redeem_reversal'
            AND (key LIKE 'return:refund:%%' OR key LIKE 'grace:refund:%%') GROUP BY 1
        ) e ON e.refund = r.public_id::text
        WHERE coalesce(e.points, 0) <> r.returned
        """,
    ),
    Check(
        "keyed-requests-are-in-the-ledger",
        _("Every write acknowledged under an idempotency key is there."),
        """
        WITH acknowledged AS (
          SELECT id, answer ->> 'id' AS said, CASE
            WHEN answer ?& ARRAY['purchase', 'collected'] THEN 'refund'
            WHEN answer ?& ARRAY['name', 'source_id'] THEN 'event'
            WHEN answer ? 'source_id' AND NOT answer ? 'collected' THEN 'purchase'
            WHEN answer ?& ARRAY['reward', 'code'] THEN 'redemption'
            WHEN answer ?& ARRAY['sender', 'receiver'] THEN 'transfer'
            WHEN answer ?& ARRAY['members', 'available', 'name'] THEN 'household'
          END AS what
          FROM apiaccess_keyedrequest
          UNION ALL
          SELECT id, r ->> 'id', 'purchase'
          FROM apiaccess_keyedrequest,
            jsonb_path_query(answer, '$.results[*].purchase ? (@ != null)') r
          WHERE answer ? 'results'
        ), named AS (
          SELECT *, CASE WHEN said ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
            THEN said::uuid END AS its_id
          FROM acknowledged WHERE what IS NOT NULL
        )
        SELECT 'request ' || id, 'nothing', what || ' ' || said FROM named
        WHERE NOT CASE what
          WHEN 'purchase' THEN
            EXISTS (SELECT FROM points_purchase WHERE public_id = its_id)
          WHEN 'event' THEN
            EXISTS (SELECT FROM points_occasion WHERE public_id = its_id)
          WHEN 'refund' THEN
            EXISTS (SELECT FROM points_refund WHERE public_id = its_id)
          WHEN 'redemption' THEN
            EXISTS (SELECT FROM points_redemption WHERE public_id = its_id)
          WHEN 'transfer' THEN
            EXISTS (SELECT FROM points_transfer WHERE public_id = its_id)
          WHEN 'household' THEN
            EXISTS (SELECT FROM points_household WHERE public_id = its_id)
        END
        """,
    ),
    Check(
        "every-member-has-an-account",
        _("Every member has an account."),
        """
        SELECT 'member ' || m.number, 0, 1 FROM members_member m
        WHERE NOT EXISTS (SELECT 1 FROM points_account a WHERE a.member_id = m.id)
        """,
    ),
)


_registered: dict[str, Check] = {}


def register_checks(*checks: Check) -> None:
    """Add checks of an upper app; called once, from its `ready`."""
    _registered.update((check.name, check) for check in checks)


def all_checks() -> tuple[Check, ...]:
    """Return the checks of this app and those of upper ones."""
    return (*CHECKS, *_registered.values())
