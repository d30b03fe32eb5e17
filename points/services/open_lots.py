"""Read the lots of locked accounts, as far as a debit needs them."""

from collections.abc import Iterable
from datetime import datetime

from points import sql
from points.services.allocation import OpenLot, spendable
from points.services.statements import (
    FIRST_LOTS,
    FIRST_LOTS_LIMIT,
    OPEN_LOTS,
    RESERVED_LOTS,
)

Lots = dict[int, list[OpenLot]]


def open_lots_of(member_ids: Iterable[int]) -> Lots:
    """Return the lots with something left, in burn order, by member."""
    ids = sorted(member_ids)
    lots: Lots = {each: [] for each in ids}
    if ids:
        for account_id, *lot in sql.run(OPEN_LOTS, {"ids": ids}, rows=len(ids)):
            lots[account_id].append(OpenLot(*lot))
    return lots


def first_lots_of(member_id: int, *, wanted: int, at: datetime) -> Lots:
    """Return at least the lots out of which `wanted` points can be spent, and one more.

    A busy account has thousands of lots, and a redemption wants the first few. One lot
    must be left over, since it tells the account's next expiry.
    """
    rows = sql.run(
        FIRST_LOTS,
        {"id": member_id, "at": at, "wanted": wanted, "limit": FIRST_LOTS_LIMIT},
    )
    lots = [OpenLot(*lot) for lot in rows]
    if spendable(lots, at) > wanted or len(lots) < FIRST_LOTS_LIMIT:
        return {member_id: lots}
    return open_lots_of([member_id])


def mark_reserved(lots: Lots, *, at: datetime) -> None:
    """Mark in the lots what live holds reserve."""
    rows = sql.run(RESERVED_LOTS, {"ids": list(lots), "at": at}, rows=len(lots))
    reserved = {lot_id: points for _account_id, lot_id, points in rows}
    for each in lots.values():
        for lot in each:
            lot.reserved = reserved.get(lot.id, 0)
