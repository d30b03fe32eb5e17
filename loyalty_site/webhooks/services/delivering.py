"""Deliver what is due: claim with a lease, send outside any transaction, mark."""

import json
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from loyalty_site.webhooks.addresses import target_of
from loyalty_site.webhooks.errors import AddressRefused
from loyalty_site.webhooks.models import Delivery, Endpoint, Event
from loyalty_site.webhooks.sending import Answer, NotSent, post
from loyalty_site.webhooks.services.endpoints import pause_endpoint
from loyalty_site.webhooks.signing import signed_headers

logger = logging.getLogger(__name__)
Clock = Callable[[], datetime]
State = Delivery.State

BATCH = 20
# Longer than a single exchange may last; renewed before each.
LEASE = timedelta(minutes=2)
# After each failed attempt but the last; with the first they make eight.
PAUSES = tuple(
    timedelta(seconds=seconds) for seconds in (5, 30, 120, 900, 3_600, 14_400, 43_200)
)
# Sooner than the last attempt of what failed first: what waits is then kept.
PAUSED_AFTER = timedelta(hours=12)
_SHOWN_CHARACTERS = 500
_SUCCESS = 2  # hundred


@dataclass(frozen=True)
class Claim:
    """A right to send one delivery until its lease runs out; `attempt` is the fence."""

    delivery_id: int
    attempt: int


def endpoints_due(*, at: datetime) -> list[int]:
    """Return the endpoints that have something due and are sent to."""
    due = Delivery.objects.due(at).filter(endpoint=OuterRef("pk"))
    sending = Endpoint.objects.sending().filter(Exists(due))
    return list(sending.values_list("pk", flat=True))


def deliver_due(*, endpoint_id: int, clock: Clock) -> bool:
    """Send one batch to the endpoint; return whether there may be more now.

    One sender at a time for each endpoint, the oldest event first: a slow endpoint
    keeps no other one waiting.
    """
    claims = claim_deliveries(endpoint_id=endpoint_id, at=clock())
    for position, claim in enumerate(claims):
        if not _hold(claim, clock()):
            continue
        if not _send(claim, clock):
            _give_back(claims[position + 1 :])
            return False
    return len(claims) == BATCH


