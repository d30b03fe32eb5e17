"""Settle what members owe, as soon as points come in."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from loyalty_site.lib.actors import Actor
from points.models import Entry
from points.services.allocation import settling_order, take_in_order
from points.services.open_lots import mark_reserved, open_lots_of
from points.services.writing import take_rows, write_debits


def settle_debts(
    owed: Mapping[int, int],
    *,
    causes: Mapping[int, int],
    at: datetime,
    actor: Actor,
) -> None:
    """Settle what locked accounts owe out of what they have, spendable points first.

    `causes` are the entries that brought points. Pending points settle as well; what has
    expired or is held does not.
    """
    if not owed:
        return
    lots = open_lots_of(owed)
    mark_reserved(lots, at=at)
    moves: list[tuple[Any, ...]] = []
    takes: list[tuple[Any, ...]] = []
    for member_id, debt in owed.items():
        taken = take_in_order(settling_order(lots[member_id], at), debt)
        if settled := sum(take.points for take in taken):
            move = _settlement(member_id, causes[member_id], settled, at)
            moves.append(move)
            takes += take_rows(
                member_id, _key(causes[member_id]), taken, start=len(takes)
            )
    if moves:
        write_debits(moves, takes, lots, at=at, actor=actor)


def _key(cause: int) -> str:
    return f"settle:{cause}"


def _settlement(
    member_id: int, cause: int, settled: int, at: datetime
) -> tuple[Any, ...]:
    """Return the fields of `DEBITS`: no points move, the debt is lowered."""
    return (
        member_id,
        Entry.Kind.DEBT_SETTLEMENT,
        0,
        0,
        at,
        at,
        "debt",
        str(cause),
        _key(cause),
        "",
        None,
        None,
        -settled,
    )
