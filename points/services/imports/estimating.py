"""What the staged rows would earn: the rules are asked, nothing is posted."""

from points import sql
from points.models import PurchaseImport
from points.selectors.members_then import members_then
from points.selectors.outcomes import outcome_of
from points.selectors.programme import current_rulebook
from points.selectors.tallies import tally_for
from points.services.imports.saying import with_more
from points.services.imports.states import CHANNEL
from points.services.purchase_types import NewPurchase, event_of

MOST_ROWS = 50_000

NEW_ROWS = """
SELECT coalesce(member_id, 0), %(source)s::text, source_id, amount_minor, occurred_at,
  store, %(channel)s::text, units, more
FROM points_importrow
WHERE batch_id = %(batch)s AND error IS NULL AND NOT is_known
"""


def estimated_points(batch: PurchaseImport, *, rows: int) -> int | None:
    """Return the points that posting would give, None when there are too many rows.

    A member who moves up a tier by these very purchases may earn more than that, a
    campaign whose budget runs out by them gives less, and of those who are yet to be
    enrolled the limits of days to months are not counted.
    """
    if rows > MOST_ROWS:
        return None
    params = {"batch": batch.pk, "source": batch.source, "channel": CHANNEL}
    purchases = [
        with_more(NewPurchase(*row), more)
        for *row, more in sql.run(NEW_ROWS, params, rows=rows)
    ]
    rulebook = current_rulebook()
    members = members_then(purchases, rulebook)
    tally = tally_for(purchases, rulebook)
    return sum(
        outcome_of(
            event_of(purchase, member, rulebook.terms.basis),
            member_id=purchase.member_id or None,
            tier=member.tier,
            rulebook=rulebook,
            tally=tally if purchase.member_id else None,
        ).outcome.points
        for purchase, member in zip(purchases, members, strict=True)
    )
