"""Post the refunds of a file, one by one, as the page and the API post them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points.imports.problems import Problem
from points.imports.refund_rows import RefundParser, RefundRow
from points.models import Purchase, Refund
from points.services.refunds import (
    LineBack,
    RefundWish,
    plan_refund,
    refund_purchase,
)


@dataclass(frozen=True)
class RefundOfFile:
    """What became of the rows of one refund: points (>= 0) that it takes back.

    `is_new` is False where it was posted before, and where the rows are bad.
    """

    rows: tuple[RefundRow, ...]
    is_new: bool = False
    points: int = 0

    @property
    def is_bad(self) -> bool:
        """Whether it was not posted."""
        return any(row.problems for row in self.rows)


def post_refunds(
    rows: Iterable[RefundRow],
    *,
    source: str,
    parser: RefundParser,
    is_dry_run: bool,
    at: datetime,
    actor: Actor,
) -> Iterator[RefundOfFile]:
    """Post each refund by itself and yield what became of it; a bad one says why.

    Neighbouring rows with one id are one refund of several lines. (source, id) posts it
    once, so a file that was interrupted is simply sent again. In a dry run each refund
    is weighed up by itself and nothing is written.
    """
    for _key, group in groupby(
        rows, key=lambda row: (row.purchase, row.id or row.line)
    ):
        refund = tuple(group)
        _look_together(refund)
        if any(row.problems for row in refund):
            yield RefundOfFile(refund)
            continue
        try:
            yield _posted(
                refund, _wish(refund, source), is_dry_run=is_dry_run, at=at, actor=actor
            )
        except Purchase.DoesNotExist:
            for row in refund:
                row.problems.append(
                    parser.problem("purchase_unknown", "purchase", row.purchase)
                )
            yield RefundOfFile(refund)
        except DomainError as refusal:
            for row in refund:
                row.problems.append(Problem("refused", params={"reason": str(refusal)}))
            yield RefundOfFile(refund)


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
        known = Refund.objects.filter(source=wish.source, source_id=wish.source_id)
        if known.exists():
            return RefundOfFile(rows)
        plan = plan_refund(purchase=purchase, wish=wish, at=at)
        return RefundOfFile(rows, is_new=True, points=plan.points)
    posted = refund_purchase(purchase=purchase, wish=wish, at=at, actor=actor)
    points = posted.refund.points if posted.is_new else 0
    return RefundOfFile(rows, is_new=posted.is_new, points=points)


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
