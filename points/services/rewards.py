"""Rewards and their stock, as the catalogue's keepers change them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.errors.lotteries import LotteryExists
from points.errors.posting import NameTaken, StockTooLow
from points.models import Reward, RewardStock, RewardTier
from points.services.codes import count_pool


@dataclass(frozen=True)
class RewardDetails:
    """What a reward is; dates are instants, the end is exclusive, None is open."""

    name: str
    cost_points: int
    kind: str = Reward.Kind.PRODUCT
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    description: str = ""
    description_zh_hans: str = ""
    description_zh_hant: str = ""
    money_minor: int = 0
    value_minor: int = 0
    value_percent: int | None = None
    limit_per_member: int | None = None
    limit_per_period: int | None = None
    limit_period: str = Reward.LimitPeriod.MONTH
    valid_days: int | None = None
    fulfil_days: int | None = None
    needs_approval: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    is_active: bool = True


@dataclass(frozen=True)
class StockChange:
    """From how many pieces the keeper saw to how many they want; None is no limit."""

    seen: int | None
    wanted: int | None


@dataclass(frozen=True)
class TierTerms:
    """What the reward is to a tier; no price is that of everybody."""

    tier_id: int
    is_admitted: bool = True
    cost_points: int | None = None


@transaction.atomic
def save_reward(
    *,
    details: RewardDetails,
    stock: StockChange,
    tiers: Sequence[TierTerms] = (),
    actor: Actor,
    reward: Reward | None = None,
) -> Reward:
    """Make a reward, or change `reward`, and return it.

    A change of stock is applied as a difference, so pieces redeemed since the keeper
    looked stay redeemed. Raises NameTaken, or StockTooLow where the difference would
    take pieces that are gone. Once a tier is not admitted, only those that are can have it.
    The stock of a pool is its codes.
    """
    if (
        Reward.objects.filter(name=details.name)
        .exclude(pk=reward.pk if reward else 0)
        .exists()
    ):
        raise NameTaken(name=details.name)
    is_exclusive = not all(each.is_admitted for each in tiers)
    values = vars(details) | {"is_exclusive": is_exclusive}
    with pghistory.context(reason="reward", actor=str(actor)):
        if reward is None:
            reward = Reward.objects.create(**values)
        else:
            reward = Reward.objects.select_for_update(of=("self",)).get(pk=reward.pk)
            _keep_its_draw(reward, details.kind)
            for name, value in values.items():
                setattr(reward, name, value)
            reward.save()
        _keep_tiers(reward, tiers)
    if reward.kind == Reward.Kind.CODE:
        count_pool(reward)
    else:
        _change_stock(reward, stock)
    return reward


def _keep_its_draw(reward: Reward, kind: str) -> None:
    was_lottery = reward.kind == Reward.Kind.LOTTERY
    if was_lottery and kind != reward.kind and hasattr(reward, "lottery"):
        raise LotteryExists


def _keep_tiers(reward: Reward, tiers: Sequence[TierTerms]) -> None:
    known = {row.tier_id: row for row in reward.tiers.all()}
    for each in tiers:
        wanted = {"is_admitted": each.is_admitted, "cost_points": each.cost_points}
        row = known.get(each.tier_id)
        if row is None:
            RewardTier.objects.create(reward=reward, tier_id=each.tier_id, **wanted)
        elif (row.is_admitted, row.cost_points) != (*wanted.values(),):
            row.is_admitted, row.cost_points = each.is_admitted, each.cost_points
            row.save()


def _change_stock(reward: Reward, stock: StockChange) -> None:
    if stock.seen == stock.wanted:
        return
    row = RewardStock.objects.select_for_update().filter(reward=reward).first()
    if stock.wanted is None:
        if row is not None:
            row.delete()
        return
    if row is None:
        RewardStock.objects.create(reward=reward, pieces=stock.wanted)
        return
    pieces = (
        row.pieces + stock.wanted - (row.pieces if stock.seen is None else stock.seen)
    )
    if pieces < 0:
        raise StockTooLow(pieces=row.pieces)
    row.pieces = pieces
    row.save(update_fields=["pieces"])
