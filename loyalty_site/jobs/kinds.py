"""The kinds of jobs there are: an app names its own when it starts."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from loyalty_site.jobs.models import Job


@dataclass(frozen=True)
class Step:
    """What one chunk came to; it is committed together with the chunk's own writes.

    `rows` were done by this chunk; `rows_total` is given when it became known.
    """

    cursor: Any
    rows: int
    is_last: bool
    rows_total: int | None = None
    message: str = ""
    result_url: str = ""
    file_path: str = ""


TakeChunk = Callable[[Job, datetime], Step]
OnStop = Callable[[Job, datetime], None]


def _nothing(_job: Job, _at: datetime) -> None:
    """Do nothing when a job stops early."""


@dataclass(frozen=True)
class JobKind:
    """A kind of job.

    `take_chunk` does one chunk inside a transaction. `on_stop` runs, in a transaction
    of its own, when the job was cancelled or has failed for good.
    """

    slug: str
    take_chunk: TakeChunk
    on_stop: OnStop = _nothing


JOB_KINDS: dict[str, JobKind] = {}


def register_job_kind(kind: JobKind) -> None:
    """Make a kind known; called once per kind from an app's `ready`."""
    JOB_KINDS[kind.slug] = kind
