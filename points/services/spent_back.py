"""Give back the points that paid a part of a purchase, as its money goes back."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import add_days_at
from points.models import Allocation, Entry, PointsPayment, Programme, Purchase
from points.selectors.refunds import RefundedSoFar
from points.services.allocation import Take
from points.services.posting import Credit, post_credits
from points.services.refund_shares import due_points
from points.services.returns import give_back


class Taken(NamedTuple):
    """Points that a payment took from a lot, and until when the lot is good."""

    lot_id: int
    points: int
    expires_at: datetime | None


@dataclass(frozen=True)
class SpentBack:
    """Points of a payment that come back, in the order of the lots they go to."""

    payment: PointsPayment
    takes: tuple[Taken, ...]

    @property
    def points(self) -> int:
        """How many they are."""
        return sum(take.points for take in self.takes)


def spent_back(
    purchase: Purchase,
    *,
    programme: Programme,
    so_far: RefundedSoFar,
    amount_minor: int,
) -> SpentBack | None:
    """Return what comes back of the points that paid, when `amount_minor` goes back.

    Cumulative and rounded down, so that any parts make the whole; the points taken last
    come back first, so those that last longest. None where points paid nothing.
    """
    payment = PointsPayment.objects.filter(
        source=purchase.source, source_id=purchase.source_id, reversed_at=None
    ).first()
    if payment is None or payment.account_id != purchase.member_id:
        return None
    points = points_due_back(
        payment.points,
        policy=programme.refund_returns,
        basis=purchase.amount_minor,
        before=so_far.amount_minor,
        now=amount_minor,
        returned=so_far.returned,
    )
    taken = Allocation.objects.filter(entry=payment.entry_id).select_related("lot")
    newest_first = [
        Taken(each.lot_id, each.points, each.lot.expires_at)
        for each in taken.order_by("-pk")
    ]
    parts = part_of(newest_first, start=so_far.returned, points=points)
    return SpentBack(payment, tuple(parts))


def points_due_back(
    spent: int, *, policy: str, basis: int, before: int, now: int, returned: int
) -> int:
    """Return how many of `spent` points come back with `now` minor units of `basis`.

    `before` came back earlier, with `returned` points.
    """
    is_whole = before + now >= basis
    if policy == Programme.RefundReturns.NONE:
        return 0
    if is_whole:
        return spent - returned
    if policy == Programme.RefundReturns.FULL_ONLY:
        return 0
    return due_points(spent, basis=basis, before=before, now=now)


def part_of(takes: Sequence[Taken], *, start: int, points: int) -> list[Taken]:
    """Return `points` of the takes in their order, after the first `start`."""
    parts: list[Taken] = []
    for take in takes:
        skipped = min(start, take.points)
        start -= skipped
        part = min(take.points - skipped, points)
        points -= part
        if part:
            parts.append(take._replace(points=part))
    return parts


def return_spent(
    back: SpentBack,
    *,
    document: str,
    programme: Programme,
    reason: str,
    at: datetime,
    actor: Actor,
) -> None:
    """Give the points back under the caller's locks of `accounts_behind`.

    To the lots they came from, with their expiry; where that has passed, into a new lot
    for the programme's days of grace, or without grace to the old lot, gone at once.
    `document` names the cause, such as `refund:UUID`.
    """
    grace = programme.return_grace_days
    late = [each for each in back.takes if _is_late(each, at)] if grace else []
    in_time = [each for each in back.takes if each not in late]
    entry = Entry.objects.get(pk=back.payment.entry_id)
    if in_time:
        give_back(
            entry=entry,
            owner_id=back.payment.account_id,
            takes=[Take(each.lot_id, each.points) for each in in_time],
            kind=Entry.Kind.REDEEM_REVERSAL,
            key=f"return:{document}",
            reason=reason,
            at=at,
            actor=actor,
        )
    if late:
        credit = Credit(
            member_id=back.payment.account_id,
            kind=Entry.Kind.REDEEM_REVERSAL,
            points=_sum(late),
            occurred_at=at,
            key=f"grace:{document}",
            source=entry.source,
            source_id=entry.source_id,
            expires_at=add_days_at(at, grace, programme.zone),
            reason=reason,
        )
        post_credits([credit], posted_at=at, actor=actor, are_locked=True)


def _is_late(take: Taken, at: datetime) -> bool:
    return take.expires_at is not None and take.expires_at <= at


def _sum(takes: Iterable[Taken]) -> int:
    return sum(take.points for take in takes)
