"""`manage.py report NAME --format json|csv [--param k=v ...]`: a report for programs."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from loyalty_site.lib.errors import DomainError
from loyalty_site.lib.exports import csv_lines
from reports.definitions import REPORTS
from reports.definitions.base import Report, Table
from reports.selectors.state import current_as_of
from reports.windows import AsOf


class Command(BaseCommand):
    """Print a report, from the rollups as they are."""

    help = "Print a report as JSON, or one of its tables as CSV."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(REPORTS), metavar="NAME")
        parser.add_argument("--format", choices=("json", "csv"), default="json")
        parser.add_argument(
            "--param",
            action="append",
            default=[],
            metavar="K=V",
            help="A parameter as in the page's address; give it again for a list.",
        )
        parser.add_argument(
            "--table", default="", help="The table to print as CSV; else the first."
        )

    def handle(self, *_args: str, **options: Any) -> None:
        report = REPORTS[options["name"]]
        try:
            as_of = current_as_of()
            data = report.read(as_of)
            form = report.form(_given(options["param"]), data)
            if form.unknown:
                _refuse_unknown(form.unknown, sorted(form.fields))
            result = report.compute(form.params(), data)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        tables = report.tables(result)
        if options["format"] == "csv":
            self._write_csv(_chosen(tables, options["table"]))
            return
        answer = _answer(report, as_of, form.given, report.finding(result))
        answer["tables"] = {table.name: _table(table) for table in tables}
        self.stdout.write(
            json.dumps(answer, ensure_ascii=False, indent=2, default=_plain)
        )

    def _write_csv(self, table: Table) -> None:
        header = [column.key for column in table.columns]
        for line in csv_lines(header, table.rows):
            self.stdout.write(line, ending="")


def _given(pairs: list[str]) -> dict[str, list[str]]:
    given: dict[str, list[str]] = {}
    for pair in pairs:
        name, is_pair, value = pair.partition("=")
        if not is_pair:
            message = f"Write a parameter like from=2026-01, not {pair!r}."
            raise CommandError(message)
        given.setdefault(name, []).append(value)
    return given


def _refuse_unknown(unknown: list[str], known: list[str]) -> None:
    message = f"Unknown parameter {', '.join(unknown)}. Known: {', '.join(known)}."
    raise CommandError(message)


def _chosen(tables: tuple[Table, ...], name: str) -> Table:
    by_name = {table.name: table for table in tables}
    if name and name not in by_name:
        message = f"There is no table {name!r}. Tables: {', '.join(by_name)}."
        raise CommandError(message)
    return by_name[name] if name else tables[0]


def _answer(
    report: Report[Any, Any, Any], as_of: AsOf, params: dict[str, Any], finding: str
) -> dict[str, Any]:
    return {
        "report": report.slug,
        "title": str(report.title),
        "as_of": as_of.at.isoformat(),
        "time_zone": as_of.zone.key,
        "currency": as_of.currency,
        "parameters": params,
        "definitions": {metric.slug: metric.version for metric in report.metrics},
        "finding": finding,
    }


def _table(table: Table) -> list[dict[str, Any]]:
    keys = [column.key for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        # Only written down here: nothing is computed with it any more.
        return float(value)
    message = f"{type(value).__name__} does not belong in a report."
    raise TypeError(message)
