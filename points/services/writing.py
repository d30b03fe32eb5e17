"""Write movements, and the documents that they follow from, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from loyalty_site.lib.actors import Actor
from points import sql
from points.services.allocation import Take
from points.services.events import tell_movements
from points.services.open_lots import Lots
from points.services.statements import (
    DEBITS,
    DOCUMENTED,
    LEFT,
    NO_DOCUMENT,
    TAKES,
    WRITE_DEBITS,
)


class Movement(NamedTuple):
    """One entry that was written: signed points, and the document written with it.

    `owed` is what the account owes after it; `is_awaited` says that some endpoint wants to
    be told of movements and of what they follow from.
    """

    entry_id: int
    member_id: int
    key: str
    points: int
    owed: int
    document_id: int | None
    is_awaited: bool


@dataclass(frozen=True, slots=True)
class Documents:
    """What the entries follow from, written by the same statement.

    `statement` is a common table expression `document` of (id, key of the entry), and
    `values` and `given` are its parameters. Of debits it may read `posted`; of credits it comes
    first, and a credit without a document is not posted.
    """

    statement: str = NO_DOCUMENT
    values: Mapping[str, Any] = field(default_factory=dict)
    given: Mapping[sql.Given, sql.Rows] = field(default_factory=dict)


def take_rows(
    member_id: int, key: str, taken: Sequence[Take], *, start: int
) -> list[tuple[Any, ...]]:
    """Return the fields of `TAKES`; `start` is how many there are already."""
    return [
        (n, member_id, key, take.lot_id, take.points)
        for n, take in enumerate(taken, start=start)
    ]


def write_debits(
    moves: sql.Rows,
    takes: sql.Rows,
    lots: Lots,
    *,
    at: datetime,
    actor: Actor,
    documents: Documents | None = None,
) -> list[Movement]:
    """Write debits with their takes; `lots` are what was left of the accounts."""
    return write(
        WRITE_DEBITS,
        documents or Documents(),
        {"posted_at": at, "actor": str(actor)},
        {DEBITS: moves, TAKES: takes, LEFT: _next_expiries(lots)},
    )


def write(
    statement: str,
    documents: Documents,
    values: Mapping[str, Any],
    given: Mapping[sql.Given, sql.Rows],
) -> list[Movement]:
    """Run a statement of movements, with that of their documents put in."""
    written = sql.run(
        _with_document(statement, documents.statement),
        {**values, **documents.values},
        {**given, **documents.given},
    )
    movements = [Movement(*row) for row in written]
    if movements and movements[0].is_awaited:
        moved = [each.entry_id for each in movements if each.points]
        tell_movements(moved, at=values["posted_at"])
    return movements


@cache
def _with_document(statement: str, document: str) -> str:
    documented = "" if document == NO_DOCUMENT else DOCUMENTED
    return statement.format(document=document, documented=documented)


def _next_expiries(lots: Lots) -> list[tuple[int, datetime | None]]:
    return [
        (
            member_id,
            min(
                (lot.expires_at for lot in left if lot.remaining and lot.expires_at),
                default=None,
            ),
        )
        for member_id, left in lots.items()
    ]
