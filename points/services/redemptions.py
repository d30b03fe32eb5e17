"""Redeem a reward, hand it over, take it back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import F

from loyalty_site.lib.actors import Actor, system_actor
from members.models import Member
from points import events, sql
from points.errors.posting import KeyReused, MembershipClosed
from points.errors.rewards import NeedsApproval, RedemptionSettled, VoucherExpired
from points.models import Allocation, Entry, Programme, Redemption, Reward, RewardStock
from points.selectors.programme import current_rulebook
from points.selectors.reward_terms import voucher_end
from points.services.codes import give_code
from points.services.events import tell_redemption
from points.services.lot_dates import Activity, extend_lots
from points.services.ownership import refuse_moved
from points.services.posting import Debit, LockedAccount, lock_accounts, post_debits
from points.services.purses import fill_purse, lock_purse
from points.services.returns import give_back
from points.services.reward_terms import agree_terms
from points.services.tickets import give_ticket, keep_frozen, require_win
from points.services.writing import Documents

GIVEN_BACK = frozenset({Redemption.State.CANCELLED, Redemption.State.REVERSED})
KNOWN = """
SELECT r.id FROM points_redemption r JOIN points_entry e ON e.id = r.entry_id
WHERE e.account_id = %(account_id)s AND e.key = %(key)s
"""

DOCUMENT = """
document AS (
  INSERT INTO points_redemption (public_id, account_id, reward_id, entry_id, points,
    money_minor, value_minor, state, code, store, at, valid_until, actor, settled_by)
  SELECT %(public_id)s, account_id, %(reward_id)s, id, -points, %(money_minor)s,
    %(value_minor)s, %(state)s, %(code)s, %(store)s, occurred_at, %(valid_until)s, %(actor)s, ''
  FROM posted
  RETURNING id, %(entry_key)s::text AS key
)
"""


@transaction.atomic
def redeem_reward(
    *,
    member: Member,
    reward: Reward,
    key: str,
    at: datetime,
    actor: Actor,
    store: str = "",
) -> Redemption:
    """Buy the reward with points and return the redemption; a `key` buys once.

    Cost, dates, tier, limits and stock are looked at again under the locks: account, then reward.
    Raises InsufficientPoints, MembershipClosed, NeedsApproval or a reason of
    `problem_of`, and writes nothing then.
    """
    purse = lock_purse(member.pk, at=at)
    account = purse.account
    entry_key = f"redeem:{key}"
    if known := _known(member, entry_key):
        if known.reward_id != reward.pk:
            raise KeyReused(key=key)
        return known
    if account.is_closed:
        raise MembershipClosed
    terms = agree_terms(reward=reward, account=account, at=at)
    if terms.needs_approval:
        raise NeedsApproval
    redemption = Redemption(
        account_id=member.pk,
        reward=reward,
        points=terms.cost_points,
        money_minor=terms.money_minor,
        value_minor=terms.value_minor,
        store=store,
        valid_until=voucher_end(
            terms.valid_days, at, current_rulebook(account.stamp).zone
        ),
        at=at,
    )
    account = fill_purse(purse, points=redemption.points, at=at, actor=actor)
    return write_redemption(
        redemption, account=account, entry_key=entry_key, actor=actor
    )


def write_redemption(
    redemption: Redemption,
    *,
    account: LockedAccount,
    entry_key: str,
    actor: Actor,
    held_lots: Mapping[int, int] | None = None,
) -> Redemption:
    """Post the points with the redemption, under the account's lock, and return it.

    `held_lots` are the points, by lot, that a hold set aside. Raises InsufficientPoints,
    or DrawClosed for a lottery ticket.
    """
    redemption.actor = str(actor)
    reward = redemption.reward
    if reward.kind == Reward.Kind.CODE:
        redemption.code = give_code(reward, at=redemption.at)
    if reward.kind == Reward.Kind.LOTTERY:
        redemption.valid_until = None
    debit = Debit(
        member_id=redemption.account_id,
        kind=Entry.Kind.REDEEM,
        points=redemption.points,
        occurred_at=redemption.at,
        key=entry_key,
        source="reward",
        source_id=str(reward.public_id),
        reason=reward.name,
        held_lots=held_lots,
    )
    [movement] = post_debits(
        [debit],
        posted_at=redemption.at,
        actor=actor,
        accounts={account.member_id: account},
        are_fresh=True,
        documents=_documents(redemption, entry_key),
    )
    _extend(account, entry_key, at=redemption.at, actor=actor)
    redemption.pk, redemption.entry_id = movement.document_id, movement.entry_id
    if reward.kind == Reward.Kind.LOTTERY:
        give_ticket(redemption)
    if movement.is_awaited:
        tell_redemption(redemption, events.REDEMPTION_CREATED, at=redemption.at)
    return redemption


def _extend(account: LockedAccount, key: str, *, at: datetime, actor: Actor) -> None:
    rulebook = current_rulebook(account.stamp)
    if Programme.Activity.REDEMPTION in rulebook.sliding_by:
        tier = rulebook.tier_of(account.tier_id)
        activity = Activity(account.member_id, key, at, tier)
        extend_lots([activity], rulebook=rulebook, at=at, actor=actor)


def _known(member: Member, entry_key: str) -> Redemption | None:
    found = sql.run(KNOWN, {"account_id": member.pk, "key": entry_key})
    return Redemption.objects.get(pk=found[0][0]) if found else None


def _documents(redemption: Redemption, entry_key: str) -> Documents:
    return Documents(
        DOCUMENT,
        {
            "public_id": redemption.public_id,
            "reward_id": redemption.reward_id,
            "money_minor": redemption.money_minor,
            "value_minor": redemption.value_minor,
            "valid_until": redemption.valid_until,
            "state": str(redemption.state),
            "code": redemption.code,
            "store": redemption.store,
            "entry_key": entry_key,
        },
    )


@transaction.atomic
def fulfil_redemption(
    *, redemption: Redemption, at: datetime, actor: Actor
) -> Redemption:
    """Note that the reward was handed over, or its code used; it can happen once.

    Raises RedemptionSettled, TicketNotWon, or VoucherExpired from the instant it is valid until.
    """
    locked = _locked(redemption)
    if locked.state_at(at) == Redemption.State.EXPIRED:
        raise VoucherExpired(at=locked.valid_until or at)
    if locked.state != Redemption.State.CONFIRMED:
        raise RedemptionSettled(state=locked.get_state_display())
    require_win(locked)
    settled = _settle(locked, Redemption.State.FULFILLED, at, actor)
    tell_redemption(settled, events.REDEMPTION_FULFILLED, at=at)
    return settled


@transaction.atomic
def reverse_redemption(
    *,
    redemption: Redemption,
    reason: str,
    at: datetime,
    actor: Actor,
    only_from: str = "",
) -> Redemption:
    """Give the points back to their lots, with the old expiry, and the piece to stock, codes apart.

    What was not handed over is cancelled, what was is reversed. Points whose lot has
    expired since come back to it and expire with the next sweep. Raises TicketInDraw,
    or RedemptionSettled where the points are back already, or where the state is another
    than `only_from`.
    """
    entry = Entry.objects.get(pk=redemption.entry_id)
    accounts = lock_accounts([redemption.account_id, entry.account_id])
    locked = _locked(redemption)
    refuse_moved([locked.account_id], locked=accounts)
    keep_frozen(locked)
    is_other = bool(only_from) and locked.state != only_from
    if locked.state in GIVEN_BACK or is_other:
        raise RedemptionSettled(state=locked.get_state_display())
    was_open = locked.state == Redemption.State.CONFIRMED
    state = Redemption.State.CANCELLED if was_open else Redemption.State.REVERSED
    settled = _settle(locked, state, at, actor)
    give_back(
        entry=entry,
        owner_id=locked.account_id,
        takes=list(Allocation.objects.filter(entry_id=redemption.entry_id)),
        kind=Entry.Kind.REDEEM_REVERSAL,
        reason=reason,
        at=at,
        actor=actor,
    )
    # The member has seen the code, so it does not go back to its pool.
    counted = RewardStock.objects.exclude(reward__kind=Reward.Kind.CODE)
    counted.filter(reward_id=redemption.reward_id).update(pieces=F("pieces") + 1)
    tell_redemption(settled, events.REDEMPTION_REVERSED, at=at)
    return settled


def expire_vouchers(*, at: datetime) -> int:
    """Write down which vouchers have expired by `at`; return how many.

    Nothing waits for it: an expired voucher is refused in the instant it expires. The
    points stay spent.
    """
    due = Redemption.objects.filter(
        state=Redemption.State.CONFIRMED, valid_until__lte=at
    )
    return due.update(
        state=Redemption.State.EXPIRED,
        settled_at=F("valid_until"),
        settled_by=str(system_actor("points.vouchers")),
    )


def _locked(redemption: Redemption) -> Redemption:
    return Redemption.objects.select_for_update().get(pk=redemption.pk)


def _settle(locked: Redemption, state: str, at: datetime, actor: Actor) -> Redemption:
    locked.state = state
    locked.settled_at = at
    locked.settled_by = str(actor)
    locked.save(update_fields=["state", "settled_at", "settled_by"])
    return locked
