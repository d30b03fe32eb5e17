"""The programme's time zone, kept for a minute so that no request has to ask for it."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import Error as DatabaseError

from points.models import Programme
from points.selectors.programme import current_programme

UTC = ZoneInfo("UTC")
KEEP_SECONDS = 60


class ZoneCache:
    """Asks `source` for the zone at most once a minute in each process."""

    def __init__(
        self,
        source: Callable[[], ZoneInfo | None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source = source
        self._clock = clock
        self._zone = UTC
        self._fresh_until = float("-inf")

    def forget(self) -> None:
        """Ask again next time: the programme was changed in this process."""
        self._fresh_until = float("-inf")

    def get(self) -> ZoneInfo:
        """Return the zone; the last one known while the source has no answer."""
        if self._clock() >= self._fresh_until:
            self._zone = self._source() or self._zone
            self._fresh_until = self._clock() + KEEP_SECONDS
        return self._zone


def stored_zone() -> ZoneInfo | None:
    """Return the zone of the settings row; None without a row or a database."""
    try:
        return current_programme().zone
    except (Programme.DoesNotExist, DatabaseError):
        return None


programme_zone = ZoneCache(stored_zone)
