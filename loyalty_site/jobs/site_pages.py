"""What jobs add to the home page: those that failed."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from loyalty_site.jobs.models import Job
from loyalty_site.lib import formats
from loyalty_site.lib.home import Person, Tile, register_tiles

SHOWN_DAYS = 7


def register_site_pages() -> None:
    """Make the tile known; called once, from `ready`."""
    register_tiles(failed_jobs)


def failed_jobs(person: Person, at: datetime) -> Iterable[Tile]:
    """Return the tile of jobs that failed in the last week, if there are some."""
    failed = Job.objects.visible_to(person).filter(
        state=Job.State.FAILED, finished_at__gte=at - timedelta(days=SHOWN_DAYS)
    )
    count = failed.count()
    if not count:
        return []
    return [
        Tile(
            label=_("Jobs that failed"),
            value=formats.number(count),
            url=reverse("jobs:job-list"),
            note=_("In the last seven days."),
            icon="alert-triangle",
            tone="danger",
        )
    ]
