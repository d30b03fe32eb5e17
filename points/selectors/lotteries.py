"""Draws: their tickets, where they stand, who won, and whether that follows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from points.drawing import Ticket, commitment_of, digest_of, draw
from points.models import (
    Lottery,
    LotteryCall,
    LotteryDraw,
    LotteryList,
    LotteryPrize,
    LotteryTicket,
    LotteryWin,
    Redemption,
)

GIVEN_BACK = (Redemption.State.CANCELLED, Redemption.State.REVERSED)
OPEN, CLOSED, FROZEN, CALLED, DRAWN = "open", "closed", "frozen", "called", "drawn"
STATES: dict[str, str | Promise] = {
    OPEN: _("Tickets are sold"),
    CLOSED: _("Sales are closed"),
    FROZEN: _("List is frozen"),
    CALLED: _("Waiting for a witness"),
    DRAWN: _("Drawn"),
}


@dataclass(frozen=True)
class LotteryView:
    """A draw and how far it is; `state` is a key of STATES."""

    lottery: Lottery
    state: str
    tickets: int
    prizes: list[LotteryPrize]
    frozen: LotteryList | None
    call: LotteryCall | None
    drawn: LotteryDraw | None
    wins: list[LotteryWin]

    @property
    def state_name(self) -> str | Promise:
        """The state in words."""
        return STATES[self.state]


@dataclass(frozen=True)
class TicketView:
    """A ticket as its holder sees it; `prize` is empty where nothing was won.

    One of a frozen list cannot be given back.
    """

    ticket: LotteryTicket
    is_frozen: bool
    is_drawn: bool
    prize: str


def lottery_view(lottery: Lottery, *, at: datetime) -> LotteryView:
    """Return the draw with everything that is known of it at `at`."""
    frozen = LotteryList.objects.filter(lottery=lottery).first()
    drawn = LotteryDraw.objects.filter(lottery=lottery).first()
    waiting = lottery.calls.filter(state=LotteryCall.State.WAITING).first()
    wins = lottery.wins.select_related("prize", "ticket__redemption__account__member")
    return LotteryView(
        lottery=lottery,
        state=_state(lottery, frozen, waiting, drawn, at=at),
        tickets=frozen.tickets if frozen else lottery.counter.tickets,
        prizes=list(lottery.prizes.all()),
        frozen=frozen,
        call=waiting,
        drawn=drawn,
        wins=list(wins.order_by("position")),
    )


def _state(
    lottery: Lottery,
    frozen: LotteryList | None,
    waiting: LotteryCall | None,
    drawn: LotteryDraw | None,
    *,
    at: datetime,
) -> str:
    if drawn:
        return DRAWN
    if frozen:
        return CALLED if waiting else FROZEN
    return CLOSED if lottery.closes_at <= at else OPEN


def valid_tickets(lottery: Lottery) -> list[Ticket]:
    """Return the tickets that take part, by number, as they are published."""
    mine = LotteryTicket.objects.filter(lottery=lottery)
    valid = mine.exclude(redemption__state__in=GIVEN_BACK).order_by("number")
    return [Ticket(*row) for row in valid.values_list("number", "holder")]


def ticket_of(redemption: Redemption) -> TicketView | None:
    """Return the lottery ticket that the redemption bought, None where it bought none."""
    tickets = LotteryTicket.objects.select_related("lottery__counter", "win__prize")
    ticket = tickets.filter(redemption=redemption).first()
    if ticket is None:
        return None
    win = getattr(ticket, "win", None)
    is_drawn = LotteryDraw.objects.filter(lottery=ticket.lottery_id).exists()
    is_frozen = ticket.lottery.counter.is_frozen
    return TicketView(ticket, is_frozen, is_drawn, win.prize.name if win else "")


def doubtful_draws() -> Iterator[tuple[object, ...]]:
    """Yield (row, found, expected) where a list or a draw does not follow any more."""
    for frozen in LotteryList.objects.select_related("lottery").order_by("pk"):
        lottery = frozen.lottery
        tickets = valid_tickets(lottery)
        name = f"lottery {lottery.public_id}"
        if (digest := digest_of(tickets)) != frozen.digest:
            yield f"list of {name}", digest, frozen.digest
        drawn = LotteryDraw.objects.filter(lottery=lottery).first()
        if drawn is not None:
            yield from _doubts(name, lottery, tickets, drawn)


def _doubts(
    name: str, lottery: Lottery, tickets: list[Ticket], drawn: LotteryDraw
) -> Iterator[tuple[object, ...]]:
    seed = bytes.fromhex(drawn.seed)
    if (commitment := commitment_of(seed)) != lottery.commitment:
        yield f"seed of {name}", commitment, lottery.commitment
    prizes = [each.pk for each in lottery.prizes.all() for _n in range(each.pieces)]
    winners = draw(
        tickets, prizes=len(prizes), seed=seed, public_value=drawn.public_value
    )
    expected = [
        (position, prize, ticket.number)
        for position, (prize, ticket) in enumerate(
            zip(prizes, winners, strict=False), start=1
        )
    ]
    wins = lottery.wins.order_by("position").annotate(number=F("ticket__number"))
    found = list(wins.values_list("position", "prize_id", "number"))
    if found != expected:
        yield f"winners of {name}", found, expected


def public_lottery(public_id: UUID) -> Lottery | None:
    """Return the draw of an address that anybody may open."""
    lotteries = Lottery.objects.select_related("counter", "reward")
    return lotteries.filter(public_id=public_id).first()
