"""A member who has done a little of everything, and the things to do it with."""

from datetime import timedelta

from django.db.models import QuerySet

from members.models import Member
from points.models import (
    Entry,
    Hold,
    Purchase,
    Redemption,
    Reward,
)
from points.selectors.adjustment_limits import Limit
from points.services.adjustments import Wish, ask_adjustment
from points.services.holds import HoldWish, place_hold
from points.services.redemptions import fulfil_redemption
from points.services.refunds import RefundWish, refund_purchase
from tests.factories import (
    CLERK,
    give_points,
    make_member,
    make_reward,
    make_rule,
    make_tiers,
    redeem,
    transfer,
)
from tests.points.imports.files import (
    right_now,
)
from tests.reports.factories import NOW, days, make_purchase


def make_shopper() -> Member:
    """Build a year of the shop in little and return its best customer."""
    make_rule()
    make_rule(kind="multiplier", factor="2")
    make_tiers(silver=0, gold=500)
    members = [make_member(at=NOW - days(75)) for _ in range(6)]
    member = make_member(
        name="歐陽文慧 Alexandra Featherstonehaugh",
        email="alexandra@example.com",
        phone="+85291234567",
        at=NOW - days(75),
    )
    give_points(member, 1000, at=NOW - days(60))
    for each in (*members, member):
        make_purchase(each, NOW - days(70), 112_345)
        make_purchase(each, NOW - days(40), 9_900)
    reward = make_reward(cost=30, pieces=5)
    make_reward(cost=90_000)
    _adjust(member, limit=1000)
    _adjust(member, limit=0)
    transfer(member, make_member(name="Wong Ho"), 10, at=NOW - days(31))
    redeem(member, reward, at=NOW - days(30))
    settled = redeem(member, reward, at=NOW - days(29))
    fulfil_redemption(redemption=settled, at=NOW - days(28), actor=CLERK)
    return member


def _adjust(member: Member, *, limit: int) -> None:
    ask_adjustment(
        member=member,
        wish=Wish(50, Entry.AdjustReason.GOODWILL, "The parcel came late"),
        limit=Limit(limit, None),
        key=f"adjust-{limit}",
        at=NOW - days(31),
        actor=CLERK,
    )


def refunded(member: Member) -> Purchase:
    """Give some of the last purchase back, and return it."""
    purchase = Purchase.objects.filter(member=member).latest("pk")
    at = right_now()
    refund_purchase(
        purchase=purchase,
        wish=RefundWish("till", "R1", at, amount_minor=1234, reason="Damaged"),
        at=at,
        actor=CLERK,
    )
    return purchase


def ticket() -> Reward:
    reward = make_reward(cost=5)
    reward.kind = Reward.Kind.LOTTERY
    reward.save()
    return reward


def days_ago(count: int) -> str:
    return (NOW - days(count)).date().isoformat()


def pool_of_codes() -> Reward:
    pool = make_reward(cost=40)
    pool.kind = Reward.Kind.CODE
    pool.save()
    return pool


def asked_reward(member: Member) -> Hold:
    reward = make_reward(cost=40)
    reward.needs_approval = True
    reward.save()
    wish = HoldWish(timedelta(days=7), reward=reward)
    return place_hold(member=member, wish=wish, key="ask", at=right_now(), actor=CLERK)


def redemptions_of(member: Member) -> QuerySet[Redemption]:
    return Redemption.objects.filter(account__member=member)
