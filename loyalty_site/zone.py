"""The programme's time zone, kept for a minute so that no request asks for it."""

import time
from collections.abc import Callable

DEFAULT_ZONE = "UTC"
KEEP_SECONDS = 60


class ZoneCache:
    """Ask `source` for the zone's name at most once a minute in each process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._source: Callable[[], str] | None = None
        self._zone = DEFAULT_ZONE
        self._fresh_until = float("-inf")

    def read_from(self, source: Callable[[], str]) -> None:
        """Name where the zone comes from; called once at start-up by `points`."""
        self._source = source
        self.forget()

    def forget(self) -> None:
        """Ask again next time: the programme was changed here."""
        self._fresh_until = float("-inf")

    def get(self) -> str:
        """Return the zone's name, `UTC` until somebody gave a source."""
        if self._source is not None and self._clock() >= self._fresh_until:
            self._zone = self._source() or DEFAULT_ZONE
            self._fresh_until = self._clock() + KEEP_SECONDS
        return self._zone


cache = ZoneCache()
programme_zone = cache.get
