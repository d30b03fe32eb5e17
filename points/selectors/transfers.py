"""What a transfer would move, and what one did move."""

from dataclasses import dataclass
from datetime import datetime

from points.models import Entry, Lot, Transfer
from points.selectors.balances import balance_of
from points.services.allocation import take_in_order
from points.services.open_lots import mark_reserved, open_lots_of


@dataclass(frozen=True)
class Moving:
    """Points (> 0) of one lot, and when they expire; None is never."""

    points: int
    expires_at: datetime | None


@dataclass(frozen=True)
class TransferPlan:
    """What a transfer would do: both balances before it, and the lots it would take."""

    sender_available: int
    receiver_available: int
    receiver_debt: int
    lots: tuple[Moving, ...]

    @property
    def is_covered(self) -> bool:
        """Whether the sender has the points."""
        return bool(self.lots)


def plan_transfer(
    *, sender_id: int, receiver_id: int, points: int, at: datetime
) -> TransferPlan:
    """Return what the transfer would do now; without lots where points are lacking."""
    sender = balance_of(member_id=sender_id, at=at, now=at)
    receiver = balance_of(member_id=receiver_id, at=at, now=at)
    lots: tuple[Moving, ...] = ()
    if points <= sender.available:
        lots_of_sender = open_lots_of([sender_id])
        mark_reserved(lots_of_sender, at=at)
        spendable = [lot for lot in lots_of_sender[sender_id] if lot.is_spendable(at)]
        expiries = {lot.id: lot.expires_at for lot in spendable}
        lots = tuple(
            Moving(take.points, expiries[take.lot_id])
            for take in take_in_order(spendable, points)
        )
    return TransferPlan(sender.available, receiver.available, receiver.debt, lots)


def lots_of_transfer(transfer: Transfer) -> tuple[Moving, ...]:
    """Return the lots as they arrived."""
    arrived = Lot.objects.filter(
        account=transfer.receiver_id,
        entry__in=Entry.objects.filter(
            account=transfer.receiver_id,
            key__startswith=f"transfer:{transfer.public_id}:",
        ),
    )
    return tuple(
        Moving(*row)
        for row in arrived.order_by("pk").values_list("points", "expires_at")
    )
