"""Builders of facts for the reports' tests; they go through the services."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from loyalty_site.lib.actors import system_actor
from members.models import Member
from members.services import Profile, enrol_member
from points.models import Programme, Purchase, Reward
from points.services.bonuses import award_bonus
from points.services.purchases import NewPurchase, post_purchases, void_purchases
from points.services.redemptions import redeem_reward
from points.services.rules import save_rule
from reports.services.rollups import refresh_rollups

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
ACTOR = system_actor("tests")
_numbers = itertools.count(1)


def set_programme(**changes):
    """Change the programme's row as an administrator would."""
    Programme.objects.update(**changes)
    return Programme.objects.get()


def make_member(name="", *, at=LONG_AGO):
    return enrol_member(
        profile=Profile(full_name=name or f"Member {next(_numbers)}"),
        at=at,
        actor=ACTOR,
    )


def make_purchase(member: Member, at: datetime, amount_minor=1000, units=None):
    """Post one purchase, however long ago it was."""
    number = next(_numbers)
    posted = post_purchases(
        purchases=[
            NewPurchase(
                member_id=member.pk,
                source="till",
                source_id=f"r-{number}",
                amount_minor=amount_minor,
                occurred_at=at,
                units=None if units is None else Decimal(units),
            )
        ],
        at=max(at, NOW),
        actor=ACTOR,
    )
    return Purchase.objects.get(pk=posted[0].purchase_id)


def void(purchase: Purchase):
    void_purchases(purchase_ids=[purchase.pk], reason="test", at=NOW, actor=ACTOR)


def give_points(member: Member, points: int, at: datetime):
    number = next(_numbers)
    return award_bonus(
        member=member,
        points=points,
        key=f"gift-{number}",
        source="gift",
        source_id=str(number),
        reason="Thank you",
        at=at,
        actor=ACTOR,
    )


def make_reward(cost_points=10):
    return Reward.objects.create(name=f"Mug {next(_numbers)}", cost_points=cost_points)


def redeem(member: Member, reward: Reward, at: datetime):
    key = f"redeem-{next(_numbers)}"
    return redeem_reward(member=member, reward=reward, key=key, at=at, actor=ACTOR)


def earn_one_per_unit():
    """One point for each complete unit of the currency."""
    return save_rule(
        name="Spend",
        kind="per_amount",
        params={"points": 1, "amount": "1.00", "method": "step"},
        at=LONG_AGO,
        actor=ACTOR,
    )


def refresh(at=NOW):
    while not refresh_rollups(at=at).is_complete:
        pass


def days(count: float) -> timedelta:
    return timedelta(days=count)
