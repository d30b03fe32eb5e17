"""Redeem a reward, or ask for it where a second person decides."""

from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from members.models import Member
from points.models import Hold, Redemption, Reward
from points.services.holds import LONGEST, HoldWish, place_hold
from points.services.redemptions import redeem_reward


@transaction.atomic
def redeem_or_ask(
    *,
    member: Member,
    reward: Reward,
    key: str,
    at: datetime,
    actor: Actor,
    store: str = "",
) -> Redemption | Hold:
    """Return the redemption, or the hold that waits for approval; a `key` does it once.

    Raises what redeeming and holding raise, and writes nothing then.
    """
    if not reward.needs_approval:
        return redeem_reward(
            member=member, reward=reward, key=key, at=at, actor=actor, store=store
        )
    wish = HoldWish(LONGEST, reward=reward, store=store)
    return place_hold(member=member, wish=wish, key=f"ask:{key}", at=at, actor=actor)
