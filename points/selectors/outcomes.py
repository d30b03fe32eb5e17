"""What a purchase earns by a rulebook: the rules, and the campaigns they belong to.

Where a campaign that is going on leaves the member out, the trace says so under
`campaigns`, as pairs of its id and `audience` or `held_out`; where its budget did not
suffice, under `budgets`, as its id, the points asked for and those given.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from points.rules.base import EarningEvent
from points.rules.lines import shares_of
from points.rules.pipeline import Outcome, TierBenefit, count_outcome, evaluate
from points.rules.rising import Part, evaluate_parts
from points.rules.tally import Tally
from points.rules.versions import VersionInForce
from points.selectors.campaigns_in_force import CampaignInForce
from points.selectors.programme import Rulebook

# Dates of campaigns are said by the campaign; a trace for years need not.
TOLD = frozenset({"audience", "held_out"})


class Share(NamedTuple):
    """What a campaign adds to a purchase: points, and those toward a tier (both >= 0)."""

    campaign: CampaignInForce
    points: int
    qualifying: int


class Earned(NamedTuple):
    """What a purchase earns, and the shares of campaigns in it, in the order of ids."""

    outcome: Outcome
    shares: tuple[Share, ...] = ()


class _Question(NamedTuple):
    event: EarningEvent
    tier: TierBenefit | None
    rulebook: Rulebook
    rise: Sequence[Part]
    tally: Tally | None

    def answer(self, without: Collection[CampaignInForce]) -> Outcome:
        versions = _less(self.rulebook.versions, without)
        terms, tally = self.rulebook.terms, self.tally
        if self.rise:
            return evaluate_parts(
                self.event, self.rise, versions=versions, terms=terms, tally=tally
            )
        return evaluate(
            self.event, versions=versions, tier=self.tier, terms=terms, tally=tally
        )


def outcome_of(
    event: EarningEvent,
    *,
    member_id: int | None,
    tier: TierBenefit | None,
    rulebook: Rulebook,
    rise: Sequence[Part] = (),
    tally: Tally | None = None,
) -> Earned:
    """Return what it earns and why, whatever the budgets; None is nobody in particular.

    Where it lifts the tier, `rise` are the parts that earn apart. What it earns is counted
    in the tally.
    """
    question = _Question(event, tier, rulebook, rise, tally)
    earned = _earned(question, member_id)
    if tally is not None:
        count_outcome(earned.outcome, event, tally, rulebook.versions)
    return earned


def _earned(question: _Question, member_id: int | None) -> Earned:
    campaigns, event = question.rulebook.campaigns, question.event
    if not campaigns:
        return Earned(question.answer(without=()))
    left_out = {
        campaign: why
        for campaign in campaigns
        if (why := campaign.left_out(event, member_id))
    }
    outcome = question.answer(without=left_out)
    shares = _shares(question, outcome, list(left_out))
    if told := [(each.id, why) for each, why in left_out.items() if why in TOLD]:
        outcome = outcome._replace(trace=outcome.trace | {"campaigns": told})
    return Earned(outcome, shares)


def _shares(
    question: _Question, outcome: Outcome, left_out: list[CampaignInForce]
) -> tuple[Share, ...]:
    """Return what each campaign adds to those before it: together, what they all add."""
    fired = {step[0] for step in outcome.trace["steps"] if step[2] is not None}
    acting = [
        each
        for each in question.rulebook.campaigns
        if each not in left_out and not fired.isdisjoint(each.version_ids)
    ]
    shares: list[Share] = []
    after = outcome
    for campaign in reversed(acting):
        left_out = [*left_out, campaign]
        before = question.answer(without=left_out)
        shares.insert(
            0,
            Share(
                campaign,
                max(after.points - before.points, 0),
                max(after.qualifying - before.qualifying, 0),
            ),
        )
        after = before
    return tuple(shares)


def _less(
    versions: Sequence[VersionInForce], without: Collection[CampaignInForce]
) -> Sequence[VersionInForce]:
    if not without:
        return versions
    silent = frozenset[int]().union(*(each.version_ids for each in without))
    return [each for each in versions if each.id not in silent]


def within_budgets(earned: Earned, left: Mapping[int, int]) -> Earned:
    """Return what is earned where the campaigns have so many points left, by their id.

    What a campaign cannot give is taken off the points, and all that it adds toward a
    tier. A campaign that is not in `left` has no limit.
    """
    settled = [_settled(share, left.get(share.campaign.id)) for share in earned.shares]
    missing = [
        (asked, given)
        for asked, given in zip(earned.shares, settled, strict=True)
        if asked != given
    ]
    if not missing:
        return earned
    outcome = earned.outcome
    points = outcome.points - sum(
        asked.points - given.points for asked, given in missing
    )
    qualifying = outcome.qualifying - sum(asked.qualifying for asked, _given in missing)
    budgets = [
        (asked.campaign.id, asked.points, given.points) for asked, given in missing
    ]
    trace = outcome.trace | {"budgets": budgets, "points": points}
    lines = outcome.line_points
    line_points = shares_of(points, lines) if lines else ()
    trimmed = Outcome(points, max(qualifying, 0), trace, line_points)
    return Earned(trimmed, tuple(settled))


def _settled(share: Share, left: int | None) -> Share:
    if left is None or share.points <= left:
        return share
    given = left if share.campaign.overflow == "trim" else 0
    return Share(share.campaign, given, 0)
