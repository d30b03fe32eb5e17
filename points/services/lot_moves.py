"""Move whole lots to another account, one entry out and one in for each."""

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


@dataclass(frozen=True)
class Route:
    """From whom to whom; `document` begins the keys, `source_id` names the merge."""

    sender_id: int
    receiver_id: int
    document: str
    source_id: str


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
    debits = [
        Debit(
            member_id=route.sender_id,
            kind=Entry.Kind.MERGE_OUT,
            points=lot.points,
            occurred_at=at,
            key=f"{route.document}:out:{lot.lot_id}",
            source=SOURCE,
            source_id=route.source_id,
            lot_id=lot.lot_id,
        )
        for lot in lots
    ]
    credits_ = [
        Credit(
            member_id=route.receiver_id,
            kind=Entry.Kind.MERGE_IN,
            points=lot.points,
            occurred_at=at,
            key=f"{route.document}:in:{lot.lot_id}",
            source=SOURCE,
            source_id=route.source_id,
            effective_at=lot.effective_at,
            expires_at=lot.expires_at,
            priority=lot.priority,
            origin_id=lot.origin_id,
        )
        for lot in lots
    ]
    if lots:
        post_debits(debits, posted_at=at, actor=actor, are_fresh=True)
        post_credits(credits_, posted_at=at, actor=actor, are_locked=True)
    return sum(lot.points for lot in lots)


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
