"""Challenges to test with, and what members do for them."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction

from members.models import Member
from points.models import Badge, Challenge, ChallengeAward
from points.services.challenges.awarding import evaluate_between, evaluate_touched
from points.services.challenges.keeping import (
    ChallengeTerms,
    Goal,
    Texts,
    save_badge,
    save_challenge,
    start_challenge,
)
from points.services.purchase_types import NewLine
from points.services.refunds import RefundWish, refund_purchase
from points.services.tiers import last_member_id, recompute_touched_tiers
from tests.factories import CLERK, NOON, make_purchase, next_number, purchase_of

DAY = timedelta(days=1)
BUY_THREE = Goal("purchases", 3)


def make_badge(name: str = "") -> Badge:
    return save_badge(texts=Texts(name or f"Badge {next_number()}"), actor=CLERK)


def make_challenge(
    *goals: Goal, name: str = "", is_draft: bool = False, **terms: Any
) -> Challenge:
    """A challenge of 500 points that runs for a month around NOON, unless told otherwise."""
    given = {"starts_at": NOON - 15 * DAY, "ends_at": NOON + 15 * DAY, "points": 500}
    made = save_challenge(
        texts=Texts(name or f"Challenge {next_number()}"),
        terms=ChallengeTerms(**given | terms),
        goals=goals or (BUY_THREE,),
        at=NOON,
        actor=CLERK,
    )
    if is_draft:
        return made
    at = min(NOON, made.ends_at - DAY)
    return start_challenge(challenge=made, at=at, actor=CLERK)


def buy(member: Member, amount_minor: int = 1000, *, at: datetime = NOON, **more: Any):
    """Post a purchase; `lines` are (sku, category, pieces, amount in minor units)."""
    lines = [
        NewLine(
            sku=sku, category=category, quantity=Decimal(pieces), amount_minor=minor
        )
        for sku, category, pieces, minor in more.pop("lines", ())
    ]
    if lines:
        amount_minor = sum(line.amount_minor for line in lines)
    posted = make_purchase(
        member, amount_minor=amount_minor, at=at, lines=lines, **more
    )
    return purchase_of(posted)


def give_back(bought, *, at: datetime = NOON, **wish: Any) -> None:
    """Refund a purchase, whole unless told otherwise."""
    back = RefundWish("till", f"b-{next_number()}", at, **wish)
    refund_purchase(purchase=bought, wish=back, at=at, actor=CLERK)


def by_touch(at: datetime = NOON) -> int:
    """Do what the two tasks do."""
    recompute_touched_tiers(at=at)
    return evaluate_touched(at=at)


def by_night(at: datetime = NOON) -> int:
    """Do what the night does."""
    return evaluate_between(first=1, last=last_member_id(), at=at)


def by_both(at: datetime = NOON) -> int:
    """Return what the night would give, which is what the tasks give."""
    before = transaction.savepoint()
    by_the_night = (by_night(at), awards())
    transaction.savepoint_rollback(before)
    given = by_touch(at)
    assert (given, awards()) == by_the_night
    return given


def awards() -> list[tuple[int, str, int]]:
    """Return (account, period, points) of every award, in order."""
    rows = ChallengeAward.objects.order_by("account", "period", "pk")
    return [(each.account_id, str(each.period), each.points) for each in rows]
