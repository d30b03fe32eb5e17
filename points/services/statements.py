"""The statements that read lots and write movements; only `posting` runs them."""

from points.events import ARE_TOLD
from points.sql import Given

KEYS = Given("keys", "account_id bigint, key text")
KNOWN = f"""
SELECT e.account_id, e.key, e.points
FROM points_entry e
JOIN {KEYS} ON e.account_id = keys.account_id AND e.key = keys.key
"""  # noqa: S608 -- put together from constants

OPEN_LOTS = """
SELECT account_id, id, remaining, effective_at, expires_at,
       coalesce(origin_id, entry_id)
FROM points_lot
WHERE account_id = ANY(%(ids)s::bigint[]) AND is_open
ORDER BY account_id, priority, expires_at NULLS LAST, effective_at, id
"""

# A hold that is over reserves nothing, swept or not.
RESERVED_LOTS = """
SELECT h.account_id, l.lot_id, sum(l.points)::bigint
FROM points_hold h JOIN points_holdlot l ON l.hold_id = h.id
WHERE h.account_id = ANY(%(ids)s::bigint[]) AND h.state = 'held'
  AND h.expires_at > %(at)s
GROUP BY 1, 2
"""

# The lots before which no more than `wanted` can be spent: those that are needed, and
# one more.
FIRST_LOTS_LIMIT = 100
FIRST_LOTS = """
SELECT id, remaining, effective_at, expires_at, coalesce(origin_id, entry_id)
FROM (
  SELECT *, sum(spendable) OVER burn_order - spendable AS before
  FROM (
    SELECT *, CASE WHEN effective_at <= %(at)s
        AND (expires_at IS NULL OR expires_at > %(at)s) THEN remaining ELSE 0
      END AS spendable
    FROM points_lot WHERE account_id = %(id)s AND is_open
    ORDER BY priority, expires_at NULLS LAST, effective_at, id
    LIMIT %(limit)s
  ) first
  WINDOW burn_order AS (ORDER BY priority, expires_at NULLS LAST, effective_at, id)
) lots
WHERE before <= %(wanted)s
ORDER BY priority, expires_at NULLS LAST, effective_at, id
"""

CREDITS = Given(
    "credits",
    "account_id bigint, kind text, points bigint, occurred_at timestamptz, key text,"
    " source text, source_id text, qualifying bigint, effective_at timestamptz,"
    " expires_at timestamptz, reason text, trace text, priority smallint,"
    " origin_id bigint",
)
DEBITS = Given(
    "debits",
    "account_id bigint, kind text, points bigint, qualifying bigint,"
    " occurred_at timestamptz, qualifies_at timestamptz, source text, source_id text,"
    " key text, reason text, reverses_id bigint, trace text, debt bigint",
)
TAKES = Given(
    "takes", "n int, account_id bigint, key text, lot_id bigint, points bigint"
)
LEFT = Given("lots_left", "account_id bigint, next_expiry_at timestamptz")

_CREDIT_MOVES = f"""
moves AS MATERIALIZED (
  SELECT account_id, kind, points, qualifying, occurred_at, occurred_at AS qualifies_at,
    source, source_id, key, reason, NULL::bigint AS reverses_id, trace::jsonb,
    coalesce(effective_at, occurred_at) AS effective_at, expires_at, 0 AS debt,
    priority, origin_id
  FROM {CREDITS}
)"""  # noqa: S608 -- put together from constants
_DEBIT_MOVES = f"""
moves AS MATERIALIZED (
  SELECT account_id, kind, points, qualifying, occurred_at, qualifies_at, source,
    source_id, key, reason, reverses_id, trace::jsonb,
    NULL::timestamptz AS effective_at, NULL::timestamptz AS expires_at, debt
  FROM {DEBITS}
)"""  # noqa: S608 -- put together from constants

