"""Number the tickets of a draw as they are sold, and keep those of a frozen list."""

from loyalty_site.lib.ids import new_code
from points import sql
from points.errors.lotteries import DrawClosed, TicketInDraw, TicketNotWon
from points.models import LotteryTicket, Redemption

HOLDER_LENGTH = 8
# Whoever freezes the list has the counter's row: a sale waits for it, and is refused then.
NUMBER = """
WITH counted AS (
  UPDATE points_lotterycounter c SET tickets = c.tickets + 1
  FROM points_lottery l
  WHERE l.id = c.lottery_id AND l.reward_id = %(reward)s AND l.closes_at > %(at)s
    AND NOT c.is_frozen
  RETURNING c.lottery_id, c.tickets
)
INSERT INTO points_lotteryticket (lottery_id, number, redemption_id, holder)
SELECT counted.lottery_id, counted.tickets, %(redemption)s, coalesce((
  SELECT t.holder FROM points_redemption r
  JOIN points_lotteryticket t ON t.redemption_id = r.id
  WHERE r.account_id = %(account)s AND t.lottery_id = counted.lottery_id LIMIT 1
), %(holder)s)
FROM counted RETURNING number
"""
FROZEN = """
SELECT c.is_frozen FROM points_lotteryticket t
JOIN points_lotterycounter c ON c.lottery_id = t.lottery_id
WHERE t.redemption_id = %(redemption)s
FOR SHARE OF c
"""


def give_ticket(redemption: Redemption) -> int:
    """Return the number of the redemption's new ticket, the next of its draw.

    Under the account's lock. Raises DrawClosed; the caller's transaction then leaves no
    gap in the numbers.
    """
    found = sql.run(
        NUMBER,
        {
            "reward": redemption.reward_id,
            "at": redemption.at,
            "redemption": redemption.pk,
            "account": redemption.account_id,
            "holder": new_code(HOLDER_LENGTH),
        },
    )
    if not found:
        raise DrawClosed
    return int(found[0][0])


def require_win(redemption: Redemption) -> None:
    """Raise TicketNotWon where the redemption bought a ticket that has not won."""
    is_ticket = LotteryTicket.objects.filter(redemption=redemption)
    if is_ticket.filter(win=None).exists():
        raise TicketNotWon


def keep_frozen(redemption: Redemption) -> None:
    """Raise TicketInDraw where the redemption's ticket is in a list that is frozen.

    Until the transaction ends no list of its draw is frozen.
    """
    if any(
        is_frozen for (is_frozen,) in sql.run(FROZEN, {"redemption": redemption.pk})
    ):
        raise TicketInDraw
