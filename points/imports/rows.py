"""Turning records into rows fit for staging, each with a key that repeats."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from points.imports.columns import PARTS, ColumnMap
from points.imports.problems import Problem
from points.imports.reading import Record
from points.imports.values import (
    AmountReader,
    DateReader,
    UnreadableError,
    read_codes,
    read_text,
    read_units,
)

LONGEST = {"member": 80, "id": 120, "store": 40, "payment": 40}
MORE = ("payment", "codes", *PARTS)
T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """A row as it will be staged; with problems, the values may be missing."""

    line: int
    member_ref: str = ""
    source_id: str = ""
    amount_minor: int | None = None
    occurred_at: datetime | None = None
    store: str = ""
    units: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    member_id: int | None = None
    is_known: bool = False
    problems: list[Problem] = field(default_factory=list)


class RowParser:
    """Reads the mapped columns of one file."""

    def __init__(
        self, columns: ColumnMap, *, currency: str, programme_zone: str, now: datetime
    ) -> None:
        zone = columns.zone(programme_zone=programme_zone)
        self.has_ids = "id" in columns.columns
        self._names = columns.columns
        self._places = columns.positions()
        self._more = [name for name in MORE if name in self._places]
        self._currency = currency
        self._amounts = AmountReader(currency)
        self._dates = DateReader(zone, order=columns.date_order, now=now)

    def parse(self, record: Record) -> Row:
        """Return the row with its values, or with every problem that it has."""
        row = Row(record.line)
        if record.problem:
            row.problems.append(record.problem)
            return row
        cells = record.cells
        row.member_ref = self._read(row, cells, "member", _member) or ""
        row.occurred_at = self._read(row, cells, "at", self._dates.read)
        row.amount_minor = self._read(row, cells, "amount", self._amounts.read)
        if "store" in self._places:
            row.store = self._read(row, cells, "store", _store) or ""
        if "units" in self._places:
            row.units = self._read(row, cells, "units", read_units)
        if "currency" in self._places:
            self._read(row, cells, "currency", self._check_currency)
        if self._more:
            row.more = self._read_more(row, cells)
        if self.has_ids:
            row.source_id = self._read(row, cells, "id", _id) or ""
        elif not row.problems:
            row.source_id = content_key(row)
        return row

    def _read_more(self, row: Row, cells: list[str]) -> dict[str, Any]:
        """Return what is said beside the usual, by the names of `NewPurchase`."""
        more: dict[str, Any] = {}
        for name in self._more:
            if name in PARTS:
                part = self._read(row, cells, name, self._part)
                if part is not None and name != "discount":
                    self._check_part(row, cells, name, part)
                more[f"{name}_minor"] = part
            else:
                reader = read_codes if name == "codes" else _payment
                more[name] = self._read(row, cells, name, reader)
        return {name: value for name, value in more.items() if value or value == 0}

    def _part(self, text: str) -> int | None:
        return self._amounts.read(text) if text.strip() else None

    def _check_part(self, row: Row, cells: list[str], name: str, part: int) -> None:
        if row.amount_minor is not None and part > row.amount_minor:
            text = cells[self._places[name]]
            row.problems.append(self.problem("part_too_large", name, text))

    def problem(self, code: str, name: str, value: str, **params: object) -> Problem:
        """Return a problem with the field `name`, said with the column of the file."""
        return Problem(code, self._names.get(name, ""), value, params)

    def _read(
        self, row: Row, cells: list[str], name: str, reader: Callable[[str], T]
    ) -> T | None:
        text = cells[self._places[name]]
        try:
            return reader(text)
        except UnreadableError as refusal:
            row.problems.append(
                Problem(refusal.code, self._names[name], text, refusal.params)
            )
            return None

    def _check_currency(self, text: str) -> None:
        if text.strip().upper() != self._currency:
            raise UnreadableError(code="currency_wrong", currency=self._currency)


def content_key(row: Row) -> str:
    """Return the key of a row in a file without ids: SHA-256 of what it says.

    Rows that say the same have the same key here; staging adds their place among
    each other (`occurrence_key`), so that both count and a second run repeats none.
    The values are normalised: another way of writing the same row changes nothing, nor
    does another column that says more of it.
    """
    at, units = str(row.occurred_at), _plain_units(row.units)
    says = f"{row.member_ref}\x1f{at}\x1f{row.amount_minor}\x1f{row.store}\x1f{units}"
    digest = hashlib.sha256(says.encode()).digest()
    return f"row:{urlsafe_b64encode(digest).decode().rstrip('=')}"


def occurrence_key(content: str, place: int) -> str:
    """Return the key of the `place`-th row (from 1) among equal rows of a file."""
    return content if place == 1 else f"{content}#{place}"


def _plain_units(units: str | None) -> str:
    if units is None:
        return ""
    whole, _dot, part = units.partition(".")
    part = part.rstrip("0")
    return f"{int(whole)}.{part}" if part else str(int(whole))


def _member(text: str) -> str:
    if not (found := read_text(text, limit=LONGEST["member"])):
        raise UnreadableError(code="member_missing")
    return found


def _id(text: str) -> str:
    if not (found := read_text(text, limit=LONGEST["id"])):
        raise UnreadableError(code="id_missing")
    return found


def _payment(text: str) -> str:
    return read_text(text, limit=LONGEST["payment"])


def _store(text: str) -> str:
    return read_text(text, limit=LONGEST["store"])
