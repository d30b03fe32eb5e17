"""What the staged rows would earn: the rules are asked, nothing is posted."""

from points import sql
from points.models import PurchaseImport
from points.rules.pipeline import evaluate
from points.selectors.members_then import members_then
from points.selectors.programme import current_rulebook
from points.services.imports.states import CHANNEL
from points.services.purchase_types import NewPurchase, event_of

MOST_ROWS = 50_000

NEW_ROWS = """
SELECT coalesce(member_id, 0), %(source)s::text, source_id, amount_minor, occurred_at,
  store, %(channel)s::text, units
FROM points_importrow
WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known
"""


def estimated_points(batch: PurchaseImport, *, rows: int) -> int | None:
    """Return the points that posting would give, None when there are too many rows.

    A member who moves up a tier by these very purchases may earn more than that.
    """
    if rows > MOST_ROWS:
        return None
    params = {"batch": batch.pk, "source": batch.source, "channel": CHANNEL}
    purchases = [NewPurchase(*row) for row in sql.run(NEW_ROWS, params, rows=rows)]
    rulebook = current_rulebook()
    members = members_then(purchases, rulebook)
    return sum(
        evaluate(
            event_of(purchase, member, rulebook.terms.basis),
            versions=rulebook.versions,
            tier=member.tier,
            terms=rulebook.terms,
        ).points
        for purchase, member in zip(purchases, members, strict=True)
    )
