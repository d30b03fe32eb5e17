"""Make a draw, freeze its list, call it, witness it."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import pghistory
from django.db import IntegrityError, transaction

from loyalty_site.lib.actors import Actor, system_actor
from points.drawing import commitment_of, digest_of, draw
from points.errors.lotteries import (
    DrawNotReady,
    ListChanged,
    LotteryClosesTooSoon,
    LotteryExists,
    NoLotteryTicket,
    OwnDraw,
)
from points.models import (
    Lottery,
    LotteryCall,
    LotteryCounter,
    LotteryDraw,
    LotteryList,
    LotteryPrize,
    LotterySecret,
    LotteryTicket,
    LotteryWin,
    Redemption,
    Reward,
)
from points.selectors.lotteries import valid_tickets

SEED_BYTES = 32
BY_DRAW = str(system_actor("points.lotteries"))


class Prize(NamedTuple):
    """Something to be won, and how many of it."""

    name: str
    pieces: int


@dataclass(frozen=True)
class LotteryPlan:
    """What is promised before the first ticket is sold."""

    name: str
    closes_at: datetime
    public_source: str
    prizes: Sequence[Prize]
    name_zh_hans: str = ""
    name_zh_hant: str = ""


@transaction.atomic
def make_lottery(
    *, reward: Reward, plan: LotteryPlan, at: datetime, actor: Actor
) -> Lottery:
    """Promise a draw, with a secret seed of which only the hash is shown.

    The reward is offered until the sales close. Raises NoLotteryTicket, LotteryExists or
    LotteryClosesTooSoon.
    """
    reward = Reward.objects.select_for_update().get(pk=reward.pk)
    if reward.kind != Reward.Kind.LOTTERY:
        raise NoLotteryTicket
    if Lottery.objects.filter(reward=reward).exists():
        raise LotteryExists
    if plan.closes_at <= at:
        raise LotteryClosesTooSoon
    seed = secrets.token_bytes(SEED_BYTES)
    lottery = Lottery.objects.create(
        reward=reward,
        name=plan.name,
        name_zh_hans=plan.name_zh_hans,
        name_zh_hant=plan.name_zh_hant,
        closes_at=plan.closes_at,
        public_source=plan.public_source,
        commitment=commitment_of(seed),
        created_at=at,
        created_by=str(actor),
    )
    LotterySecret.objects.create(lottery=lottery, seed=seed)
    LotteryCounter.objects.create(lottery=lottery)
    LotteryPrize.objects.bulk_create(
        LotteryPrize(lottery=lottery, place=place, name=each.name, pieces=each.pieces)
        for place, each in enumerate(plan.prizes, start=1)
    )
    with pghistory.context(reason="lottery", actor=str(actor)):
        reward.ends_at = plan.closes_at
        reward.save(update_fields=["ends_at"])
    return lottery


@transaction.atomic
def freeze_list(*, lottery: Lottery, at: datetime, actor: Actor) -> LotteryList:
    """Freeze the list of valid tickets and return it with its hash; repeating changes nothing.

    Sales that are going on are waited for. Raises DrawNotReady before they close.
    """
    if at < lottery.closes_at:
        raise DrawNotReady
    lock_counter(lottery)
    if frozen := LotteryList.objects.filter(lottery=lottery).first():
        return frozen
    LotteryCounter.objects.filter(lottery=lottery).update(is_frozen=True)
    tickets = valid_tickets(lottery)
    return LotteryList.objects.create(
        lottery=lottery,
        tickets=len(tickets),
        digest=digest_of(tickets),
        frozen_at=at,
        frozen_by=str(actor),
    )


def freeze_due_lists(*, at: datetime) -> int:
    """Freeze the lists of all draws whose sales have closed; return how many."""
    due = list(Lottery.objects.to_freeze(at).order_by("pk"))
    for lottery in due:
        freeze_list(lottery=lottery, at=at, actor=system_actor("points.lotteries"))
    return len(due)


@transaction.atomic
def call_draw(
    *, lottery: Lottery, public_value: str, at: datetime, actor: Actor
) -> LotteryCall:
    """Enter the public value, for another person to witness.

    Raises DrawNotReady before the list is frozen, and while or after another call.
    """
    lock_counter(lottery)
    if not LotteryList.objects.filter(lottery=lottery).exists():
        raise DrawNotReady
    try:
        with transaction.atomic():
            return LotteryCall.objects.create(
                lottery=lottery,
                public_value=public_value.strip(),
                asked_at=at,
                asked_by=str(actor),
            )
    except IntegrityError:
        raise DrawNotReady from None


@transaction.atomic
def refuse_call(
    *, call: LotteryCall, note: str, at: datetime, actor: Actor
) -> LotteryCall:
    """Refuse a call, or take one's own back; the value can then be entered anew.

    Raises DrawNotReady where it is decided already.
    """
    lock_counter(call.lottery)
    locked = _waiting(call)
    _decide(locked, LotteryCall.State.REFUSED, at=at, actor=actor, note=note)
    return locked


@transaction.atomic
def witness_draw(*, call: LotteryCall, at: datetime, actor: Actor) -> LotteryDraw:
    """Draw with the value that another person entered, and reveal the seed.

    Raises OwnDraw, DrawNotReady where it is decided already, or ListChanged, and draws
    nothing then. Tickets that did not win are settled; those that did wait at the desk.
    """
    lottery = call.lottery
    lock_counter(lottery)
    locked = _waiting(call)
    if locked.asked_by == str(actor):
        raise OwnDraw
    tickets = valid_tickets(lottery)
    if digest_of(tickets) != LotteryList.objects.get(lottery=lottery).digest:
        raise ListChanged
    seed = bytes(LotterySecret.objects.get(lottery=lottery).seed)
    _decide(locked, LotteryCall.State.DRAWN, at=at, actor=actor)
    drawn = LotteryDraw.objects.create(
        lottery=lottery,
        call=locked,
        public_value=locked.public_value,
        seed=seed.hex(),
        called_by=locked.asked_by,
        witnessed_by=str(actor),
        drawn_at=at,
    )
    prizes = pieces_of_prizes(lottery.prizes.all())
    winners = draw(
        tickets, prizes=len(prizes), seed=seed, public_value=locked.public_value
    )
    _write_wins(lottery, prizes, [ticket.number for ticket in winners])
    _settle_the_others(lottery, at=at)
    return drawn


def pieces_of_prizes(prizes: Iterable[LotteryPrize]) -> list[LotteryPrize]:
    """Return the prizes in the order of drawing, each as often as there are pieces."""
    return [each for each in prizes for _ in range(each.pieces)]


def lock_counter(lottery: Lottery) -> LotteryCounter:
    """Lock out sales, cancellations and other steps of the draw."""
    return LotteryCounter.objects.select_for_update().get(lottery=lottery)


def _waiting(call: LotteryCall) -> LotteryCall:
    locked = LotteryCall.objects.select_for_update().get(pk=call.pk)
    if locked.state != LotteryCall.State.WAITING:
        raise DrawNotReady
    return locked


def _decide(
    call: LotteryCall, state: str, *, at: datetime, actor: Actor, note: str = ""
) -> None:
    call.state, call.note = state, note
    call.decided_at, call.decided_by = at, str(actor)
    call.save(update_fields=["state", "note", "decided_at", "decided_by"])


def _write_wins(
    lottery: Lottery, prizes: Sequence[LotteryPrize], numbers: Sequence[int]
) -> None:
    won = LotteryTicket.objects.filter(lottery=lottery, number__in=numbers)
    by_number = {ticket.number: ticket for ticket in won}
    LotteryWin.objects.bulk_create(
        LotteryWin(
            lottery=lottery, position=position, prize=prize, ticket=by_number[number]
        )
        for position, (prize, number) in enumerate(
            zip(prizes, numbers, strict=False), start=1
        )
    )


def _settle_the_others(lottery: Lottery, *, at: datetime) -> None:
    lost = Redemption.objects.filter(
        ticket__lottery=lottery, ticket__win=None, state=Redemption.State.CONFIRMED
    )
    Redemption.objects.filter(pk__in=lost.values("pk")).update(
        state=Redemption.State.FULFILLED, settled_at=at, settled_by=BY_DRAW
    )
