"""Files to import, and imports run to their end as a worker would."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.utils import timezone

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from members.models import Identifier, Member
from points.imports.columns import ColumnMap
from points.models import Entry, ImportRow, Purchase, PurchaseImport
from points.services.imports import start_check, start_posting, take_file
from tests.factories import CLERK, make_member

CDNOW = Path(__file__).parents[2] / "data" / "cdnow_sample.csv"
CDNOW_COLUMNS = {
    "member": "customer_id_sample",
    "at": "date",
    "amount": "dollar_value",
    "units": "number_of_cds",
}
COLUMNS = {"member": "member", "at": "at", "amount": "amount"}
WITH_IDS = COLUMNS | {"id": "id"}


def right_now() -> datetime:
    """Return this moment, which a worker would read."""
    return timezone.now()  # noqa: TID251 -- stands in for the worker's clock


def wide(text: str) -> str:
    """Return the text in full-width characters, as Chinese keyboards type them."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def run_to_end(job: Job) -> Job:
    """Run the job's chunks."""
    while run_chunk(job_id=job.pk, at=right_now()):
        pass
    job.refresh_from_db()
    return job


def upload(
    content: bytes | str, *, source: str = "shop", enrols_missing: bool = False
) -> PurchaseImport:
    """Take the file."""
    data = content.encode() if isinstance(content, str) else content
    return take_file(
        public_id=uuid4(),
        source=source,
        file_name="file.csv",
        blocks=[data[start : start + 65_536] for start in range(0, len(data), 65_536)],
        enrols_missing=enrols_missing,
        at=right_now(),
        actor=CLERK,
    )


def checked(
    content: bytes | str,
    *,
    columns: dict[str, str] | None = None,
    source: str = "shop",
    enrols_missing: bool = False,
    **reading: str,
) -> PurchaseImport:
    """Take the file and check it."""
    batch = upload(content, source=source, enrols_missing=enrols_missing)
    guessed = ColumnMap.from_json(batch.mapping)
    wanted = replace(guessed, columns=columns or guessed.columns, **reading)
    job = start_check(batch=batch, columns=wanted, at=right_now(), actor=CLERK)
    assert run_to_end(job).state == Job.State.DONE, job.error
    batch.refresh_from_db()
    return batch


def confirmed(batch: PurchaseImport) -> PurchaseImport:
    """Post what was checked."""
    job = start_posting(batch=batch, at=right_now(), actor=CLERK)
    assert run_to_end(job).state == Job.State.DONE, job.error
    batch.refresh_from_db()
    return batch


def imported(content: bytes | str, **given: object) -> PurchaseImport:
    """Take, check and post the file."""
    return confirmed(checked(content, **given))


def known_member(ref: str = "0001", *, source: str = "shop") -> Member:
    """Enrol a member whom the source knows as `ref`."""
    member = make_member()
    Identifier.objects.create(member=member, system=source, value=ref)
    return member


def problems(batch: PurchaseImport) -> list[tuple[int, str]]:
    """Return line and code of everything that is wrong."""
    rows = batch.rows.filter(error__isnull=False).order_by("line")
    return [(row.line, each["code"]) for row in rows for each in row.error]


def everything_written() -> dict[str, int]:
    """Count what an import could have written, rows and files."""
    models = (PurchaseImport, ImportRow, Purchase, Entry, Member, Identifier, Job)
    counts = {model.__name__: model.objects.count() for model in models}
    counts["files"] = len(list(Path(settings.VAR_DIR, "imports").glob("*")))
    return counts
