"""What happened to a member, from every source, newest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from members.models import Member
from members.panels import TimelineItem, TimelineSource

PAGE_ITEMS = 30


@dataclass(frozen=True)
class TimelinePage:
    """Items, newest first; the next page holds what is older than `older_than`."""

    items: list[TimelineItem]
    older_than: datetime | None


def timeline_of(
    member: Member,
    *,
    sources: Sequence[TimelineSource],
    before: datetime | None = None,
    limit: int = PAGE_ITEMS,
) -> TimelinePage:
    """Return about `limit` items older than `before`.

    A page ends where the instant changes: what happened together stays together, and
    nothing is left out between two pages.
    """
    items = [
        item for source in sources for item in source.load(member, before, limit + 1)
    ]
    items.sort(key=lambda item: item.at, reverse=True)
    if len(items) <= limit:
        return TimelinePage(items, None)
    cut = items[limit].at
    page = [item for item in items if item.at > cut]
    if not page:
        page = [item for item in items if item.at == cut]
    return TimelinePage(page, page[-1].at)
