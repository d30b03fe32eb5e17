"""docs/benchmarks.md, written by the run."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from tests.bench.results import Row, Section
from tests.bench.scope import Scope

PATH = Path(__file__).resolve().parents[2] / "docs" / "benchmarks.md"
INTRODUCTION = """\
# Benchmarks

Written by `make bench`. The floor is what PostgreSQL itself can do: a raw, prepared
statement that writes the same rows into the same tables, by as many clients, without
rules, locks held across statements, or answers to a repeated request. Floor and product
take turns in the same run, so their ratio holds where the absolute numbers depend on
the machine. Numbers are medians, with the lowest and the highest turn in parentheses.
"""


def write(
    sections: Sequence[Section],
    *,
    scope: Scope,
    machine: Iterable[tuple[str, str]],
    at: datetime,
    seconds: float,
    path: Path = PATH,
) -> None:
    """Write the document."""
    facts = [
        ("date", f"{at:%Y-%m-%d %H:%M} UTC"),
        *machine,
        ("members", f"{scope.members:,}, with four purchases each"),
        ("clients", f"{scope.clients} processes on the same machine"),
        ("turns", f"{scope.rounds} of {scope.seconds:g} s for each side"),
        ("the whole run", f"{seconds / 60:.0f} min"),
    ]
    lines = [INTRODUCTION, *_table(("", ""), facts), "", *_verdict(sections)]
    for section in sections:
        lines += ["", f"## {section.title}", ""]
        lines += _table(
            (*section.header, "met"), [(*row.cells, _met(row)) for row in section.rows]
        )
        if section.note:
            lines += ["", section.note]
    path.write_text("\n".join(lines) + "\n")


def text_of(section: Section) -> Iterator[str]:
    """Yield the lines of the section for a terminal."""
    table = [
        (*section.header, "met"),
        *((*row.cells, _met(row)) for row in section.rows),
    ]
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    yield f"\n{section.title}"
    for line in table:
        cells = zip(line, widths, strict=True)
        yield "  " + "  ".join(f"{cell:<{width}}" for cell, width in cells).rstrip()


def _verdict(sections: Sequence[Section]) -> list[str]:
    asked = [row for each in sections for row in each.rows if row.is_met is not None]
    missed = [row.cells[0] for row in asked if not row.is_met]
    said = f"{len(asked) - len(missed)} of {len(asked)} bounds are met."
    return [f"{said} Missed: {', '.join(missed)}." if missed else said]


def _met(row: Row) -> str:
    return {None: "", True: "yes", False: "NO"}[row.is_met]


def _table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    lines = [header, ["---"] * len(header), *rows]
    return [f"| {' | '.join(cells)} |" for cells in lines]
