"""Post a refund of a file, or weigh it up, as the page and the API do."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points.imports.problems import Problem
from points.imports.refund_rows import RefundParser, RefundRow
from points.models import Purchase
from points.services.refunds import (
    LineBack,
    RefundWish,
    known_refund,
    plan_refund,
    refund_purchase,
)

COUNTED = ("rows", "rows_new", "rows_known", "rows_bad", "refunds", "points")


@dataclass(frozen=True)
class RefundOfFile:
    """What became of the rows of one refund: points (>= 0) that it takes back.

    In a dry run these are all that are due, of which the member may have less. `is_new`
    is False where it was posted before, and where the rows are bad.
    """

    rows: tuple[RefundRow, ...]
    is_new: bool = False
    points: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether it was not posted."""
        return any(row.problems for row in self.rows)

    @property
    def counts(self) -> Counter[str]:
        """What it adds to the sums of its file, by the names of `COUNTED`."""
        state = "rows_bad" if self.is_bad else "rows_known"
        state = "rows_new" if self.is_new else state
        rows = len(self.rows)
        return Counter(
            {"rows": rows, state: rows, "refunds": self.is_new, "points": self.points}
        )


def post_refund(
    rows: tuple[RefundRow, ...],
    *,
    source: str,
    parser: RefundParser,
    is_dry_run: bool,
    at: datetime,
    actor: Actor,
) -> RefundOfFile:
    """Post the refund of these rows and return what became of it; a bad one says why.

    (source, id) posts it once, so a file that was interrupted is simply sent again. In a
    dry run it is weighed up by itself and nothing is written.
    """
    _look_together(rows)
    if any(row.problems for row in rows):
        return RefundOfFile(rows)
    try:
        return _posted(
            rows, _wish(rows, source), is_dry_run=is_dry_run, at=at, actor=actor
        )
    except Purchase.DoesNotExist:
        for row in rows:
            row.problems.append(
                parser.problem("purchase_unknown", "purchase", row.purchase)
            )
    except DomainError as refusal:
        for row in rows:
            row.problems.append(Problem("refused", params={"reason": str(refusal)}))
    return RefundOfFile(rows)


def _look_together(rows: tuple[RefundRow, ...]) -> None:
    """Refuse the good rows of a refund that cannot be posted whole."""
    is_bad = any(row.problems for row in rows)
    is_mixed = len(rows) > 1 and any(row.position is None for row in rows)
    for row in rows:
        if not row.problems and (is_bad or is_mixed):
            code = "refund_beside" if is_bad else "refund_mixed"
            row.problems.append(Problem(code))


def _posted(
    rows: tuple[RefundRow, ...],
    wish: RefundWish,
    *,
    is_dry_run: bool,
    at: datetime,
    actor: Actor,
) -> RefundOfFile:
    purchase = Purchase.objects.get(
        source=wish.source, source_id=rows[0].purchase, is_released=False
    )
    if is_dry_run:
        if known_refund(purchase, wish):
            return RefundOfFile(rows)
        plan = plan_refund(purchase=purchase, wish=wish, at=at)
        return RefundOfFile(rows, is_new=True, points=plan.due)
    refund, is_new = refund_purchase(purchase=purchase, wish=wish, at=at, actor=actor)
    points = refund.collected + refund.owed if is_new else 0
    return RefundOfFile(rows, is_new=is_new, points=points)


def _wish(rows: tuple[RefundRow, ...], source: str) -> RefundWish:
    first = rows[0]
    assert first.at is not None  # noqa: S101 -- a row without problems has it
    lines = tuple(
        LineBack(row.position, row.amount_minor, row.quantity)
        for row in rows
        if row.position is not None
    )
    return RefundWish(
        source=source,
        source_id=first.id,
        occurred_at=first.at,
        amount_minor=None if lines else first.amount_minor,
        lines=lines,
        reason=first.reason,
    )
