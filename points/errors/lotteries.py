"""Refusals about lotteries."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class NoLotteryTicket(DomainError):
    """Only a reward of the kind lottery ticket has a draw."""

    code = "no_lottery_ticket"

    def __init__(self) -> None:
        super().__init__(_("This reward is not a lottery ticket."))


class LotteryExists(DomainError):
    """A reward has one draw, which stays as it was promised."""

    code = "lottery_exists"

    def __init__(self) -> None:
        super().__init__(_("This reward has a draw already, which never changes."))


class LotteryClosesTooSoon(DomainError):
    """Sales close in the future."""

    code = "lottery_closes_too_soon"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("Sales have to close in the future."), field="closes_at")


class DrawClosed(DomainError):
    """No ticket is sold, or taken back, once the sales have closed."""

    code = "draw_closed"

    def __init__(self) -> None:
        super().__init__(_("No tickets of this draw are sold."))


class TicketInDraw(DomainError):
    """A ticket of a frozen list stays in it."""

    code = "ticket_in_draw"

    def __init__(self) -> None:
        super().__init__(
            _("The list of tickets is frozen: this ticket takes part in the draw.")
        )


class TicketNotWon(DomainError):
    """There is nothing to hand over for a ticket that has not won."""

    code = "ticket_not_won"

    def __init__(self) -> None:
        super().__init__(_("This lottery ticket has not won anything."))


class DrawNotReady(DomainError):
    """The draw stands where this cannot be done."""

    code = "draw_not_ready"

    def __init__(self) -> None:
        super().__init__(
            _("The draw has moved on, or its list is not frozen yet. See its state.")
        )


class OwnDraw(DomainError):
    """Nobody witnesses the draw that they called."""

    code = "own_draw"

    def __init__(self) -> None:
        super().__init__(
            _(
                "You entered the public value yourself. Another person has to witness it."
            )
        )


class ListChanged(DomainError):
    """The list is not the one that was published."""

    code = "list_changed"

    def __init__(self) -> None:
        super().__init__(
            _("The list of tickets is not the one that was frozen. Nothing was drawn.")
        )
