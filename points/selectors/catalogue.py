"""The rewards, seen from what somebody has and from who keeps them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from loyalty_site.lib.errors import DomainError
from points.errors.posting import InsufficientPoints
from points.models import Account, Reward, RewardCode
from points.models.codes import plain_code
from points.selectors.programme import current_rulebook
from points.selectors.reward_terms import (
    Terms,
    Used,
    problem_of,
    terms_for,
    used_by,
)


@dataclass(frozen=True)
class Offer:
    """A reward as one member can have it.

    `cost_points` is the price of the member's tier, `missing` points are needed still;
    `problem` is why it cannot be redeemed now, too few points included.
    """

    reward: Reward
    terms: Terms
    missing: int
    problem: DomainError | None

    @property
    def cost_points(self) -> int:
        """What the member would pay."""
        return self.terms.cost_points

    @property
    def pieces(self) -> int | None:
        """The pieces left; None is no limit."""
        return self.terms.pieces

    @property
    def is_reachable(self) -> bool:
        """Whether it can be redeemed now."""
        return self.problem is None

    @property
    def is_only_short(self) -> bool:
        """Whether nothing is wrong but that there are too few points."""
        return isinstance(self.problem, InsufficientPoints)

    @property
    def reason(self) -> str:
        """Why it cannot be redeemed now, as a sentence."""
        return str(self.problem.sentence) if self.problem else ""


@dataclass(frozen=True)
class CatalogueRow:
    """A reward as its keepers see it; state is offered, paused, planned or over."""

    reward: Reward
    pieces: int | None
    state: str


def offers_for(*, account: Account, available: int, at: datetime) -> list[Offer]:
    """Return the rewards on offer, those that can be redeemed first, cheapest first."""
    rewards = list(Reward.objects.on_offer(at))
    offers = _offers(rewards, account=account, available=available, at=at)
    return sorted(
        offers,
        key=lambda each: (
            not each.is_reachable,
            not each.is_only_short,
            each.missing,
            each.cost_points,
        ),
    )


def offer_of(
    public_id: UUID, *, account: Account, available: int, at: datetime
) -> Offer | None:
    """Return that reward as the member can have it, on offer or not."""
    rewards = list(Reward.objects.filter(public_id=public_id))
    offers = _offers(rewards, account=account, available=available, at=at)
    return offers[0] if offers else None


def _offers(
    rewards: Sequence[Reward], *, account: Account, available: int, at: datetime
) -> list[Offer]:
    terms = terms_for(
        tier_id=account.tier_id, reward_ids=[reward.pk for reward in rewards]
    )
    zone = current_rulebook().zone
    used = used_by(account.pk, terms.values(), at=at, zone=zone)
    offers = []
    for reward in rewards:
        its = terms[reward.pk]
        problem = problem_of(its, used.get(reward.pk, Used()), at=at, zone=zone)
        missing = max(its.cost_points - available, 0)
        if missing and problem is None:
            problem = InsufficientPoints(available=available, needed=its.cost_points)
        offers.append(Offer(reward, its, missing, problem))
    return offers


def catalogue(rewards: list[Reward], *, at: datetime) -> list[CatalogueRow]:
    """Return the rewards with stock and state; give them with their stock loaded."""
    return [
        CatalogueRow(reward, pieces_of(reward), state_of(reward, at=at))
        for reward in rewards
    ]


def pieces_of(reward: Reward) -> int | None:
    """Return the pieces left; None is no limit."""
    stock = getattr(reward, "stock", None)
    return stock.pieces if stock else None


def pool_of(code: str) -> Reward | None:
    """Return the reward in whose pool the code waits, given to nobody yet."""
    waiting = RewardCode.objects.filter(plain=plain_code(code), given_at=None)
    found = waiting.select_related("reward").first()
    return found.reward if found else None


def state_of(reward: Reward, *, at: datetime) -> str:
    """Return offered, paused, planned or over."""
    if not reward.is_active:
        return "paused"
    if reward.starts_at and at < reward.starts_at:
        return "planned"
    return "over" if reward.ends_at and at >= reward.ends_at else "offered"
