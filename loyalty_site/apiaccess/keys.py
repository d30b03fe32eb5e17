"""Who calls: the look-up of a key by its hash, and the check of its scope."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.http import HttpRequest
from django.utils import timezone
from ninja.security import HttpBearer

from loyalty_site.apiaccess.errors import ApiKeyRefused, MissingScope
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import RAW_PREFIX, hash_of, note_use
from loyalty_site.lib.actors import Actor, api_actor
from loyalty_site.lib.periods import day_of
from loyalty_site.lib.zone import programme_zone

# How long a revoked key may still open something in a process that knows it.
KEEP_SECONDS = 3
_LONGEST_KEY = 100


@dataclass(frozen=True, slots=True)
class Caller:
    """The key behind a call."""

    api_key_id: int
    name: str
    scopes: frozenset[str]
    expires_at: datetime | None
    keeps_bodies: bool = False

    @property
    def actor(self) -> Actor:
        """The doer of what the call writes."""
        return api_actor(self.name)


class ApiRequest(HttpRequest):
    """A request that brought a good key; `canonical_body` is what it asks, normalised."""

    auth: Caller
    canonical_body: bytes


class KeyCache:
    """Ask the database for a key at most every few seconds in each process.

    Holds good keys only, so strangers cannot fill it.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._callers: dict[str, tuple[float, Caller]] = {}
        self._used: dict[int, date] = {}

    def caller_of(self, raw: str, at: datetime) -> Caller | None:
        """Return who calls with this key, or None for a key that opens nothing."""
        digest = hash_of(raw)
        fresh_until, caller = self._callers.get(digest, (0.0, None))
        if caller is None or fresh_until <= self._clock():
            caller = _look_up(digest, at)
            if caller is None:
                self._callers.pop(digest, None)
                return None
            self._callers[digest] = (self._clock() + KEEP_SECONDS, caller)
        if caller.expires_at is not None and caller.expires_at <= at:
            return None
        return caller

    def note(self, caller: Caller, on: date) -> None:
        """Have the day of use written once a day."""
        if self._used.get(caller.api_key_id) != on:
            note_use(api_key_id=caller.api_key_id, on=on)
            self._used[caller.api_key_id] = on

    def forget(self) -> None:
        """Ask again next time: a key was revoked here."""
        self._callers.clear()
        self._used.clear()


cache = KeyCache()


def _look_up(digest: str, at: datetime) -> Caller | None:
    row = (
        ApiKey.objects.valid(at)
        .known_by(digest, at)
        .values_list("pk", "name", "scopes", "expires_at", "keeps_bodies")
        .first()
    )
    if row is None:
        return None
    pk, name, scopes, expires_at, keeps_bodies = row
    return Caller(pk, name, frozenset(scopes), expires_at, keeps_bodies)


class BearerKey(HttpBearer):
    """Let a call in that brings a key with the scope."""

    openapi_bearerFormat = "pk_…"  # noqa: N815 -- the name is OpenAPI's

    def __init__(self, scope: ApiKey.Scope) -> None:
        super().__init__()
        self.scope = scope

    def __call__(self, request: HttpRequest) -> Caller:
        """Return the caller, or refuse with a problem."""
        scheme, _, raw = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise ApiKeyRefused
        return self.authenticate(request, raw.strip())

    def authenticate(self, request: HttpRequest, token: str) -> Caller:
        """Return who calls; raise ApiKeyRefused or MissingScope."""
        now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
        if not token.startswith(RAW_PREFIX) or len(token) > _LONGEST_KEY:
            raise ApiKeyRefused
        if not token.isascii() or (caller := cache.caller_of(token, now)) is None:
            raise ApiKeyRefused
        # For the log of calls, which also wants to know who was refused.
        request.caller = caller  # type: ignore[attr-defined]
        if self.scope not in caller.scopes:
            raise MissingScope(scope=self.scope.value)
        cache.note(caller, day_of(now, programme_zone.get()))
        return caller