# A document that comes first says which of the moves are posted. `expires_at` is that
# of a new lot; a debit has none, so the next expiry of its account comes from the lots
# that were left.
#
# The entries are joined to their moves by expressions, of which the planner knows nothing:
# by what it knows of the whole ledger it would expect one row, and join thousands to each
# other in nested loops.
_WRITTEN = """
entry AS (
  INSERT INTO points_entry (account_id, kind, points, debt, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, reverses_id, trace)
  SELECT account_id, kind, points, debt, qualifying, occurred_at, qualifies_at,
    %(posted_at)s, source, source_id, key, %(actor)s, reason, reverses_id, trace
  FROM moves {documented}
  ON CONFLICT (account_id, key) DO NOTHING
  RETURNING id, account_id, key
),
posted AS MATERIALIZED (
  SELECT e.id, m.* FROM entry e JOIN moves m
    ON m.account_id + 0 = e.account_id + 0 AND m.key || '' = e.key || ''
),
account AS (
  UPDATE points_account a
  SET balance = a.balance + s.points,
      debt = a.debt + s.debt,
      earned = a.earned + s.earned,
      redeemed = a.redeemed + s.redeemed,
      expired = a.expired + s.expired,
      tier_is_due = a.tier_is_due OR s.qualifies,
      last_activity_at = GREATEST(a.last_activity_at, s.last_at),
      next_expiry_at = {next_expiry}
  FROM (
    SELECT account_id, sum(points) AS points, sum(debt) AS debt,
      coalesce(sum(points) FILTER (WHERE kind IN ('earn', 'bonus')), 0) AS earned,
      -coalesce(sum(points) FILTER (WHERE kind LIKE 'redeem%%'), 0) AS redeemed,
      -coalesce(sum(points) FILTER (WHERE kind = 'expire'), 0) AS expired,
      bool_or(qualifying <> 0 OR kind IN ('earn', 'bonus', 'claw_back')) AS qualifies,
      max(occurred_at) FILTER (WHERE kind NOT IN (
        'expire', 'debt_settlement', 'household_out', 'household_in')) AS last_at,
      min(expires_at) FILTER (WHERE points > 0) AS expires_at
    FROM posted GROUP BY account_id
  ) s{next_expiry_from}
  WHERE a.member_id = s.account_id{next_expiry_where}
  RETURNING a.member_id, a.debt
)"""

_CREDITED = _WRITTEN.format(
    documented="{documented}",
    next_expiry="LEAST(a.next_expiry_at, s.expires_at)",
    next_expiry_from="",
    next_expiry_where="",
)
_DEBITED = _WRITTEN.format(
    documented="",
    next_expiry="lots_left.next_expiry_at",
    next_expiry_from=f", {LEFT}",
    next_expiry_where=" AND lots_left.account_id = a.member_id",
)

# Where a movement has a document, such as a purchase or a redemption, the same statement
# writes it, so that neither is there without the other. Of a credit the document comes
# first: where it was known, there is nothing to post.
DOCUMENTED = "WHERE key IN (SELECT key FROM document)"
NO_DOCUMENT = "document(id, key) AS (SELECT NULL::bigint, NULL::text WHERE false)"

WRITE_CREDITS = f"""
WITH {_CREDIT_MOVES},
{{document}},
{_CREDITED},
lot AS (
  INSERT INTO points_lot
    (account_id, entry_id, points, remaining, effective_at, expires_at, priority,
     origin_id)
  SELECT account_id, id, points, points, effective_at, expires_at, priority, origin_id
  FROM posted WHERE points > 0 ORDER BY id
)
SELECT e.id, e.account_id, e.key, e.points, a.debt, d.id, {ARE_TOLD}
FROM posted e JOIN account a ON a.member_id = e.account_id
LEFT JOIN document d ON d.key = e.key
"""  # noqa: S608 -- put together from constants

WRITE_DEBITS = f"""
WITH {_DEBIT_MOVES},
{_DEBITED},
taken AS MATERIALIZED (
  SELECT takes.n, e.id AS entry_id, e.account_id, takes.lot_id, takes.points
  FROM {TAKES}
  JOIN entry e ON e.account_id = takes.account_id AND e.key = takes.key
),
allocation AS (
  INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
  SELECT account_id, entry_id, lot_id, points FROM taken ORDER BY n
),
lot AS (
  UPDATE points_lot l SET remaining = l.remaining - t.points
  FROM (SELECT lot_id, sum(points) AS points FROM taken GROUP BY lot_id) t
  WHERE l.id = t.lot_id
),
{{document}}
SELECT e.id, e.account_id, e.key, e.points, a.debt, d.id, {ARE_TOLD}
FROM posted e JOIN account a ON a.member_id = e.account_id
LEFT JOIN document d ON d.key = e.key
"""  # noqa: S608 -- put together from constants
