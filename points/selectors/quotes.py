"""What a purchase would earn, without posting it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from points.rules.base import EarningEvent
from points.rules.pipeline import Outcome
from points.rules.tally import Tally
from points.selectors.campaign_budgets import left_of
from points.selectors.lifting import with_lifts
from points.selectors.members_then import members_then
from points.selectors.outcomes import outcome_of, within_budgets
from points.selectors.programme import Rulebook, current_rulebook
from points.selectors.tallies import tally_for
from points.selectors.tier_history import tiers_at
from points.services.purchase_types import NewPurchase, event_of
from points.services.purchases import check_purchase


@dataclass(frozen=True)
class Quote:
    """The points a purchase would earn, from when to when they hold, and why.

    Where they wait for a confirmation, both dates are still open.
    """

    points: int
    effective_at: datetime | None
    expires_at: datetime | None
    trace: dict[str, Any]
    is_waiting: bool = False


def quote_purchase(*, purchase: NewPurchase, at: datetime) -> Quote:
    """Return what the purchase would earn if it were posted at `at`.

    Raises what posting would raise; nothing is written or reserved.
    """
    check_purchase(purchase, at)
    rulebook = current_rulebook()
    tier_ids = tiers_at([(purchase.member_id, purchase.occurred_at)])
    members = members_then([purchase], rulebook, tier_ids)
    [member] = with_lifts([purchase], members, tier_ids, rulebook)
    earned = outcome_of(
        event_of(purchase, member, rulebook.terms.basis),
        member_id=purchase.member_id,
        tier=member.tier,
        rulebook=rulebook,
        tally=tally_for([purchase], rulebook),
        rise=member.rise,
    )
    outcome = within_budgets(earned, left_of(earned.shares)).outcome
    effective_at, expires_at = rulebook.dates_of(purchase.occurred_at, member.tier)
    if is_waiting := effective_at == expires_at:
        return Quote(outcome.points, None, None, outcome.trace, is_waiting)
    return Quote(outcome.points, effective_at, expires_at, outcome.trace)


def trial_of(
    event: EarningEvent, rulebook: Rulebook, tally: Tally | None = None
) -> Outcome:
    """Return what an invented purchase would earn by the rules of today."""
    tiers = {tier.slug: tier for tier in rulebook.tiers.values()}
    return outcome_of(
        event,
        member_id=None,
        tier=tiers.get(event.tier),
        rulebook=rulebook,
        tally=tally,
    ).outcome
