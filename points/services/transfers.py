"""Give points of one member to another, lot by lot."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Sum

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import day_of, start_of_day
from members.models import Member
from points.errors.posting import KeyReused, MembershipClosed
from points.errors.transfers import AboveOwnLimit, SameMember
from points.models import Entry, Programme, Transfer
from points.selectors.adjustment_limits import NO_LIMIT, Limit
from points.selectors.moved_lots import MovedLot, lots_moved_by
from points.selectors.programme import current_programme, current_rulebook
from points.services.person_lock import lock_person
from points.services.posting import (
    Credit,
    Debit,
    LockedAccount,
    lock_accounts,
    post_credits,
    post_debits,
)

SOURCE = "transfer"


@dataclass(frozen=True)
class Gift:
    """Points (> 0) that one member gives to another; the note is for colleagues."""

    sender: Member
    receiver: Member
    points: int
    note: str = ""


@transaction.atomic
def transfer_points(
    *, gift: Gift, key: str, at: datetime, actor: Actor, limit: Limit = NO_LIMIT
) -> Transfer:
    """Move what the sender would spend first; each lot arrives as a lot of its own.

    A `key` does it once. Lots keep when they expire, unless the programme lets them
    start anew; no tier counts them and nobody has earned them again. What the receiver
    owes is settled at once. Raises SameMember, MembershipClosed, AboveOwnLimit,
    InsufficientPoints or KeyReused, and writes nothing then.
    """
    if gift.sender.pk == gift.receiver.pk:
        raise SameMember
    if limit != NO_LIMIT:
        lock_person(SOURCE, actor)
    accounts = lock_accounts([gift.sender.pk, gift.receiver.pk])
    if known := Transfer.objects.filter(key=key).first():
        return _same(known, gift)
    if any(account.is_closed for account in accounts.values()):
        raise MembershipClosed
    moved = points_transferred_by(actor, at=at, zone=current_rulebook().zone)
    if not limit.allows(gift.points, so_far=moved):
        raise AboveOwnLimit
    transfer = Transfer.objects.create(
        sender_id=gift.sender.pk,
        receiver_id=gift.receiver.pk,
        points=gift.points,
        note=gift.note,
        key=key,
        at=at,
        actor=str(actor),
    )
    _move(transfer, accounts, actor=actor)
    return transfer


def points_transferred_by(actor: Actor, *, at: datetime, zone: ZoneInfo) -> int:
    """Return the points that the person transferred on the day of `at`, in that zone."""
    today = day_of(at, zone)
    mine = Transfer.objects.filter(
        actor=str(actor),
        at__gte=start_of_day(today, zone),
        at__lt=start_of_day(today + timedelta(days=1), zone),
    )
    return mine.aggregate(moved=Sum("points"))["moved"] or 0


def _same(known: Transfer, gift: Gift) -> Transfer:
    content = (known.sender_id, known.receiver_id, known.points, known.note)
    if content != (gift.sender.pk, gift.receiver.pk, gift.points, gift.note):
        raise KeyReused(key=known.key)
    return known


def _move(
    transfer: Transfer, accounts: dict[int, LockedAccount], *, actor: Actor
) -> None:
    debit = Debit(
        member_id=transfer.sender_id,
        kind=Entry.Kind.TRANSFER_OUT,
        points=transfer.points,
        occurred_at=transfer.at,
        key=f"transfer:{transfer.public_id}",
        source=SOURCE,
        source_id=str(transfer.public_id),
    )
    [out] = post_debits(
        [debit],
        posted_at=transfer.at,
        actor=actor,
        accounts=accounts,
        are_fresh=True,
    )
    lots = lots_moved_by(entry_id=out.entry_id)
    if current_programme().transfer_expiry == Programme.TransferExpiry.FRESH:
        lots = _started_anew(lots, accounts[transfer.receiver_id], transfer.at)
    credits_ = [_credit(transfer, lot, n) for n, lot in enumerate(lots)]
    post_credits(credits_, posted_at=transfer.at, actor=actor, are_locked=True)


def _started_anew(
    lots: list[MovedLot], receiver: LockedAccount, at: datetime
) -> list[MovedLot]:
    rulebook = current_rulebook(receiver.stamp)
    expires_at = rulebook.expires_at(at, rulebook.tier_of(receiver.tier_id))
    return [replace(lot, effective_at=at, expires_at=expires_at) for lot in lots]


def _credit(transfer: Transfer, lot: MovedLot, n: int) -> Credit:
    return Credit(
        member_id=transfer.receiver_id,
        kind=Entry.Kind.TRANSFER_IN,
        points=lot.points,
        occurred_at=transfer.at,
        key=f"transfer:{transfer.public_id}:{n}",
        source=SOURCE,
        source_id=str(transfer.public_id),
        effective_at=lot.effective_at,
        expires_at=lot.expires_at,
        priority=lot.priority,
        origin_id=lot.origin_id,
    )
