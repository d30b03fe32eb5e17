"""Files of refunds, taken and run to their end as a worker would."""

from uuid import uuid4

from points.imports.columns import ColumnMap
from points.models import Purchase, RefundImport
from points.services.refund_imports import start_posting, take_refunds
from tests.factories import CLERK, NOON, make_member, make_purchase, purchase_of
from tests.points.imports.files import right_now, run_to_end

HEADER = "purchase,refund_id,refunded_at,line,quantity,amount"
AT = "2026-06-15T12:00:00+00:00"


def bought(count: int) -> list[Purchase]:
    """Post purchases A0, A1 and so on of one member each, at noon."""
    return [
        purchase_of(make_purchase(make_member(), source_id=f"A{n}", at=NOON))
        for n in range(count)
    ]


def rows_of(*rows: str, header: str = HEADER) -> str:
    """Return the text of a file."""
    return "\n".join([header, *rows]) + "\n"


def refunds_of(count: int) -> str:
    """Return a file that refunds A0, A1 and so on, each in full."""
    return rows_of(*(f"A{n},R{n},{AT},,," for n in range(count)))


def taken(content: str | bytes, *, source: str = "till") -> RefundImport:
    """Take the file; its check waits for a worker."""
    return take_refunds(
        public_id=uuid4(),
        source=source,
        file_name="june.csv",
        blocks=[content.encode() if isinstance(content, str) else content],
        reading=ColumnMap({}),
        at=right_now(),
        actor=CLERK,
    )


def weighed(content: str, *, source: str = "till") -> RefundImport:
    """Take the file and check it."""
    batch = taken(content, source=source)
    run_to_end(batch.job)
    batch.refresh_from_db()
    return batch


def posted(content: str, *, source: str = "till") -> RefundImport:
    """Take, check and post the file."""
    batch = weighed(content, source=source)
    run_to_end(start_posting(batch=batch, at=right_now(), actor=CLERK))
    batch.refresh_from_db()
    return batch


def sums(batch: RefundImport) -> tuple[str, int, int, int, int, int]:
    """Return state, rows new, known and bad, refunds and points."""
    batch.refresh_from_db()
    return (
        batch.state,
        batch.rows_new,
        batch.rows_known,
        batch.rows_bad,
        batch.refunds,
        batch.points,
    )
