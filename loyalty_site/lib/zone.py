"""The programme's time zone, kept for a minute so that no request has to ask for it."""

import time
from collections.abc import Callable
from zoneinfo import ZoneInfo

UTC = ZoneInfo("UTC")
KEEP_SECONDS = 60


class ZoneCache:
    """Asks its source for the zone at most once a minute in each process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._source: Callable[[], ZoneInfo | None] = lambda: None
        self._zone = UTC
        self._fresh_until = float("-inf")

    def read_from(self, source: Callable[[], ZoneInfo | None]) -> None:
        """Name the source, which says None while it does not know."""
        self._source = source
        self.forget()

    def forget(self) -> None:
        """Ask again next time: the programme was changed in this process."""
        self._fresh_until = float("-inf")

    def get(self) -> ZoneInfo:
        """Return the zone; the last one known while the source has no answer."""
        if self._clock() >= self._fresh_until:
            self._zone = self._source() or self._zone
            self._fresh_until = self._clock() + KEEP_SECONDS
        return self._zone


programme_zone = ZoneCache()
