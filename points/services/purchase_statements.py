"""The statements that write purchases and find them again."""

# A purchase that is known is passed over, and so is what it would earn.
DOCUMENT = """
document AS (
  INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
    occurred_at, posted_at, store, channel, units, import_batch_id)
  SELECT public_id, member_id, source, source_id, amount_minor, occurred_at,
    %(posted_at)s, store, channel, units, %(import_batch_id)s
  FROM json_to_recordset(%(purchases)s::json) AS p(
    n int, public_id uuid, member_id bigint, source text, source_id text,
    amount_minor bigint, occurred_at timestamptz, store text, channel text,
    units numeric)
  ORDER BY n
  ON CONFLICT (source, source_id) WHERE NOT is_released DO NOTHING
  RETURNING id, 'earn:' || public_id AS key
)
"""

EXISTING = """
SELECT g.n, p.id, p.public_id, p.member_id, p.amount_minor, p.occurred_at,
       e.points, e.trace
FROM json_to_recordset(%(rows)s::json) AS g(n int, source text, source_id text)
JOIN points_purchase p ON p.source = g.source AND p.source_id = g.source_id
  AND NOT p.is_released
LEFT JOIN points_entry e ON e.account_id = p.member_id
  AND e.key = 'earn:' || p.public_id
"""

INSERT_LINES = """
INSERT INTO points_purchaseline
  (purchase_id, position, sku, name, category, quantity, amount_minor, points)
SELECT purchase_id, position, sku, name, category, quantity, amount_minor, points
FROM json_to_recordset(%(rows)s::json) AS l(
  purchase_id bigint, position int, sku text, name text, category text,
  quantity numeric, amount_minor bigint, points bigint)
"""

VOID = """
UPDATE points_purchase SET voided_at = %(at)s, is_released = %(is_released)s
WHERE id = ANY(%(ids)s::bigint[]) AND voided_at IS NULL
RETURNING member_id, 'earn:' || public_id
"""

EARNED = """
SELECT e.account_id, e.id, e.points, e.qualifying, e.qualifies_at, e.source_id
FROM points_entry e
JOIN json_to_recordset(%(keys)s::json) AS k(account_id bigint, key text)
  ON e.account_id = k.account_id AND e.key = k.key
"""
