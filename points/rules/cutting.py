"""Cutting what is given to the limits."""

from points.rules.base import EarningEvent, Exact
from points.rules.caps import BALANCE, PURCHASE, REJECT, Caps, Cut
from points.rules.tally import Tally


def cut(
    value: Exact,
    caps: Caps,
    event: EarningEvent,
    *,
    owner: int,
    tally: Tally | None,
    overflow: str,
    balance_limit: int | None = None,
) -> Cut | None:
    """Return what limits leave of the points, None where they leave all of them.

    Where they would be exceeded, `trim` leaves what fits and `reject` nothing.
    """
    rooms = [] if caps.purchase is None else [Cut(caps.purchase, PURCHASE)]
    if tally is not None:
        rooms += tally.rooms(owner, caps, event)
        if balance_limit is not None:
            balance = tally.balances.get(event.member_id, 0)
            rooms.append(Cut(balance_limit - balance, BALANCE))
    least = min(rooms, key=lambda room: room.left, default=None)
    if least is None or value <= least.left:
        return None
    return Cut(0 if overflow == REJECT else max(least.left, 0), least.cap)
