"""Rows of a file of refunds: their columns, and reading them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext as _, gettext_lazy

from points.imports.columns import ColumnMap, guess_columns
from points.imports.errors import ColumnsNotMapped, FileNotReadable
from points.imports.problems import Problem
from points.imports.reading import Record, RecordReader
from points.imports.values import (
    AmountReader,
    DateReader,
    UnreadableError,
    read_text,
    read_units,
)

LONGEST_ID, LONGEST_REASON, MOST_DIGITS = 120, 200, 6
# As many lines as a purchase has at most; more are a column that was misread.
MOST_ROWS = 500
REQUIRED = ("purchase", "id", "at")
FIELD_LABELS = {
    "purchase": gettext_lazy("Id of the purchase"),
    "id": gettext_lazy("Id of the refund"),
    "at": gettext_lazy("Date, or date and time"),
    "line": gettext_lazy("Line of the purchase"),
    "quantity": gettext_lazy("Pieces of the line"),
    "amount": gettext_lazy("Amount"),
    "currency": gettext_lazy("Currency"),
    "reason": gettext_lazy("Reason"),
}
FIELDS = tuple(FIELD_LABELS)
MEANINGS = {
    "purchase": gettext_lazy("Id of the purchase, as the source gave it."),
    "id": gettext_lazy(
        "Id of the refund. It is posted once, however often the file is imported."
    ),
    "at": gettext_lazy("When it came back, such as 2026-11-22 14:30 or 2026-11-22."),
    "line": gettext_lazy(
        "Which line of the purchase comes back: 1 is the first. Empty for all of it."
    ),
    "quantity": gettext_lazy("How many pieces of that line."),
    "amount": gettext_lazy(
        "Money of the line or of the purchase. Empty for all that is left."
    ),
    "currency": gettext_lazy("The currency of the programme."),
    "reason": gettext_lazy("Why, as a note for colleagues."),
}
# A file to begin with: every field by its first usual name, and one refund of each kind.
TEMPLATE_ROWS = (
    ("A1", "R1", "2026-11-20 14:30", "2", "1", "", "{currency}", "too small"),
    ("A2", "R2", "2026-11-20 15:10", "", "", "12.50", "{currency}", ""),
    ("A3", "R3", "2026-11-21", "", "", "", "{currency}", "sent back"),
)
USUAL_NAMES: Mapping[str, tuple[str, ...]] = {
    "id": (
        *("refund_id", "return_id", "credit_note", "refund", "return"),
        *("退款单号", "退款單號", "退货单号", "退貨單號"),
    ),
    "purchase": (
        *("purchase", "purchase_id", "order_id", "order", "receipt", "transaction_id"),
        *("原单号", "原單號", "订单号", "訂單號", "单号", "單號"),
    ),
    "at": (
        *("refunded_at", "returned_at", "at", "date", "datetime", "time"),
        *("退款时间", "退款時間", "日期", "时间", "時間"),
    ),
    "line": ("line", "position", "line_number", "行号", "行號"),
    "quantity": ("quantity", "qty", "units", "pieces", "数量", "數量"),
    "amount": (
        *("amount", "refund_amount", "total"),
        *("退款金额", "退款金額", "金额", "金額"),
    ),
    "currency": ("currency", "ccy", "币种", "貨幣"),
    "reason": ("reason", "why", "原因"),
}
TEMPLATE_HEADER = tuple(USUAL_NAMES[name][0] for name in FIELDS)
T = TypeVar("T")


class ColumnMeaning(NamedTuple):
    """A column of the file to begin with, and what it holds."""

    name: str
    is_required: bool
    meaning: str | Promise


def columns_explained() -> list[ColumnMeaning]:
    """Return the columns in the order of the file to begin with."""
    return [
        ColumnMeaning(header, name in REQUIRED, MEANINGS[name])
        for header, name in zip(TEMPLATE_HEADER, FIELDS, strict=True)
    ]


def guess_refund_columns(header: Sequence[str]) -> dict[str, str]:
    """Return the columns by their usual names; raises ColumnsNotMapped for a lack."""
    columns = guess_columns(header, usual=USUAL_NAMES)
    missing = [USUAL_NAMES[name][0] for name in REQUIRED if name not in columns]
    if missing:
        raise ColumnsNotMapped(
            _(
                "Line 1 names no column like %(missing)s. Rename the columns as in the "
                "file to begin with. Line 1 names: %(header)s."
            )
            % {"missing": ", ".join(missing), "header": ", ".join(header)},
            field="file",
        )
    return columns


@dataclass(slots=True)
class RefundRow:
    """One row; without line and amount it asks for everything that is left."""

    line: int
    purchase: str = ""
    id: str = ""
    at: datetime | None = None
    position: int | None = None
    quantity: Decimal | None = None
    amount_minor: int | None = None
    reason: str = ""
    problems: list[Problem] = field(default_factory=list)

    @property
    def refund(self) -> tuple[str, str | int]:
        """What neighbouring rows of one refund have in common."""
        return self.purchase, self.id or self.line


class RefundParser:
    """Reads the mapped columns of one file."""

    def __init__(
        self, columns: ColumnMap, *, currency: str, programme_zone: str, now: datetime
    ) -> None:
        zone = columns.zone(programme_zone=programme_zone)
        self._names = columns.columns
        self._places = columns.positions()
        self._currency = currency
        self._amounts = AmountReader(currency)
        self._dates = DateReader(zone, order=columns.date_order, now=now)

    def parse(self, record: Record) -> RefundRow:
        """Return the row with its values, or with every problem that it has."""
        row = RefundRow(record.line)
        if record.problem:
            row.problems.append(record.problem)
            return row
        cells = record.cells
        row.purchase = self._read(row, cells, "purchase", _purchase) or ""
        row.id = self._read(row, cells, "id", _id) or ""
        row.at = self._read(row, cells, "at", self._at)
        row.position = self._read(row, cells, "line", _position)
        row.quantity = self._read(row, cells, "quantity", _quantity)
        row.amount_minor = self._read(row, cells, "amount", self._amount)
        row.reason = self._read(row, cells, "reason", _reason) or ""
        self._read(row, cells, "currency", self._check_currency)
        if row.quantity is not None and row.position is None and not row.problems:
            row.problems.append(self.problem("line_alone", "quantity"))
        return row

    def problem(
        self, code: str, name: str = "", value: str = "", **params: object
    ) -> Problem:
        """Return a problem with the field `name`, said with the column of the file."""
        return Problem(code, self._names.get(name, ""), value, params)

    def _read(
        self, row: RefundRow, cells: list[str], name: str, reader: Callable[[str], T]
    ) -> T | None:
        if name not in self._places:
            return None
        text = cells[self._places[name]]
        try:
            return reader(text)
        except UnreadableError as refusal:
            row.problems.append(
                Problem(refusal.code, self._names[name], text, refusal.params)
            )
            return None

    def _at(self, text: str) -> datetime:
        try:
            return self._dates.read(text)
        except UnreadableError as refusal:
            if refusal.code == "date_future":
                raise UnreadableError(code="refund_future") from refusal
            raise

    def _amount(self, text: str) -> int | None:
        """Take 12.50 and -12.50 alike: tills write what they give back both ways."""
        text = text.strip().lstrip("-\N{MINUS SIGN}")
        return self._amounts.read(text) if text else None

    def _check_currency(self, text: str) -> None:
        if text.strip().upper() != self._currency:
            raise UnreadableError(code="currency_wrong", currency=self._currency)


class RefundReader:
    """Yields the refunds of a file: neighbouring rows with one id are one refund.

    After each of them `offset` and `line` say where the next one begins, and `is_done`
    that there is none. Raises FileNotReadable where more than `MOST_ROWS` are one.
    """

    def __init__(self, records: RecordReader, parser: RefundParser) -> None:
        self.offset, self.line = records.offset, records.line
        self.is_done = False
        self._records = records
        self._parser = parser

    def __iter__(self) -> Iterator[tuple[RefundRow, ...]]:
        refund: list[RefundRow] = []
        end = self.offset, self.line
        for row in map(self._parser.parse, self._records):
            if refund and row.refund != refund[0].refund:
                self.offset, self.line = end
                yield tuple(refund)
                refund.clear()
            refund.append(row)
            if len(refund) > MOST_ROWS:
                raise FileNotReadable(
                    _(
                        "More than %(limit)s rows from line %(line)s on have the same "
                        "refund id. See that the columns hold what their names say."
                    )
                    % {"limit": MOST_ROWS, "line": refund[0].line}
                )
            end = self._records.offset, self._records.line
        self.offset, self.line = end
        self.is_done = True
        if refund:
            yield tuple(refund)


def _purchase(text: str) -> str:
    if not (found := read_text(text, limit=LONGEST_ID)):
        raise UnreadableError(code="purchase_missing")
    return found


def _id(text: str) -> str:
    if not (found := read_text(text, limit=LONGEST_ID)):
        raise UnreadableError(code="id_missing")
    return found


def _reason(text: str) -> str:
    return read_text(text, limit=LONGEST_REASON)


def _position(text: str) -> int | None:
    text = text.strip()
    if not text:
        return None
    if not (text.isascii() and text.isdecimal() and len(text) <= MOST_DIGITS):
        raise UnreadableError(code="position_unreadable")
    return int(text)


def _quantity(text: str) -> Decimal | None:
    found = read_units(text)
    return None if found is None else Decimal(found)
