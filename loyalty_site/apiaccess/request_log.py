"""The log of calls: one row after each answer, which nobody waits for and nothing needs."""

import json
import logging
from collections.abc import Callable
from datetime import datetime
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from loyalty_site.lib.statements import fetch
from loyalty_site.logs import redacted, request_id

logger = logging.getLogger(__name__)
LOGGED_PREFIX = "/api/v1/"
_NOT_CALLS = ("/api/v1/docs", "/api/v1/openapi.json")
BODY_CHARACTERS = 20_000
REDACTED = "[redacted]"
Value = Any  # any JSON value

# A crash may lose the last rows of the log, so it does not wait for the disk.
INSERT = """
INSERT INTO apiaccess_loggedrequest
  (request_id, api_key_id, method, path, status, code, milliseconds, at, asked, answered)
SELECT %s, %s, %s, %s, %s, %s, %s, %s, %s::jsonb, %s::jsonb
FROM (SELECT set_config('synchronous_commit', 'off', true)) AS quick
"""
# Names whose texts say nothing about a person; all other texts are left out.
SHOWN = frozenset(
    {
        *("amount", "amount_minor", "at", "channel", "code", "currency", "cursor"),
        *("decided_at", "effective_at", "exact", "expires_at", "field", "id", "kind"),
        *("language", "lines", "member", "number", "occurred_at", "posted_at"),
        *("purchase", "quantity", "reason", "request_id", "reward", "rounding", "rule"),
        *("since", "sku", "source", "source_id", "state", "status", "store", "system"),
        *("tier", "title", "type", "units", "until", "value_exact", "voided_at"),
    }
)


class RequestLogMiddleware:
    """Have every call written down once its answer is out."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer first; the row is written when the server closes the response."""
        if not request.path.startswith(LOGGED_PREFIX) or request.path in _NOT_CALLS:
            return self.get_response(request)
        started = perf_counter()
        response = self.get_response(request)
        milliseconds = round(1000 * (perf_counter() - started))
        now = timezone.now()  # noqa: TID251 -- a middleware reads the clock
        row = _row(request, response, milliseconds, now)
        # The list is how Django itself has things done after an answer.
        response._resource_closers.append(partial(_write, row))  # type: ignore[attr-defined]  # noqa: SLF001 -- see above
        return response


def _row(
    request: HttpRequest, response: HttpResponse, milliseconds: int, at: datetime
) -> list[Value]:
    caller = getattr(request, "caller", None)
    keeps_bodies = caller is not None and caller.keeps_bodies
    is_refused = response.status_code >= HTTPStatus.BAD_REQUEST
    answer = _json_of(response.content) if is_refused or keeps_bodies else None
    code = answer.get("code", "") if is_refused and isinstance(answer, dict) else ""
    asked = getattr(request, "canonical_body", b"")
    return [
        request_id.get(),
        caller.api_key_id if caller is not None else None,
        (request.method or "")[:8],
        _plain(request.path)[:300],
        response.status_code,
        str(code)[:60],
        milliseconds,
        at,
        _kept(_json_of(asked)) if keeps_bodies else None,
        _kept(answer) if keeps_bodies else None,
    ]


def _write(row: list[Value]) -> None:
    try:
        fetch(INSERT, row)
    except DatabaseError as error:
        logger.warning("A call was not logged: %s", error)


def without_texts(value: Value, name: str = "") -> Value:
    """Return the JSON value with every text left out whose name is not known harmless."""
    if isinstance(value, dict):
        return {
            str(key)[:60]: without_texts(each, str(key)) for key, each in value.items()
        }
    if isinstance(value, list):
        return [without_texts(each, name) for each in value]
    if isinstance(value, str):
        return redacted(value) if name in SHOWN else REDACTED
    return value


def _kept(value: Value) -> str | None:
    if value is None:
        return None
    text = json.dumps(without_texts(value), default=str).replace("\\u0000", "")
    if len(text) > BODY_CHARACTERS:
        return json.dumps(f"[{len(text)} characters]")
    return text


def _json_of(content: bytes) -> Value:
    try:
        return json.loads(content) if content else None
    except ValueError:
        return None


def _plain(path: str) -> str:
    """Return a path that PostgreSQL can hold, without mail addresses and tokens."""
    kept = path.encode(errors="replace").decode(errors="replace").replace("\0", "")
    return redacted(kept)
