"""Move lots to other accounts, one entry out and one in for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from loyalty_site.lib.actors import Actor
from points import sql
from points.models import Entry
from points.services.posting import Credit, Debit, post_credits, post_debits

SOURCE = "merge"
OPEN = """
SELECT id, remaining, effective_at, expires_at, priority, coalesce(origin_id, entry_id)
FROM points_lot
WHERE account_id = %(account_id)s AND is_open
  AND (expires_at IS NULL OR expires_at > %(at)s)
ORDER BY id
"""


class OpenLot(NamedTuple):
    """What a lot has left (> 0), and what it takes along."""

    lot_id: int
    points: int
    effective_at: datetime
    expires_at: datetime | None
    priority: int
    origin_id: int


class Kinds(NamedTuple):
    """What the entries out and in are called, and by which source."""

    source: str
    out: str
    into: str


MERGING = Kinds(SOURCE, Entry.Kind.MERGE_OUT, Entry.Kind.MERGE_IN)


@dataclass(frozen=True)
class Route:
    """From whom to whom; `document` begins the keys, `source_id` names the cause.

    The keys end in the lot that the points come from, so that they can be followed.
    """

    sender_id: int
    receiver_id: int
    document: str
    source_id: str
    kinds: Kinds = MERGING


def unexpired_lots(account_id: int, *, at: datetime) -> list[OpenLot]:
    """Return the lots with something left that has not expired, pending ones too."""
    rows = sql.run(OPEN, {"account_id": account_id, "at": at})
    return [OpenLot(*row) for row in rows]


def move_lots(
    lots: Sequence[OpenLot], *, route: Route, at: datetime, actor: Actor
) -> int:
    """Move the lots between locked accounts and return how many points that were.

    Dates, priority and origin stay; what the receiver owes is settled at once.
    """
    return move_along([(route, lot) for lot in lots], at=at, actor=actor)


def move_along(
    moves: Sequence[tuple[Route, OpenLot]], *, at: datetime, actor: Actor
) -> int:
    """Move each lot, or so much of it, its own way; see `move_lots`."""
    if moves:
        debits = [_debit(route, lot, at) for route, lot in moves]
        post_debits(debits, posted_at=at, actor=actor, are_fresh=True)
        credits_ = [_credit(route, lot, at) for route, lot in moves]
        post_credits(credits_, posted_at=at, actor=actor, are_locked=True)
    return sum(lot.points for _route, lot in moves)


def _debit(route: Route, lot: OpenLot, at: datetime) -> Debit:
    return Debit(
        member_id=route.sender_id,
        kind=route.kinds.out,
        points=lot.points,
        occurred_at=at,
        key=f"{route.document}:out:{lot.lot_id}",
        source=route.kinds.source,
        source_id=route.source_id,
        lot_id=lot.lot_id,
    )


def _credit(route: Route, lot: OpenLot, at: datetime) -> Credit:
    return Credit(
        member_id=route.receiver_id,
        kind=route.kinds.into,
        points=lot.points,
        occurred_at=at,
        key=f"{route.document}:in:{lot.lot_id}",
        source=route.kinds.source,
        source_id=route.source_id,
        effective_at=lot.effective_at,
        expires_at=lot.expires_at,
        priority=lot.priority,
        origin_id=lot.origin_id,
    )


def forward_lots(
    *, sender_id: int, receiver_id: int, cause: int, at: datetime, actor: Actor
) -> None:
    """Send on what came back to an account that was merged; both are locked.

    `cause` is the entry that brought it. What has expired stays and expires there.
    """
    document = f"forward:{cause}"
    move_lots(
        unexpired_lots(sender_id, at=at),
        route=Route(sender_id, receiver_id, document, document),
        at=at,
        actor=actor,
    )
