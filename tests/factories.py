"""Builders of test data; they go through the services, so no invariant is broken."""

import itertools
from datetime import UTC, datetime
from typing import Any

from loyalty_site.lib.actors import Actor, system_actor
from members.models import Member, Segment
from members.segmenting import SegmentContent, add_to_segment, make_segment
from members.services import Profile, enrol_member
from points.expiry_policies import stored_policy
from points.expiry_policies.after import AfterATime
from points.models import (
    EarningRule,
    Entry,
    Household,
    Programme,
    Purchase,
    Redemption,
    Reward,
    RewardStock,
    RuleVersion,
    Tier,
    Transfer,
)
from points.services.bonuses import award_bonus
from points.services.households import create_household, join_household
from points.services.purchase_types import NewPurchase, PostedPurchase
from points.services.purchases import post_purchases
from points.services.redemptions import redeem_reward
from points.services.rules import Placing
from points.services.transfers import Gift, transfer_points

CLERK: Actor = system_actor("tests")
NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
LONG_AGO = datetime(2015, 1, 1, tzinfo=UTC)
_numbers = itertools.count(1)


def next_number() -> int:
    """Return a number that no other builder has used."""
    return next(_numbers)


def set_programme(**changes: Any) -> Programme:
    """Change the programme's settings; `expiry_months` for the commonest expiry."""
    if months := changes.pop("expiry_months", None):
        changes["expiry"] = stored_policy(AfterATime(months))
    Programme.objects.update(**changes)
    return Programme.objects.get()


def make_member(
    *, name: str = "", balance: int = 0, at: datetime = LONG_AGO, **profile: Any
) -> Member:
    """Enrol a member; `balance` points come as one bonus at `at`."""
    member = enrol_member(
        profile=Profile(full_name=name or f"Member {next_number()}", **profile),
        at=at,
        actor=CLERK,
    )
    if balance:
        give_points(member, balance, at=at)
    return member


def give_points(member: Member, points: int, *, at: datetime) -> Entry:
    """Award a bonus."""
    key = f"bonus:{next_number()}"
    entry = award_bonus(
        member=member,
        points=points,
        key=key,
        source="tests",
        source_id=key,
        reason="test",
        at=at,
        actor=CLERK,
    )
    assert entry is not None
    return entry


def make_rule(
    *,
    kind: str = "per_amount",
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    conditions: dict[str, Any] | None = None,
    placing: Placing | None = None,
    **params: Any,
) -> RuleVersion:
    """Make a rule with one version: a point per whole unit, unless told otherwise."""
    if kind == "per_amount":
        params = {"points": 1, "amount": "1", "method": "step"} | params
    rule = EarningRule.objects.create(name=f"Rule {next_number()}", kind=kind)
    return RuleVersion.objects.create(
        rule=rule,
        number=1,
        params=params,
        conditions=conditions or {},
        starts_at=starts_at,
        ends_at=ends_at,
        valid_from=LONG_AGO,
        created_by="tests",
        **(placing or {}),
    )


def make_tiers(**thresholds: int) -> dict[str, Tier]:
    """Make tiers by name and threshold, with multiplier 1."""
    return {
        slug: Tier.objects.create(slug=slug, name=slug.title(), threshold=threshold)
        for slug, threshold in thresholds.items()
    }


def make_segment_of(
    *members: Member, slug: str = "", at: datetime = LONG_AGO
) -> Segment:
    """Make a segment with these members in it since `at`."""
    slug = slug or f"segment-{next_number()}"
    content = SegmentContent(slug.replace("-", " ").capitalize())
    segment = make_segment(slug=slug, content=content, actor=CLERK)
    ids = [member.pk for member in members]
    add_to_segment(segment=segment, member_ids=ids, at=at, actor=CLERK)
    return segment


def make_reward(*, cost: int = 30, pieces: int | None = None) -> Reward:
    """Make a reward on offer; `pieces` limit its stock."""
    reward = Reward.objects.create(name=f"Reward {next_number()}", cost_points=cost)
    if pieces is not None:
        RewardStock.objects.create(reward=reward, pieces=pieces)
    return reward


def new_purchase(
    member: Member, *, amount_minor: int = 1000, at: datetime = NOON, **given: Any
) -> NewPurchase:
    """Describe a purchase without posting it."""
    given = {"source": "till", "source_id": f"r-{next_number()}"} | given
    return NewPurchase(
        member_id=member.pk, amount_minor=amount_minor, occurred_at=at, **given
    )


def make_purchase(member: Member, **given: Any) -> PostedPurchase:
    """Post a purchase, however long ago it was."""
    purchase = new_purchase(member, **given)
    return post_purchases(
        purchases=[purchase], at=max(purchase.occurred_at, NOON), actor=CLERK
    )[0]


def redeem(
    member: Member, reward: Reward, *, at: datetime = NOON, key: str = ""
) -> Redemption:
    """Redeem a reward with a key of its own."""
    return redeem_reward(
        member=member,
        reward=reward,
        key=key or f"key-{next_number()}",
        at=at,
        actor=CLERK,
    )


def purchase_of(posted: PostedPurchase) -> Purchase:
    """Return the row of a posted purchase."""
    return Purchase.objects.get(pk=posted.purchase_id)


def transfer(
    sender: Member,
    receiver: Member,
    points: int,
    *,
    key: str = "",
    at: datetime = NOON,
    actor: Actor = CLERK,
) -> Transfer:
    """Give points of one member to another, with a key of its own."""
    return transfer_points(
        gift=Gift(sender, receiver, points),
        key=key or f"transfer-{next_number()}",
        at=at,
        actor=actor,
    )


def make_household(*members: Member, at: datetime = LONG_AGO) -> Household:
    """Put the members into a household; the programme then has households of ten."""
    set_programme(household_limit=10)
    first, *others = members
    household = create_household(
        name=f"Household {next_number()}",
        member=first,
        key=f"household-{next_number()}",
        at=at,
        actor=CLERK,
    )
    for member in others:
        join_household(household=household, member=member, at=at, actor=CLERK)
    return household
