"""Set points aside for a while; confirm, release, or let them go when the time is over."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from loyalty_site.lib.actors import Actor, system_actor
from members.models import Member
from points import sql
from points.errors.posting import InsufficientPoints, KeyReused, MembershipClosed
from points.errors.rewards import HoldExpired, HoldSettled, HoldTooLong
from points.models import Account, Hold, HoldLot, Lot, Reward, RewardStock
from points.services.allocation import Take, spendable, take_in_order
from points.services.open_lots import first_lots_of, mark_reserved
from points.services.posting import LockedAccount, lock_accounts
from points.services.purses import fill_purse, lock_purse
from points.services.reward_terms import agree_terms

LONGEST = timedelta(days=7)
HOLDS_PER_CHUNK = 1000
DUE = """
SELECT DISTINCT account_id FROM (
  SELECT account_id FROM points_hold
  WHERE state = 'held' AND expires_at <= %(at)s
  ORDER BY expires_at LIMIT %(limit)s
) due
"""


@dataclass(frozen=True)
class HoldWish:
    """What points are held for: a reward, or so many for a purchase at a source.

    `value_minor` is what the points take off that purchase.
    """

    lasts: timedelta
    reward: Reward | None = None
    points: int = 0
    source: str = ""
    source_id: str = ""
    value_minor: int = 0
    store: str = ""


@transaction.atomic
def place_hold(
    *, member: Member, wish: HoldWish, key: str, at: datetime, actor: Actor
) -> Hold:
    """Set points of concrete lots aside, and a piece of the reward; a `key` once.

    It never outlives a lot: it ends with the first of its lots that expires. Raises
    InsufficientPoints, MembershipClosed, HoldTooLong or a reason of `problem_of`, and
    writes nothing then.
    """
    purse = lock_purse(member.pk, at=at)
    account = purse.account
    if known := Hold.objects.filter(account=member.pk, key=key).first():
        return _same(known, wish)
    if account.is_closed:
        raise MembershipClosed
    if not timedelta() < wish.lasts <= LONGEST:
        raise HoldTooLong(longest=LONGEST)
    hold = _new_hold(account, wish, at)
    hold.key, hold.actor = key, str(actor)
    account = fill_purse(purse, points=hold.points, at=at, actor=actor)
    takes = _reserve(account, hold.points, at)
    hold.expires_at = _end_of(takes, at + wish.lasts)
    hold.save()
    HoldLot.objects.bulk_create(
        HoldLot(hold=hold, lot_id=take.lot_id, points=take.points) for take in takes
    )
    Account.objects.filter(pk=member.pk).update(held=F("held") + hold.points)
    return hold


def _end_of(takes: Sequence[Take], end: datetime) -> datetime:
    lots = Lot.objects.filter(pk__in=[take.lot_id for take in takes])
    expiries = lots.values_list("expires_at", flat=True)
    return min([end, *(each for each in expiries if each is not None)])


def _same(known: Hold, wish: HoldWish) -> Hold:
    asked = (wish.reward.pk if wish.reward else None, wish.source, wish.source_id)
    is_same = asked == (known.reward_id, known.source, known.source_id)
    if not is_same or (wish.points and wish.points != known.points):
        raise KeyReused(key=known.key)
    return known


def _new_hold(account: LockedAccount, wish: HoldWish, at: datetime) -> Hold:
    hold = Hold(
        account_id=account.member_id,
        reward=wish.reward,
        points=wish.points,
        source=wish.source,
        source_id=wish.source_id,
        value_minor=wish.value_minor,
        placed_at=at,
        store=wish.store,
    )
    if wish.reward is not None:
        terms = agree_terms(reward=wish.reward, account=account, at=at)
        hold.points, hold.money_minor = terms.cost_points, terms.money_minor
        hold.value_minor, hold.valid_days = terms.value_minor, terms.valid_days
        hold.has_piece = terms.pieces is not None
        hold.needs_approval = terms.needs_approval
    return hold


def _reserve(account: LockedAccount, points: int, at: datetime) -> list[Take]:
    """Return which lots the points are in, in burn order of what is free."""
    lots = first_lots_of(
        account.member_id, wanted=points + account.held + account.debt, at=at
    )
    if account.held:
        mark_reserved(lots, at=at)
    burnable = [lot for lot in lots[account.member_id] if lot.is_spendable(at)]
    available = max(spendable(burnable, at) - account.debt, 0)
    if available < points:
        raise InsufficientPoints(available=available, needed=points)
    return take_in_order(burnable, points)


@transaction.atomic
def release_hold(*, hold: Hold, at: datetime, actor: Actor) -> Hold:
    """Free the points and the piece. Raises HoldSettled or HoldExpired."""
    lock_accounts([hold.account_id])
    locked = held_at(hold, at)
    _free([locked], Hold.State.RELEASED, at=at, settled_by=str(actor))
    locked.refresh_from_db()
    return locked


@transaction.atomic
def refuse_hold(*, hold: Hold, reason: str, at: datetime, actor: Actor) -> Hold:
    """Free the points and the piece, since somebody decided so and said why.

    Whoever asked takes the request back like this. Raises HoldSettled or HoldExpired.
    """
    lock_accounts([hold.account_id])
    locked = held_at(hold, at)
    is_own = locked.actor == str(actor)
    state = Hold.State.RELEASED if is_own else Hold.State.REFUSED
    _free([locked], state, at=at, settled_by=str(actor))
    Hold.objects.filter(pk=locked.pk).update(note=reason)
    locked.refresh_from_db()
    return locked


def held_at(hold: Hold, at: datetime) -> Hold:
    """Return the hold under its lock, while it holds; the account is locked already."""
    locked = Hold.objects.select_for_update().get(pk=hold.pk)
    if locked.state_at(at) == Hold.State.EXPIRED:
        raise HoldExpired(at=locked.expires_at)
    if locked.state != Hold.State.HELD:
        raise HoldSettled(state=locked.get_state_display())
    return locked


def settle_hold(locked: Hold, *, at: datetime, actor: Actor) -> dict[int, int]:
    """Stop holding, to spend: return the points by lot; the piece stays taken."""
    lots = dict(locked.lots.values_list("lot_id", "points"))
    locked.has_piece = False
    locked.save(update_fields=["has_piece"])
    _free([locked], Hold.State.CONFIRMED, at=at, settled_by=str(actor))
    return lots


def _free(
    holds: Sequence[Hold], state: str, *, at: datetime | None, settled_by: str
) -> None:
    """End locked holds; without `at` each ends when its own time was over."""
    ids = [hold.pk for hold in holds]
    rows = Hold.objects.filter(pk__in=ids)
    pieces = Counter(rows.filter(has_piece=True).values_list("reward_id", flat=True))
    for reward_id in sorted(pieces):
        RewardStock.objects.filter(reward=reward_id).update(
            pieces=F("pieces") + pieces[reward_id]
        )
    points = Counter[int]()
    for hold in holds:
        points[hold.account_id] += hold.points
    for account_id, total in sorted(points.items()):
        Account.objects.filter(pk=account_id).update(held=F("held") - total)
    rows.update(
        state=state,
        has_piece=False,
        settled_at=F("expires_at") if at is None else at,
        settled_by=settled_by,
    )


def expire_holds(*, at: datetime) -> int:
    """Write down which holds are over by `at`, and return how many.

    Nothing waits for it: a hold that is over reserves nothing.
    """
    swept = 0
    while count := _expire_chunk(at):
        swept += count
    return swept


@transaction.atomic
def _expire_chunk(at: datetime) -> int:
    ids = [row[0] for row in sql.run(DUE, {"at": at, "limit": HOLDS_PER_CHUNK})]
    if not ids:
        return 0
    lock_accounts(ids)
    due = Hold.objects.select_for_update().filter(
        account__in=ids, state=Hold.State.HELD, expires_at__lte=at
    )
    holds = list(due.order_by("pk"))
    settled_by = str(system_actor("points.holds"))
    _free(holds, Hold.State.EXPIRED, at=None, settled_by=settled_by)
    return len(holds)
