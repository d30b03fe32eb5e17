"""The rewards that can be picked, seen from what somebody has."""

from dataclasses import dataclass
from datetime import datetime

from points.models import Reward


@dataclass(frozen=True)
class Offer:
    """A reward on offer; `missing` points are needed still, `pieces` None is no limit."""

    reward: Reward
    missing: int
    pieces: int | None

    @property
    def is_reachable(self) -> bool:
        """Whether it can be redeemed now."""
        return not self.missing and self.pieces != 0


@dataclass(frozen=True)
class CatalogueRow:
    """A reward as its keepers see it; state is offered, paused, planned or over."""

    reward: Reward
    pieces: int | None
    state: str


def offers_for(*, available: int, at: datetime) -> list[Offer]:
    """Return the rewards on offer, those that can be redeemed first, cheapest first."""
    rewards = Reward.objects.on_offer(at).select_related("stock")
    offers = [
        Offer(reward, max(reward.cost_points - available, 0), pieces_of(reward))
        for reward in rewards
    ]
    return sorted(offers, key=lambda each: (not each.is_reachable, each.missing))


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


def state_of(reward: Reward, *, at: datetime) -> str:
    """Return offered, paused, planned or over."""
    if not reward.is_active:
        return "paused"
    if reward.starts_at and at < reward.starts_at:
        return "planned"
    return "over" if reward.ends_at and at >= reward.ends_at else "offered"
