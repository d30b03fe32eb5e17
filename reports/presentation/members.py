"""A page of the list behind a figure."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from operator import attrgetter
from typing import Any

from django.utils.functional import Promise

from loyalty_site.lib import formats
from loyalty_site.lib.exports import Cell
from loyalty_site.lib.money import from_minor
from reports.definitions.base import Behind, MemberColumn

Anything = Any  # what a column of some model holds


@dataclass(frozen=True)
class ShownValue:
    """A value with its column, which says how it is set."""

    text: str
    column: MemberColumn
    url: str = ""


def shown_row(row: Anything, behind: Behind, currency: str) -> list[ShownValue]:
    """Return a row of the page."""
    return [_shown(_value(row, column), column, currency) for column in behind.columns]


def exported_row(row: Anything, behind: Behind, currency: str) -> list[Cell]:
    """Return a row of the export; the member is a number and a name."""
    cells: list[Cell] = []
    for column in behind.columns:
        value = _value(row, column)
        if column.kind == "member":
            cells += [value.number, value.full_name]
        elif column.kind == "money":
            cells.append(from_minor(value, currency))
        else:
            cells.append(_plain(value))
    return cells


def export_header(behind: Behind) -> list[str]:
    """Return the header of the export."""
    header: list[str] = []
    for column in behind.columns:
        header.append(str(column.label))
        if column.kind == "member":
            header[-1:] = [_number_label(column.label), str(column.label)]
    return header


def _number_label(label: str | Promise) -> str:
    return f"{label} #"


def _value(row: Anything, column: MemberColumn) -> Anything:
    def step(value: Anything, name: str) -> Anything:
        return None if value is None else attrgetter(name)(value)

    return reduce(step, column.path.split("."), row)


def _plain(value: Anything) -> Cell:
    is_plain = value is None or isinstance(value, int) or hasattr(value, "isoformat")
    plain: Cell = value if is_plain else str(value)
    return plain


def _shown(value: Anything, column: MemberColumn, currency: str) -> ShownValue:
    if column.kind == "member":
        return ShownValue(value.display_name, column, value.get_absolute_url())
    writers: dict[str, Callable[[Anything], str]] = {
        "day": formats.day_dense,
        "number": formats.number,
        "signed": formats.signed,
        "money": lambda amount: formats.money(amount, currency),
        "tier": lambda tier: tier.local_name if tier else "",
    }
    write = writers.get(column.kind, lambda text: "" if text is None else str(text))
    return ShownValue(write(value), column)
