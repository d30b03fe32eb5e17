"""Import refunds from a CSV file; sent again, it goes on where it stopped."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError
from django.utils import timezone
from django.utils.translation import gettext as _

from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.errors import DomainError
from points.imports.columns import (
    ColumnMap,
    DateOrder,
    check_columns,
    parse_columns,
)
from points.imports.files import Utf8Watch, blocks_of, facts_of, watched
from points.imports.reading import RecordReader
from points.imports.refund_rows import (
    FIELDS,
    REQUIRED,
    RefundParser,
    RefundReader,
    guess_refund_columns,
)
from points.selectors.programme import current_programme
from points.services.refund_files import COUNTED, RefundOfFile, post_refund

ACTOR = system_actor("import_refunds")
LISTED_BAD_ROWS = 1_000
PROGRESS_ROWS = 100
SOME_ROWS_ARE_BAD = 3
INTERRUPTED = 130


class Command(BaseCommand):
    """Posts the refunds one by one, and reports the rows that cannot be posted."""

    help = (
        "Import refunds from a CSV file in UTF-8: by line, by amount, or whole. Refunds "
        "that were posted before are passed over, so a file can be imported again. Exits "
        "with 0 when every row is good, 1 when the file was refused, 3 when some rows "
        "were bad and the others were posted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="name of the till or shop")
        parser.add_argument(
            "--map",
            default="",
            dest="columns",
            metavar="purchase=COLUMN,id=COLUMN,at=COLUMN",
            help="also line=, quantity=, amount=, currency= and reason=",
        )
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--json", action="store_true", help="result as JSON")
        parser.add_argument("--time-zone", default="", metavar="ZONE")
        parser.add_argument("--dates", choices=DateOrder.values, default="ymd")
        parser.add_argument("--delimiter", default="")

    def handle(self, **options: Any) -> None:
        try:
            result = self._run(options)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        except (KeyboardInterrupt, OperationalError) as error:
            # What was posted stays; its ids are known when the file comes again.
            reason = _("Interrupted. Run the same command again to go on.")
            raise CommandError(reason, returncode=INTERRUPTED) from error
        except OSError as error:
            reason = f"{options['file']}: {error.strerror}."
            raise CommandError(reason) from error
        self._tell(result, as_json=options["json"])
        if result["rows_bad"]:
            sys.exit(SOME_ROWS_ARE_BAD)

    def _run(self, options: dict[str, Any]) -> dict[str, Any]:
        path: Path = options["file"]
        columns, offset = _columns_of(path, options)
        programme, now = current_programme(), _now()
        parser = RefundParser(
            columns,
            currency=programme.currency,
            programme_zone=programme.time_zone,
            now=now,
        )
        with path.open("rb") as file:
            reader = RecordReader(
                file,
                delimiter=columns.delimiter,
                width=len(columns.header),
                offset=offset,
                line=2,
            )
            counted, bad = Counter[str](), list[dict[str, Any]]()
            for rows in RefundReader(reader, parser):
                refund = post_refund(
                    rows,
                    source=options["source"],
                    parser=parser,
                    is_dry_run=options["dry_run"],
                    at=now,
                    actor=ACTOR,
                )
                counted += refund.counts
                bad += _bad_rows_of(refund)[: LISTED_BAD_ROWS - len(bad)]
                self._show_progress(counted["rows"])
        return {
            "file": path.name,
            "source": options["source"],
            "dry_run": options["dry_run"],
            **{name: counted[name] for name in COUNTED},
            "bad_rows": bad,
        }

    def _show_progress(self, rows: int) -> None:
        if self.stderr.isatty() and rows % PROGRESS_ROWS == 0:
            self.stderr.write(f"\r{rows:,}", ending="")
            self.stderr.flush()

    def _tell(self, result: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
            return
        label = _("to post") if result["dry_run"] else _("posted")
        self.stdout.write(f"{result['file']}: {result['rows']:,}")
        self.stdout.write(f"{result['rows_new']:>12,}  {label}")
        self.stdout.write(f"{result['rows_known']:>12,}  {_('already known')}")
        self.stdout.write(f"{result['rows_bad']:>12,}  {_('with errors')}")
        self.stdout.write(f"{result['points']:>12,}  {_('points')}")
        for each in result["bad_rows"]:
            where = _("line %(line)s") % {"line": each["line"]}
            value = f" “{each['value']}”" if each["value"] else ""
            self.stdout.write(f"{where} {each['column']}{value}: {each['reason']}")


def _bad_rows_of(refund: RefundOfFile) -> list[dict[str, Any]]:
    return [
        {
            "line": row.line,
            "column": problem.column,
            "value": problem.as_json()["value"],
            "code": problem.code,
            "reason": problem.sentence,
        }
        for row in refund.rows
        for problem in row.problems
    ]


def _columns_of(path: Path, options: dict[str, Any]) -> tuple[ColumnMap, int]:
    """Return which column holds what, and where the rows begin; the file is UTF-8."""
    watch = Utf8Watch()
    for _block in watched(blocks_of(path), watch):
        pass
    delimiter = options["delimiter"].replace("\\t", "\t")
    facts = facts_of(path, watch=watch, delimiter=delimiter)
    if options["columns"]:
        columns = parse_columns(options["columns"], fields=FIELDS)
    else:
        columns = guess_refund_columns(facts.header)
    check_columns(columns, facts.header, required=REQUIRED)
    mapped = ColumnMap(
        columns,
        date_order=options["dates"],
        time_zone=options["time_zone"],
        delimiter=facts.delimiter,
        header=facts.header,
    )
    return mapped, facts.data_offset


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a command reads the clock
