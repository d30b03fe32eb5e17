"""Going on with an import that was interrupted, for the same file said the same way."""

from points.imports.columns import ColumnMap
from points.models import PurchaseImport
from points.services.imports.states import State
from points.services.imports.uploads import discard_import

ON_THE_WAY = (State.STAGING, State.CHECKED, State.POSTING)


def import_to_resume(
    batch: PurchaseImport, columns: ColumnMap, *, is_dry_run: bool
) -> PurchaseImport:
    """Return the earlier import of the same file that is on its way.

    The fresh one is then discarded; without an earlier one it is returned itself. A dry
    run never touches another import.
    """
    earlier = PurchaseImport.objects.exclude(pk=batch.pk).filter(
        file_sha256=batch.file_sha256,
        source=batch.source,
        mapping=columns.as_json(),
        enrols_missing=batch.enrols_missing,
        state__in=ON_THE_WAY,
        created_by=batch.created_by,
    )
    found = None if is_dry_run else earlier.first()
    if found is None:
        return batch
    discard_import(batch=batch)
    return found
