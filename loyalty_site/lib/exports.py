"""Lists as files: CSV that spreadsheets read as UTF-8, and XLSX in constant memory."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.text import get_valid_filename

Cell = str | int | Decimal | bool | date | datetime | None
Row = Sequence[Cell]

BOM = "\N{ZERO WIDTH NO-BREAK SPACE}"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET_ROWS = 1_048_576
COLUMN_WIDTH = 16
# A text that starts like this is run as a formula by spreadsheets.
FORMULA_STARTS = (
    *("=", "+", "-", "@", "\t", "\r", "\n"),
    *("\N{FULLWIDTH EQUALS SIGN}", "\N{FULLWIDTH PLUS SIGN}"),
    *("\N{FULLWIDTH HYPHEN-MINUS}", "\N{FULLWIDTH COMMERCIAL AT}"),
)


def safe_text(text: str) -> str:
    """Return the text with an apostrophe before it when it would run as a formula."""
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def csv_cell(cell: Cell) -> str:
    """Return a cell as text; numbers and days are plain, text cannot be a formula."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        return safe_text(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return str(cell)


def csv_lines(header: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """Yield the lines of a CSV with BOM; nothing is kept in memory."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield BOM
    for row in _with_header(header, rows):
        writer.writerow([csv_cell(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Row]) -> int:
    """Write a CSV file and return how many rows it holds without the header."""
    lines = -2
    with path.open("w", encoding="utf-8", newline="") as file:
        for line in csv_lines(header, rows):
            file.write(line)
            lines += 1
    return lines


def write_xlsx(path: Path, header: Sequence[str], rows: Iterable[Row]) -> int:
    """Write an XLSX file row by row and return how many rows it holds.

    A sheet that is full is followed by another one with the same header. Instants are
    written as in the CSV, because a cell of a spreadsheet knows no zone.
    """
    count = 0
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        sheet = _Sheet(book, header)
        for row in rows:
            if sheet.is_full:
                sheet = _Sheet(book, header)
            sheet.write(row)
            count += 1
    return count


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Row]
) -> StreamingHttpResponse:
    """Return a download `name.csv` that streams while the rows are read."""
    response = StreamingHttpResponse(
        csv_lines(header, rows), content_type="text/csv; charset=utf-8"
    )
    response["Content-Disposition"] = f'attachment; filename="{_file(name)}.csv"'
    response["Cache-Control"] = "no-store"
    return response


def xlsx_response(
    name: str, header: Sequence[str], rows: Iterable[Row]
) -> FileResponse:
    """Return a download `name.xlsx`, written to a file of its own first."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.xlsx"
        write_xlsx(path, header, rows)
        # The open file outlives its name; its space is freed when it is sent.
        response = FileResponse(
            path.open("rb"),
            as_attachment=True,
            filename=f"{_file(name)}.xlsx",
            content_type=XLSX_TYPE,
        )
    response["Cache-Control"] = "no-store"
    return response


def export_response(
    kind: str, name: str, header: Sequence[str], rows: Iterable[Row]
) -> HttpResponseBase:
    """Return the download of that kind, `csv` or `xlsx`; KeyError for another."""
    makers = {"csv": csv_response, "xlsx": xlsx_response}
    return makers[kind](name, header, rows)


class _Sheet:
    """A sheet with its header, and the row to be written next."""

    def __init__(self, book: xlsxwriter.Workbook, header: Sequence[str]) -> None:
        self._sheet = book.add_worksheet()
        self._bold = book.add_format({"bold": True})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, max(len(header) - 1, 0), COLUMN_WIDTH)
        for column, title in enumerate(header):
            self._sheet.write_string(0, column, title, self._bold)
        self._next = 1

    @property
    def is_full(self) -> bool:
        return self._next >= SHEET_ROWS

    def write(self, row: Row) -> None:
        for column, cell in enumerate(row):
            self._write_cell(column, cell)
        self._next += 1

    def _write_cell(self, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            self._sheet.write_boolean(self._next, column, cell)
        elif isinstance(cell, int | Decimal):
            self._sheet.write_number(self._next, column, cell)
        elif isinstance(cell, datetime):
            self._sheet.write_string(self._next, column, csv_cell(cell))
        elif isinstance(cell, date):
            self._sheet.write_datetime(self._next, column, cell, self._day)
        else:
            self._sheet.write_string(self._next, column, safe_text(cell))


def _with_header(header: Sequence[str], rows: Iterable[Row]) -> Iterator[Row]:
    yield header
    yield from rows


def _file(name: str) -> str:
    return get_valid_filename(name).encode("ascii", "ignore").decode() or "export"