@transaction.atomic
def claim_deliveries(*, endpoint_id: int, at: datetime) -> list[Claim]:
    """Take the oldest due deliveries, none while another sender is at the endpoint."""
    mine = Endpoint.objects.sending().select_for_update(skip_locked=True)
    if not mine.filter(pk=endpoint_id).exists():
        return []
    waiting = Delivery.objects.filter(endpoint=endpoint_id, state=State.QUEUED)
    if waiting.filter(lease_until__gt=at).exists():
        return []
    due = Delivery.objects.due(at).filter(endpoint=endpoint_id).order_by("pk")
    rows = dict(due.select_for_update().values_list("pk", "attempts")[:BATCH])
    Delivery.objects.filter(pk__in=rows).update(
        lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    return [Claim(pk, attempts + 1) for pk, attempts in rows.items()]


def message_of(event: Event) -> bytes:
    """Return the body that is sent, the same for each attempt."""
    return message(kind=event.kind, at=event.at, data=event.data)


def message(*, kind: str, at: datetime, data: Any) -> bytes:  # noqa: ANN401 -- any JSON
    """Return a body in the shape of Standard Webhooks."""
    said = {"type": kind, "timestamp": at.astimezone(UTC).isoformat(), "data": data}
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def resend(*, delivery: Delivery, at: datetime) -> None:
    """Let a delivery be sent again now, whether it arrived or failed."""
    _send_again(Delivery.objects.filter(pk=delivery.pk), at)


def resend_failed(*, endpoint: Endpoint, at: datetime) -> int:
    """Let all that failed be sent again; return how many there are."""
    failed = Delivery.objects.filter(endpoint=endpoint, state=State.FAILED)
    return _send_again(failed, at)


def _send_again(deliveries: Any, at: datetime) -> int:  # noqa: ANN401 -- a queryset
    changed: int = deliveries.exclude(lease_until__gt=at).update(
        state=State.QUEUED, attempts=0, due_at=at, lease_until=None
    )
    return changed


def _hold(claim: Claim, at: datetime) -> bool:
    """Renew the lease, unless the row is no longer ours."""
    mine = _mine(claim).filter(lease_until__gt=at)
    return bool(mine.update(lease_until=at + LEASE))


def _mine(claim: Claim) -> Any:  # noqa: ANN401 -- a queryset of deliveries
    return Delivery.objects.filter(
        pk=claim.delivery_id, attempts=claim.attempt, state=State.QUEUED
    )


def _send(claim: Claim, clock: Clock) -> bool:
    """Send one delivery and note what came of it; return whether to go on."""
    delivery = Delivery.objects.select_related("event", "endpoint").get(
        pk=claim.delivery_id
    )
    body = message_of(delivery.event)
    headers = signed_headers(
        delivery.endpoint,
        message_id=str(delivery.event.public_id),
        body=body,
        at=clock(),
    )
    headers |= {
        "Content-Type": "application/json",
        "User-Agent": "Perennial-Webhooks/1",
    }
    try:
        target = target_of(delivery.endpoint.url, is_loopback_allowed=settings.TRYOUT)
        answer = post(target, body=body, headers=headers)
    except (NotSent, AddressRefused) as error:
        _put_off(claim, delivery.endpoint, text=str(error), at=clock())
        return False
    if answer.status // 100 == _SUCCESS:
        _mark_done(claim, delivery.endpoint, answer, clock())
        return True
    _put_off(claim, delivery.endpoint, text=answer.text, at=clock(), answer=answer)
    return answer.status not in {HTTPStatus.GONE, HTTPStatus.TOO_MANY_REQUESTS}


@transaction.atomic
def _mark_done(claim: Claim, endpoint: Endpoint, answer: Answer, at: datetime) -> None:
    _mine(claim).update(
        state=State.DONE, lease_until=None, tried_at=at, **_told(answer, answer.text)
    )
    if endpoint.failing_since is not None:
        Endpoint.objects.filter(pk=endpoint.pk).update(failing_since=None)


@transaction.atomic
def _put_off(
    claim: Claim,
    endpoint: Endpoint,
    *,
    text: str,
    at: datetime,
    answer: Answer | None = None,
) -> None:
    """Let the delivery wait longer after each attempt; give up after the last."""
    is_last = claim.attempt > len(PAUSES)
    pause = PAUSES[min(claim.attempt, len(PAUSES)) - 1]
    _mine(claim).update(
        state=State.FAILED if is_last else State.QUEUED,
        lease_until=None,
        tried_at=at,
        due_at=at + pause,
        **_told(answer, text),
    )
    Endpoint.objects.filter(pk=endpoint.pk, failing_since=None).update(failing_since=at)
    if answer is not None and answer.status == HTTPStatus.GONE:
        pause_endpoint(endpoint=endpoint, reason=Endpoint.Pause.GONE, at=at)
    elif endpoint.failing_since and at - endpoint.failing_since >= PAUSED_AFTER:
        pause_endpoint(endpoint=endpoint, reason=Endpoint.Pause.FAILING, at=at)
        logger.warning("A webhook endpoint has failed for long and is paused")


def _told(answer: Answer | None, text: str) -> dict[str, Any]:
    return {
        "answer_status": answer.status if answer else None,
        "answer_ms": answer.milliseconds if answer else None,
        "answer_text": text[:_SHOWN_CHARACTERS],
    }


def _give_back(claims: Sequence[Claim]) -> None:
    """Free rows that were not tried, without counting an attempt."""
    mine = Q(pk=None)
    for claim in claims:
        mine |= Q(pk=claim.delivery_id, attempts=claim.attempt)
    Delivery.objects.filter(mine, state=State.QUEUED).update(
        lease_until=None, attempts=F("attempts") - 1
    )
