"""What a purchase earns by a rulebook: the rules, and the campaigns they belong to.

Where a campaign that is going on leaves the member out, the trace says so under
`campaigns`, as pairs of its id and `audience` or `held_out`.
"""

from points.rules.base import EarningEvent
from points.rules.pipeline import Outcome, TierBenefit, evaluate
from points.selectors.programme import Rulebook

# Dates of campaigns are said by the campaign; a trace for years need not.
TOLD = frozenset({"audience", "held_out"})


def outcome_of(
    event: EarningEvent,
    *,
    member_id: int | None,
    tier: TierBenefit | None,
    rulebook: Rulebook,
) -> Outcome:
    """Return what it earns and why; None is nobody in particular."""
    if not rulebook.campaigns:
        return evaluate(
            event, versions=rulebook.versions, tier=tier, terms=rulebook.terms
        )
    left_out = {
        campaign.id: why
        for campaign in rulebook.campaigns
        if (why := campaign.left_out(event, member_id))
    }
    silent = frozenset[int]().union(
        *(each.version_ids for each in rulebook.campaigns if each.id in left_out)
    )
    versions = [each for each in rulebook.versions if each.id not in silent]
    outcome = evaluate(event, versions=versions, tier=tier, terms=rulebook.terms)
    if told := [pair for pair in left_out.items() if pair[1] in TOLD]:
        outcome = outcome._replace(trace=outcome.trace | {"campaigns": told})
    return outcome
