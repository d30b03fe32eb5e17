"""Import purchases from a CSV file, and go on where an interrupted run stopped."""

import json
import sys
import time
import uuid
from argparse import ArgumentParser
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.errors import DomainError
from points.imports.columns import ColumnMap, DateOrder, check_columns, parse_columns
from points.imports.files import blocks_of
from points.models import PurchaseImport
from points.selectors.imports import bad_rows_of, check_result_of
from points.services.imports import (
    discard_import,
    start_check,
    start_posting,
    take_file,
)
from points.services.imports.resuming import import_to_resume

ACTOR = system_actor("import_purchases")
SHOWN_BAD_ROWS = 20
LISTED_BAD_ROWS = 1_000
SOME_ROWS_ARE_BAD = 3
INTERRUPTED = 130
BAR_CHARACTERS = 30
WAIT_SECONDS = 0.5
State = PurchaseImport.State


@dataclass(frozen=True)
class Order:
    """What the command line asks for."""

    path: Path
    source: str
    columns: dict[str, str]
    date_order: str
    time_zone: str
    member_system: str
    delimiter: str
    enrols_missing: bool
    is_dry_run: bool


class Command(BaseCommand):
    """Reads the file, checks every row, posts the good ones and reports the others."""

    help = (
        "Import purchases from a CSV file in UTF-8. Rows that were imported before are "
        "passed over, so a file can be imported again. Exits with 0 when every row is "
        "good, 1 when the file was refused, 3 when some rows were bad and the others "
        "were posted."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--source", required=True, help="name of the till or shop")
        parser.add_argument(
            "--map",
            required=True,
            dest="columns",
            metavar="member=COLUMN,at=COLUMN,amount=COLUMN",
            help="also id=, store=, units= and currency=",
        )
        parser.add_argument("--enrol-missing", action="store_true")
        parser.add_argument("--dry-run", action="store_true", help="check only")
        parser.add_argument("--json", action="store_true", help="result as JSON")
        parser.add_argument("--time-zone", default="", metavar="ZONE")
        parser.add_argument("--dates", choices=DateOrder.values, default="ymd")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--members-of", default="", metavar="SYSTEM")

    def handle(self, **options: Any) -> None:
        started = time.monotonic()
        try:
            order = _order_of(options)
            result = self._run(order)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        except OSError as error:
            reason = f"{options['file']}: {error.strerror}."
            raise CommandError(reason) from error
        result["seconds"] = round(time.monotonic() - started, 2)
        self._tell(result, as_json=options["json"])
        if result["rows_bad"]:
            sys.exit(SOME_ROWS_ARE_BAD)

    def _run(self, order: Order) -> dict[str, Any]:
        fresh, columns = _take(order)
        batch = import_to_resume(fresh, columns, is_dry_run=order.is_dry_run)
        if batch.pk != fresh.pk:
            self.stderr.write(_("Going on with the import that was interrupted."))
        try:
            self._check(batch, columns)
            if not order.is_dry_run:
                self._post(batch)
            return _result_of(batch, order)
        finally:
            if order.is_dry_run:
                _leave_no_trace(batch)

    def _check(self, batch: PurchaseImport, columns: ColumnMap) -> None:
        if batch.state == State.UPLOADED:
            start_check(
                batch=batch, columns=columns, at=_now(), actor=ACTOR, wakes=False
            )
        if batch.state == State.STAGING:
            self._finish_job(batch, _("Reading"))

    def _post(self, batch: PurchaseImport) -> None:
        if batch.state == State.CHECKED:
            start_posting(batch=batch, at=_now(), actor=ACTOR, wakes=False)
        if batch.state == State.POSTING:
            self._finish_job(batch, _("Posting"))

    def _finish_job(self, batch: PurchaseImport, label: str) -> None:
        """Run the chunks of the job, or wait while another process runs one."""
        job = _job_of(batch)
        try:
            while not job.is_finished:
                if not run_chunk(job_id=job.pk, at=_now()):
                    time.sleep(WAIT_SECONDS if _is_taken(job) else 0)
                job.refresh_from_db()
                self._show_progress(job, label)
        except KeyboardInterrupt:
            # The chunk was rolled back: another process may go on at once.
            Job.objects.filter(pk=job.pk).update(lease_until=None)
            reason = _("Interrupted. Run the same command again to go on.")
            raise CommandError(reason, returncode=INTERRUPTED) from None
        if self.stderr.isatty():
            self.stderr.write("")
        batch.refresh_from_db()
        if job.state != Job.State.DONE:
            raise CommandError(job.error or _("The import was cancelled."))

    def _show_progress(self, job: Job, label: str) -> None:
        percent = job.percent or 0
        filled = BAR_CHARACTERS * percent // 100
        bar = f"{label} [{'█' * filled:<{BAR_CHARACTERS}}] {percent}% {job.rows_done:,}"
        if self.stderr.isatty():
            self.stderr.write(f"\r{bar}", ending="")
            self.stderr.flush()

    def _tell(self, result: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
            return
        for line in _sentences(result):
            self.stdout.write(line)


def _order_of(options: dict[str, Any]) -> Order:
    return Order(
        path=options["file"],
        source=options["source"],
        columns=parse_columns(options["columns"]),
        date_order=options["dates"],
        time_zone=options["time_zone"],
        member_system=options["members_of"],
        delimiter=options["delimiter"].replace("\\t", "\t"),
        enrols_missing=options["enrol_missing"],
        is_dry_run=options["dry_run"],
    )


def _take(order: Order) -> tuple[PurchaseImport, ColumnMap]:
    """Keep the file, and return its import with the columns that were asked for."""
    batch = take_file(
        public_id=uuid.uuid4(),
        source=order.source,
        file_name=order.path.name,
        blocks=blocks_of(order.path),
        enrols_missing=order.enrols_missing,
        delimiter=order.delimiter,
        at=_now(),
        actor=ACTOR,
    )
    columns = replace(
        ColumnMap.from_json(batch.mapping),
        columns=order.columns,
        date_order=order.date_order,
        time_zone=order.time_zone,
        member_system=order.member_system,
    )
    try:
        check_columns(columns.columns, columns.header)
        columns.zone(programme_zone="UTC")
    except DomainError:
        discard_import(batch=batch)
        raise
    return batch, columns


def _job_of(batch: PurchaseImport) -> Job:
    if batch.job is None:
        raise CommandError(_("The import's job is gone. Run the command again."))
    return batch.job


def _is_taken(job: Job) -> bool:
    return Job.objects.filter(pk=job.pk, lease_until__gt=_now()).exists()


def _leave_no_trace(batch: PurchaseImport) -> None:
    batch.refresh_from_db()
    if batch.state == State.STAGING:
        PurchaseImport.objects.filter(pk=batch.pk).update(state=State.FAILED)
    discard_import(batch=batch)
    if batch.job:
        batch.job.delete()


def _result_of(batch: PurchaseImport, order: Order) -> dict[str, Any]:
    found = check_result_of(batch)
    bad = bad_rows_of(batch, limit=LISTED_BAD_ROWS)
    return {
        "file": batch.file_name,
        "sha256": batch.file_sha256,
        "source": batch.source,
        "import": None if order.is_dry_run else str(batch.public_id),
        "dry_run": order.is_dry_run,
        "rows": batch.rows_total,
        "rows_bad": batch.rows_bad,
        "rows_known": batch.rows_known,
        "rows_new": found.new,
        "rows_posted": batch.rows_posted,
        "members_to_enrol": found.to_enrol,
        "members_enrolled": batch.members_enrolled,
        "points_expected": found.points,
        "points_posted": batch.points_posted,
        "bad_rows": [
            {
                "line": row.line,
                "column": problem.column,
                "value": problem.value,
                "code": problem.code,
                "reason": problem.sentence,
            }
            for row in bad
            for problem in row.problems
        ],
    }


def _sentences(result: dict[str, Any]) -> list[str]:
    for_posting = result["rows_new"] if result["dry_run"] else result["rows_posted"]
    label = _("to post") if result["dry_run"] else _("posted")
    shown = [
        f"{result['file']}: {result['rows']:,} rows",
        f"{for_posting:>12,}  {label}",
        f"{result['rows_known']:>12,}  {_('already known')}",
        f"{result['rows_bad']:>12,}  {_('with errors')}",
    ]
    if result["dry_run"]:
        shown.append(f"{result['members_to_enrol']:>12,}  {_('members to enrol')}")
    else:
        shown.append(f"{result['members_enrolled']:>12,}  {_('members enrolled')}")
        shown.append(f"{result['points_posted']:>12,}  {_('points')}")
    for each in result["bad_rows"][:SHOWN_BAD_ROWS]:
        where = _("line %(line)s") % {"line": each["line"]}
        value = f" “{each['value']}”" if each["value"] else ""
        shown.append(f"{where} {each['column']}{value}: {each['reason']}")
    hidden = len(result["bad_rows"]) - SHOWN_BAD_ROWS
    if hidden > 0:
        shown.append(
            ngettext("and %(n)s more.", "and %(n)s more.", hidden) % {"n": hidden}
        )
    return shown


def _now() -> datetime:
    return timezone.now()  # noqa: TID251 -- a command reads the clock
