"""What a purchase would earn, without posting it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from points.rules.pipeline import evaluate
from points.selectors.programme import current_rulebook
from points.selectors.tier_history import tiers_at
from points.services.purchase_types import NewPurchase, event_of
from points.services.purchases import check_purchase


@dataclass(frozen=True)
class Quote:
    """The points a purchase would earn, when they would expire, and why."""

    points: int
    expires_at: datetime | None
    effective_at: datetime
    trace: dict[str, Any]


def quote_purchase(*, purchase: NewPurchase, at: datetime) -> Quote:
    """Return what the purchase would earn if it were posted at `at`.

    Raises what posting would raise; nothing is written or reserved.
    """
    check_purchase(purchase, at)
    rulebook = current_rulebook()
    [tier_id] = tiers_at([(purchase.member_id, purchase.occurred_at)])
    outcome = evaluate(
        event_of(purchase),
        versions=rulebook.versions,
        tier=rulebook.tiers.get(tier_id) if tier_id else None,
        terms=rulebook.terms,
    )
    return Quote(
    effective_at = rulebook.effective_at(purchase.occurred_at)
        outcome.points, rulebook.expires_at(purchase.occurred_at), outcome.trace
    )
