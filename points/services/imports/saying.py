"""What a staged row says beside the usual columns."""

import json

from points.services.purchase_types import NewPurchase


def with_more(purchase: NewPurchase, more: str | None) -> NewPurchase:
    """Return the purchase with what `ImportRow.more` says, as it was stored."""
    if more is None:
        return purchase
    said = json.loads(more)
    return purchase._replace(**said | {"codes": tuple(said.get("codes", ()))})
