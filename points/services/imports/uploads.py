"""Taking a file in, and letting it go again."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from loyalty_site.lib.actors import Actor
from points.imports.columns import ColumnMap, guess_columns
from points.models import PurchaseImport
from points.services.imports.keeping import forget_file, keep_file, kept_file
from points.services.imports.states import ImportNotReady, State, move


def take_file(
    *,
    public_id: UUID,
    source: str,
    file_name: str,
    blocks: Iterable[bytes],
    enrols_missing: bool,
    at: datetime,
    actor: Actor,
    delimiter: str = "",
) -> PurchaseImport:
    """Keep the file and return its import, with the columns guessed from the header.

    The same `public_id` takes a file once. Raises FileNotReadable when the file is too
    large, empty, not UTF-8 or without a header; then neither file nor row is kept.
    """
    if taken := PurchaseImport.objects.filter(public_id=public_id).first():
        return taken
    path, facts = keep_file(public_id=public_id, blocks=blocks, delimiter=delimiter)
    columns = ColumnMap(
        columns=guess_columns(facts.header),
        delimiter=facts.delimiter,
        header=facts.header,
    )
    batch, _is_new = PurchaseImport.objects.get_or_create(
        public_id=public_id,
        defaults={
            "source": source,
            "file_name": file_name[-200:],
            "file_path": path,
            "file_sha256": facts.sha256,
            "mapping": columns.as_json(),
            "enrols_missing": enrols_missing,
            "created_at": at,
            "created_by": str(actor),
            "summary": {"lines": facts.lines},
        },
    )
    return batch


def file_of(batch: PurchaseImport) -> Path:
    """Return where the file is kept; raises FileNotReadable when it is gone."""
    return kept_file(batch.file_path)


@transaction.atomic
def discard_import(*, batch: PurchaseImport) -> None:
    """Forget an import of which nothing was posted, with its rows and its file.

    Raises ImportNotReady when it is being worked on, or was posted.
    """
    waiting = (State.UPLOADED, State.CHECKED, State.FAILED)
    if batch.rows_posted:
        raise ImportNotReady
    move(batch, out_of=waiting, into=State.FAILED)
    forget_rows(batch)
    path = batch.file_path
    batch.delete()
    transaction.on_commit(lambda: forget_file(path))


def forget_rows(batch: PurchaseImport, *, keep_bad: bool = False) -> None:
    """Delete what was staged; what is wrong with bad rows may stay for its reader."""
    rows = batch.rows.filter(error__isnull=True) if keep_bad else batch.rows.all()
    # Nothing refers to a staged row, so none of a million has to be loaded first.
    rows._raw_delete(rows.db)  # noqa: SLF001
