"""The ladder and its terms as they are set now, compiled."""

from collections.abc import Iterable

from points.models import Tier, TierTerms
from points.selectors.programme import current_programme
from points.tiering.plan import Plan, Rung
from points.tiering.windows import Window


def current_terms() -> TierTerms:
    """Return the row of the terms."""
    return TierTerms.objects.get()


def current_plan() -> Plan:
    """Return the plan by which tiers are reached and held now."""
    return plan_of(current_terms(), Tier.objects.all())


def plan_of(terms: TierTerms, tiers: Iterable[Tier]) -> Plan:
    """Return the plan of terms and tiers, saved or not; tiers from the lowest up."""
    return Plan(
        window=Window(
            kind=terms.window,
            zone=current_programme().zone,
            length=terms.window_length,
            start_month=terms.start_month,
        ),
        rungs=tuple(
            Rung(
                tier_id=tier.pk,
                criteria=tier.criteria,
                needs_all=tier.needs == Tier.Needs.ALL,
                is_for_life=tier.is_for_life,
            )
            for tier in tiers
        ),
        begins_at_once=terms.upgrade == TierTerms.Upgrade.AT_ONCE,
        valid_periods=terms.valid_periods,
        downgrade=terms.downgrade,
        grace_days=terms.grace_days,
    )
