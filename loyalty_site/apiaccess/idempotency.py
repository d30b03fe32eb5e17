"""A keyed write happens once: the answer is stored in the write's own transaction.

The answer of a write is kept for ever. A refusal (4xx) rolls back and keeps nothing,
so the caller can mend the request and send it again with the same key.
"""

import hashlib
import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, OperationalError, transaction
from django.http import HttpResponse

from loyalty_site.apiaccess.bodies import canonical_json
from loyalty_site.apiaccess.errors import (
    IdempotencyKeyReused,
    RequestInFlight,
    TryAgain,
)
from loyalty_site.apiaccess.keys import ApiRequest
from loyalty_site.lib.busy import CANCELLED, TRANSIENT
from loyalty_site.lib.statements import fetch

_UNIQUE = "23505"
_TRIES = 4

# One round trip. The row is read in the same snapshot as the lock is taken: a writer
# that commits in between is caught by the constraint when the answer is stored.
_CLAIM = """
SELECT pg_try_advisory_xact_lock(%s::bigint), request_hash, status, answer::text
FROM (VALUES (1)) AS always
LEFT JOIN apiaccess_keyedrequest ON api_key_id = %s AND key = %s
"""
_STORE = """
INSERT INTO apiaccess_keyedrequest (api_key_id, key, request_hash, status, answer, at)
VALUES (%s, %s, %s, %s, %s::jsonb, %s)
ON CONFLICT (api_key_id, key) DO NOTHING
RETURNING 1
"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a write answers: the status and the JSON of the body."""

    status: int
    body: dict[str, Any]


def answer_once(
    request: ApiRequest, *, key: str, at: datetime, work: Callable[[], Answer]
) -> HttpResponse:
    """Do `work` and store its answer, or give the answer that was stored for `key`.

    Raises IdempotencyKeyReused when the key stands for another request,
    RequestInFlight while the same key is being worked on. A transient failure of the
    database is tried again, as is a clash with somebody who wrote the same thing.
    """
    wanted = request_hash(request)
    for attempt in range(1, _TRIES + 1):
        try:
            with transaction.atomic():
                return _answer(request.auth.api_key_id, key, wanted, at, work)
        except (OperationalError, IntegrityError) as error:
            state = getattr(error.__cause__, "sqlstate", "")
            if state not in TRANSIENT | {_UNIQUE, CANCELLED}:
                raise
            if attempt == _TRIES or state == CANCELLED:
                raise TryAgain from error
            time.sleep(random.uniform(0.005, 0.02) * attempt)  # noqa: S311 -- spreads retries
    raise TryAgain


def _answer(  # noqa: PLR0917 -- one step of answer_once
    api_key_id: int, key: str, wanted: str, at: datetime, work: Callable[[], Answer]
) -> HttpResponse:
    [(is_mine, known, status, stored)] = fetch(
        _CLAIM, [_lock_number(api_key_id, key), api_key_id, key]
    )
    if known is not None:
        if known != wanted:
            raise IdempotencyKeyReused
        return response_of(Answer(status, json.loads(stored)), is_replayed=True)
    if not is_mine:
        raise RequestInFlight
    answer = work()
    kept = json.dumps(answer.body)
    if not fetch(_STORE, [api_key_id, key, wanted, answer.status, kept, at]):
        raise RequestInFlight
    return response_of(answer, is_replayed=False)


def response_of(answer: Answer, *, is_replayed: bool) -> HttpResponse:
    """Return the answer as bytes that are equal for the first time and each repeat."""
    response = HttpResponse(
        canonical_json(answer.body),
        status=answer.status,
        content_type="application/json",
    )
    if is_replayed:
        response["Idempotency-Replayed"] = "true"
    response["Cache-Control"] = "no-store"
    return response


def request_hash(request: ApiRequest) -> str:
    """Return the hash of what is asked: method, path and canonical body."""
    asked = b"\n".join(
        (
            (request.method or "").encode(),
            request.path.encode(),
            getattr(request, "canonical_body", b""),
        )
    )
    return hashlib.sha256(asked).hexdigest()


def _lock_number(api_key_id: int, key: str) -> int:
    digest = hashlib.sha256(f"keyed-request:{api_key_id}:{key}".encode()).digest()
    return int.from_bytes(digest[:8], "big", signed=True)
