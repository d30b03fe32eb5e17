"""The statements that write purchases and find them again."""

from points.services.statements import KEYS
from points.sql import Given

PURCHASES = Given(
    "purchases",
    "n int, public_id uuid, member_id bigint, source text, source_id text,"
    " amount_minor bigint, occurred_at timestamptz, store text, channel text,"
    " units numeric, payment text, discount_minor bigint, tax_minor bigint,"
    " delivery_minor bigint, gift_card_minor bigint, points_paid_minor bigint,"
    " codes text[]",
)
# A purchase that is known is passed over, and so is what it would earn.
DOCUMENT = f"""
document AS (
  INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
    occurred_at, posted_at, store, channel, units, payment, discount_minor,
    tax_minor, delivery_minor, gift_card_minor, points_paid_minor, codes,
    import_batch_id)
  SELECT public_id, member_id, source, source_id, amount_minor, occurred_at,
    %(posted_at)s, store, channel, units, payment, discount_minor, tax_minor,
    delivery_minor, gift_card_minor, points_paid_minor, codes, %(import_batch_id)s
  FROM {PURCHASES} ORDER BY n
  ON CONFLICT (source, source_id) WHERE NOT is_released DO NOTHING
  RETURNING id, 'earn:' || public_id AS key
)
"""  # noqa: S608 -- put together from constants

ASKED = Given("asked", "n int, source text, source_id text")
EXISTING = f"""
SELECT asked.n, p.id, p.public_id, p.member_id, p.amount_minor, p.occurred_at,
       e.points, e.trace
FROM {ASKED}
JOIN points_purchase p ON p.source = asked.source AND p.source_id = asked.source_id
  AND NOT p.is_released
LEFT JOIN points_entry e ON e.account_id = coalesce(p.earned_account_id, p.member_id)
  AND e.key = 'earn:' || p.public_id
"""  # noqa: S608 -- put together from constants

LINES = Given(
    "lines",
    "purchase_id bigint, position int, sku text, name text, category text,"
    " brand text, labels text[], quantity numeric, amount_minor bigint, points bigint",
)
INSERT_LINES = f"""
INSERT INTO points_purchaseline
  (purchase_id, position, sku, name, category, brand, labels, quantity, amount_minor,
   points)
SELECT purchase_id, position, sku, name, category, brand, labels, quantity,
  amount_minor, points
FROM {LINES}
"""  # noqa: S608 -- put together from constants

VOID = """
UPDATE points_purchase SET voided_at = %(at)s, is_released = %(is_released)s
WHERE id = ANY(%(ids)s::bigint[]) AND voided_at IS NULL
RETURNING coalesce(earned_account_id, member_id), 'earn:' || public_id, member_id
"""

# Of the lot l: what was written off, and what has expired without a sweep.
EXPIRED_OF_LOT = """
  CASE WHEN l.expires_at <= %(at)s THEN l.remaining ELSE 0 END + (
    SELECT coalesce(sum(a.points), 0) FROM points_allocation a
    JOIN points_entry x ON x.id = a.entry_id
      AND (x.kind = 'expire' OR x.source = 'confirmation')
    WHERE a.lot_id = l.id)
"""
# The lots l that hold points of the entry e for the member of its purchase: those it
# made, those that were given away and came back, and those that a merge moved.
OWN_LOTS = """
(l.entry_id = e.id OR l.origin_id = e.id AND {owner} = (
  SELECT coalesce(o.merged_into_id, o.id) FROM members_member o
  WHERE o.id = l.account_id))
"""
# What is still to be taken back: less what refunds took and what has expired. An entry
# that reverses another one has its qualifying points with a minus.
EARNED = f"""
SELECT p.member_id, e.id,
  GREATEST(LEAST(
    e.points - refunded.points, e.points - expired.points - refunded.due), 0)::bigint,
  (e.qualifying + lowered.qualifying)::bigint, e.qualifies_at, e.source_id
FROM points_entry e
JOIN {KEYS} ON e.account_id = keys.account_id AND e.key = keys.key
JOIN points_purchase p ON p.public_id = CASE
  WHEN starts_with(e.key, 'earn:') THEN substr(e.key, length('earn:') + 1)::uuid END,
LATERAL (
  SELECT coalesce(sum(points), 0) AS points, coalesce(sum(due), 0) AS due
  FROM points_refund WHERE purchase_id = p.id
) refunded,
LATERAL (
  SELECT coalesce(sum(qualifying), 0) AS qualifying
  FROM points_entry WHERE reverses_id = e.id
) lowered,
LATERAL (
  SELECT coalesce(sum({EXPIRED_OF_LOT}), 0) AS points
  FROM points_lot l WHERE {OWN_LOTS.format(owner="p.member_id")}
) expired
"""  # noqa: S608 -- put together from constants
