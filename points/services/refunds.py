"""Refund purchases: take back the points that the money brought."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from django.db import transaction
from django.db.models import Q

from loyalty_site.lib.actors import Actor
from points import sql
from points.errors.posting import (
    InTheFuture,
    KeyReused,
    NothingToRefund,
    PurchaseVoided,
    RefundTooEarly,
    RefundTooLarge,
    UnknownLine,
)
from points.models import Entry, Lot, Programme, Purchase, Refund, RefundLine
from points.selectors.programme import current_programme, current_rulebook
from points.selectors.refunds import (
    earned_by,
    expired_of,
    refunded_so_far,
    sold_lines,
)
from points.services.campaign_budgets import return_to_budgets
from points.services.events import tell_refund
from points.services.ownership import accounts_behind, refuse_moved
from points.services.posting import Debit, LockedAccount, lock_accounts, post_debits
from points.services.purchases import CLOCK_TOLERANCE
from points.services.refund_shares import (
    Back,
    Sold,
    by_quantity,
    due_points,
    points_so_far,
    spread,
)
from points.services.spent_back import SpentBack, return_spent, spent_back
from points.services.tiers import mark_tiers_due

SOURCE = "refund"


@dataclass(frozen=True)
class LineBack:
    """What comes back of the line at `position`: minor units, or else pieces."""

    position: int
    amount_minor: int | None = None
    quantity: Decimal | None = None


@dataclass(frozen=True)
class RefundWish:
    """A refund as the till reports it; (source, source id) posts it once.

    Without an amount and without lines everything that is left comes back.
    """

    source: str
    source_id: str
    occurred_at: datetime
    amount_minor: int | None = None
    lines: tuple[LineBack, ...] = ()
    reason: str = ""


class PostedRefund(NamedTuple):
    """What became of a refund; `is_new` is False where it had been posted before."""

    refund: Refund
    is_new: bool


@dataclass(frozen=True)
class RefundPlan:
    """What a refund comes to: money in minor units, points (>= 0), parts of lines."""

    amount_minor: int
    points: int
    due: int
    qualifying: int
    backs: tuple[Back, ...]
    earned: Entry
    spent: SpentBack | None = None

    @property
    def returned(self) -> int:
        """The points that had paid and come back."""
        return self.spent.points if self.spent else 0


@transaction.atomic
def refund_purchase(
    *, purchase: Purchase, wish: RefundWish, at: datetime, actor: Actor
) -> PostedRefund:
    """Post the refund and take its points back; one that was known moves nothing.

    Points come from the lot of the purchase first, then, if the programme says so, from
    others in burn order, and then become a debt; what has expired is not taken again,
    what remains is recorded as not collected. Points that had paid come back after that,
    as the programme says. Qualifying points are lowered where they counted. Raises KeyReused
    and what `plan_refund` raises, and writes nothing then.
    """
    accounts = lock_accounts(accounts_behind([purchase.pk]))
    # Read again under the lock: it may have been voided since the caller looked.
    purchase = Purchase.objects.get(pk=purchase.pk)
    refuse_moved([purchase.member_id], locked=accounts)
    if known := known_refund(purchase, wish):
        return PostedRefund(known, is_new=False)
    plan = plan_refund(purchase=purchase, wish=wish, at=at)
    programme = current_programme()
    refund = _new_refund(purchase, wish, plan, at=at, actor=actor)
    if plan.due or plan.qualifying:
        refund.entry = _take_back(
            refund, plan, accounts, programme=programme, actor=actor
        )
        return_to_budgets([plan.earned.pk])
        refund.owed = refund.entry.debt
        refund.collected = -refund.entry.points - refund.owed
    else:
        # Spend and visits are lower even where there is nothing to take.
        mark_tiers_due(member_ids=[purchase.member_id])
    refund.save()
    if plan.spent and plan.returned:
        return_spent(
            plan.spent,
            document=f"{SOURCE}:{refund.public_id}",
            programme=programme,
            reason=refund.reason,
            at=at,
            actor=actor,
        )
    RefundLine.objects.bulk_create(
        RefundLine(refund=refund, **vars(back)) for back in plan.backs
    )
    tell_refund(refund)
    return PostedRefund(refund, is_new=True)


def _new_refund(
    purchase: Purchase,
    wish: RefundWish,
    plan: RefundPlan,
    *,
    at: datetime,
    actor: Actor,
) -> Refund:
    return Refund(
        purchase=purchase,
        source=wish.source,
        source_id=wish.source_id,
        amount_minor=plan.amount_minor,
        points=plan.points,
        due=plan.due,
        returned=plan.returned,
        occurred_at=wish.occurred_at,
        posted_at=at,
        reason=wish.reason,
        actor=str(actor),
    )


def plan_refund(*, purchase: Purchase, wish: RefundWish, at: datetime) -> RefundPlan:
    """Return what the refund would come to now; nothing is written.

    Raises PurchaseVoided, InTheFuture, RefundTooEarly, NothingToRefund, RefundTooLarge
    or UnknownLine.
    """
    _refuse_impossible(purchase, wish, at)
    so_far, lines = refunded_so_far(purchase), sold_lines(purchase)
    left = purchase.amount_minor - so_far.amount_minor
    amount, backs = _asked(wish, lines, left)
    if amount <= 0:
        raise NothingToRefund
    if amount > left:
        raise RefundTooLarge(left_minor=left, currency=current_rulebook().currency)
    earned = earned_by(purchase)
    share = partial(
        due_points,
        basis=purchase.amount_minor,
        before=so_far.amount_minor,
        now=amount,
    )
    points = share(earned.points)
    if lines and amount < left:
        # A line brings back what it earned itself, as far as the purchase goes.
        of_lines = points_so_far(lines.values(), backs) - so_far.points
        points = min(of_lines, earned.points - so_far.points)
    elif lines:
        points = earned.points - so_far.points
    collectable = (
        earned.points
        - expired_of(earned, owner_id=purchase.member_id, at=at)
        - so_far.due
    )
    return RefundPlan(
        amount_minor=amount,
        points=points,
        due=max(min(points, collectable), 0),
        qualifying=share(earned.qualifying),
        backs=backs,
        earned=earned,
        spent=spent_back(
            purchase, programme=current_programme(), so_far=so_far, amount_minor=amount
        ),
    )


def _asked(
    wish: RefundWish, lines: Mapping[int, Sold], left: int
) -> tuple[int, tuple[Back, ...]]:
    """Return the minor units that come back, and of which lines."""
    if wish.lines:
        _refuse_twice(wish.lines)
        backs = tuple(_back(each, lines) for each in wish.lines)
        return sum(back.amount_minor for back in backs), backs
    amount = left if wish.amount_minor is None else wish.amount_minor
    return amount, tuple(spread(amount, list(lines.values())))


def _refuse_twice(lines: tuple[LineBack, ...]) -> None:
    counted = Counter(each.position for each in lines)
    for position, times in counted.items():
        if times > 1:
            raise UnknownLine(position=position)


def _back(asked: LineBack, lines: Mapping[int, Sold]) -> Back:
    line = lines.get(asked.position)
    if line is None:
        raise UnknownLine(position=asked.position)
    amount = asked.amount_minor
    if amount is None:
        pieces = line.left_quantity if asked.quantity is None else asked.quantity
        amount = by_quantity(line, pieces)
    if amount < 0:
        raise NothingToRefund
    if amount > line.left_minor:
        raise RefundTooLarge(
            left_minor=line.left_minor, currency=current_rulebook().currency
        )
    return Back(line.id, amount, asked.quantity)


def known_refund(purchase: Purchase, wish: RefundWish) -> Refund | None:
    """Return the refund of that source and id; raises KeyReused for another one."""
    known = Refund.objects.filter(source=wish.source, source_id=wish.source_id).first()
    if known is None:
        return None
    is_same_money = wish.amount_minor in {None, known.amount_minor}
    is_same = known.purchase_id == purchase.pk and is_same_money
    if not is_same or not _has_lines(known, wish.lines):
        raise KeyReused(key=wish.source_id)
    return known


def _has_lines(refund: Refund, asked: tuple[LineBack, ...]) -> bool:
    """Whether the lines asked for are those of the refund; none asked fit any."""
    if not asked:
        return True
    parts = {each.line.position: each for each in refund.lines.select_related("line")}
    return parts.keys() == {each.position for each in asked} and all(
        each.amount_minor in {None, parts[each.position].amount_minor}
        and each.quantity == parts[each.position].quantity
        for each in asked
    )


def _refuse_impossible(purchase: Purchase, wish: RefundWish, at: datetime) -> None:
    if purchase.voided_at is not None:
        raise PurchaseVoided
    if wish.occurred_at > at + CLOCK_TOLERANCE:
        raise InTheFuture(occurred_at=wish.occurred_at)
    if wish.occurred_at < purchase.occurred_at:
        raise RefundTooEarly(purchased_at=purchase.occurred_at)


def _is_collected(earned: Entry, policy: str, at: datetime) -> bool:
    if policy != Programme.RefundPolicy.PENDING_ONLY:
        return True
    moved = Q(origin=earned) & ~Q(entry__kind=Entry.Kind.TRANSFER_IN)
    own = Lot.objects.filter(Q(entry=earned) | moved)
    return own.filter(effective_at__gt=at).exists()


def _take_back(
    refund: Refund,
    plan: RefundPlan,
    accounts: dict[int, LockedAccount],
    *,
    programme: Programme,
    actor: Actor,
) -> Entry:
    is_collected = _is_collected(plan.earned, programme.refund_policy, refund.posted_at)
    debit = Debit(
        member_id=refund.purchase.member_id,
        kind=Entry.Kind.CLAW_BACK,
        points=plan.due if is_collected else 0,
        occurred_at=refund.posted_at,
        key=f"refund:{refund.public_id}",
        source=SOURCE,
        source_id=str(refund.public_id),
        own_entry_id=plan.earned.pk,
        is_own_lot_only=programme.spares_other_points,
        debt_limit=programme.largest_debt,
        lowers_qualifying=plan.qualifying,
        qualifies_at=plan.earned.qualifies_at,
        reason=refund.reason,
        trace=sql.as_json({"asked": plan.due}),
    )
    [movement] = post_debits(
        [debit], posted_at=refund.posted_at, actor=actor, accounts=accounts
    )
    return Entry.objects.get(pk=movement.entry_id)
