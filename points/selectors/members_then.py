"""What rules ask about members at the times of purchases, read from their history."""

from collections.abc import Sequence

from points.selectors.first_purchases import first_purchases
from points.selectors.programme import Rulebook
from points.selectors.tier_history import tiers_at
from points.services.purchase_types import MemberThen, NewPurchase


def members_then(
    purchases: Sequence[NewPurchase], rulebook: Rulebook
) -> list[MemberThen]:
    """Return what was true of the member at each purchase, in the order asked."""
    asked = [(each.member_id, each.occurred_at) for each in purchases]
    firsts = first_purchases(asked) if rulebook.asks_for_first else frozenset[int]()
    return [
        MemberThen(rulebook.tiers.get(tier_id) if tier_id else None, n in firsts)
        for n, tier_id in enumerate(tiers_at(asked))
    ]
