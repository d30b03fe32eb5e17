"""Reading rows from a file of any size, from any row on."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from points.imports.problems import Problem

LONGEST_LINE_BYTES = 1_000_000
MOST_LINES_OF_A_ROW = 50


@dataclass(frozen=True, slots=True)
class Record:
    """One row: where it begins, and its cells or what is wrong with it."""

    line: int
    cells: list[str]
    problem: Problem | None = None


class RecordReader:
    """Yields the rows of an open file from `offset`, which is line number `line`.

    After each row `offset` and `line` say where the next one begins, so that reading
    can go on from there in another process. Rows without any value are passed over. A
    row with broken quotes costs one line, never the rest of the file.
    """

    def __init__(
        self, file: BinaryIO, *, delimiter: str, width: int, offset: int, line: int
    ) -> None:
        self.offset = offset
        self.line = line
        self._file = file
        self._delimiter = delimiter
        self._width = width
        file.seek(offset)

    def __iter__(self) -> Iterator[Record]:
        readline = self._file.readline
        while raw := readline(LONGEST_LINE_BYTES):
            start = self.line
            self.offset += len(raw)
            self.line += 1
            if len(raw) == LONGEST_LINE_BYTES and not raw.endswith(b"\n"):
                self._skip_line()
                limit = {"limit": LONGEST_LINE_BYTES}
                yield Record(start, [], Problem("line_too_long", params=limit))
                continue
            record = self._record(raw.decode(), start)
            if record:
                yield record

    def _record(self, text: str, start: int) -> Record | None:
        if '"' in text:
            cells = self._quoted(text)
            if isinstance(cells, Problem):
                return Record(start, [], cells)
        else:
            cells = text.rstrip("\r\n").split(self._delimiter)
        if len(cells) == self._width:
            return Record(start, cells) if "".join(cells).strip() else None
        if not "".join(cells).strip():
            return None
        counts = {"found": len(cells), "expected": self._width}
        return Record(start, cells, Problem("columns_wrong", params=counts))

    def _quoted(self, text: str) -> list[str] | Problem:
        """Return the cells of a row with quotation marks, or what is wrong with it."""
        offset, line = self.offset, self.line
        problem = Problem("quotes_broken", value=text.strip())
        for _count in range(MOST_LINES_OF_A_ROW):
            try:
                return next(
                    csv.reader([text], delimiter=self._delimiter, strict=True), []
                )
            except csv.Error as error:
                if "field limit" in str(error):
                    limit = {"limit": csv.field_size_limit()}
                    problem = Problem("line_too_long", value=text, params=limit)
                is_open = "unexpected end of data" in str(error)
                raw = self._file.readline(LONGEST_LINE_BYTES) if is_open else b""
            if not raw or len(text) > LONGEST_LINE_BYTES:
                break
            text += raw.decode(errors="replace")
            self.offset += len(raw)
            self.line += 1
        self._file.seek(offset)
        self.offset, self.line = offset, line
        return problem

    def _skip_line(self) -> None:
        while raw := self._file.readline(LONGEST_LINE_BYTES):
            self.offset += len(raw)
            if raw.endswith(b"\n"):
                return
