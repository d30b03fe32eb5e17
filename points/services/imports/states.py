"""Moving an import from one state to the next, so that of two clicks one counts."""

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.errors import DomainError
from points.models import PurchaseImport

State = PurchaseImport.State
# What rules see as the channel of a purchase that came in a file.
CHANNEL = "import"


class ImportNotReady(DomainError):
    """The import is not in a state that allows this."""

    code = "import_not_ready"

    def __init__(self) -> None:
        super().__init__(
            _("The import has moved on since the page was opened. See its state.")
        )


def move(batch: PurchaseImport, *, out_of: Collection[str], into: str) -> None:
    """Change the state, or raise ImportNotReady when it is not one of `out_of`."""
    moved = PurchaseImport.objects.filter(pk=batch.pk, state__in=out_of)
    if not moved.update(state=into):
        raise ImportNotReady
    batch.state = into


def give_job(batch: PurchaseImport, job: Job) -> Job:
    """Note which job works on the import."""
    PurchaseImport.objects.filter(pk=batch.pk).update(job=job)
    batch.job = job
    return job


def import_of(job: Job) -> PurchaseImport:
    """Return the import that the job works on, locked until its chunk commits.

    Raises ImportNotReady when it was given to another job since, or discarded: an old
    job that is tried again must not mix its rows into those of a newer one.
    """
    batch = stopped_import(job)
    if batch is None:
        raise ImportNotReady
    return batch


def stopped_import(job: Job) -> PurchaseImport | None:
    """Return the import of a job that has stopped, None when it is not its own."""
    mine = PurchaseImport.objects.select_for_update().filter(job=job)
    return mine.filter(pk=job.params["import"]).first()


def actor_of(job: Job) -> Actor:
    """Return who started the job."""
    kind, _colon, name = job.created_by.partition(":")
    return Actor(kind, name)
