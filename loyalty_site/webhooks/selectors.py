"""What the pages of webhooks show besides rows."""

import json
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Q
from django.utils.functional import Promise

from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery, Endpoint
from loyalty_site.webhooks.services.delivering import message

COUNTED = 1_000


@dataclass(frozen=True)
class Described:
    """A kind of event, with the body that is sent, as readable JSON."""

    slug: str
    meaning: str | Promise
    body: str


@dataclass(frozen=True)
class Counts:
    """Of the latest deliveries of an endpoint, how many are in which state."""

    waiting: int
    arrived: int
    failed: int


def described_kinds(at: datetime) -> list[Described]:
    """Return every kind with a sample, made by the code that sends it."""
    return [
        Described(kind.slug, kind.meaning, _readable(kind.slug, kind.sample(), at))
        for kind in EVENT_KINDS.values()
    ]


def readable_body(body: bytes) -> str:
    """Return a body with a line for each value."""
    return json.dumps(json.loads(body), indent=2, ensure_ascii=False)


def counts_of(endpoint: Endpoint) -> Counts:
    """Count the latest deliveries; older ones are left out."""
    latest = Delivery.objects.filter(endpoint=endpoint).order_by("-pk")[:COUNTED]
    state = Delivery.State
    found = Delivery.objects.filter(pk__in=latest.values("pk")).aggregate(
        waiting=Count("pk", filter=Q(state=state.QUEUED)),
        arrived=Count("pk", filter=Q(state=state.DONE)),
        failed=Count("pk", filter=Q(state=state.FAILED)),
    )
    return Counts(**found)


def _readable(kind: str, data: object, at: datetime) -> str:
    plain = json.loads(json.dumps(data, cls=DjangoJSONEncoder))
    return readable_body(message(kind=kind, at=at, data=plain))
