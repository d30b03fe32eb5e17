"""What a staged row says beside the usual columns."""

from typing import Any

from points.services.purchase_types import NewPurchase


def with_more(purchase: NewPurchase, more: dict[str, Any] | None) -> NewPurchase:
    """Return the purchase with what `ImportRow.more` says, as it was stored."""
    if more is None:
        return purchase
    return purchase._replace(**more | {"codes": tuple(more.get("codes", ()))})
