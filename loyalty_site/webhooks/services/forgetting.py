"""Forget events after some weeks, arrived or not."""

from datetime import datetime, timedelta

from django.db import transaction

from loyalty_site.lib.statements import fetch

KEPT = timedelta(days=30)
ROWS = 5_000

# The oldest events have the lowest ids: no index of their instants is needed.
OLDEST = """
SELECT id FROM (SELECT id, at FROM webhooks_event ORDER BY id LIMIT %s) oldest
WHERE at < %s
"""
FORGET_DELIVERIES = "DELETE FROM webhooks_delivery WHERE event_id = ANY(%s)"
FORGET_EVENTS = "DELETE FROM webhooks_event WHERE id = ANY(%s) RETURNING id"


def forget_old_events(*, at: datetime) -> int:
    """Delete events older than `KEPT` with their deliveries; return how many.

    Each chunk commits by itself.
    """
    forgotten = 0
    while count := _forget_chunk(at - KEPT):
        forgotten += count
    return forgotten


@transaction.atomic
def _forget_chunk(before: datetime) -> int:
    ids = [event_id for (event_id,) in fetch(OLDEST, [ROWS, before])]
    if not ids:
        return 0
    fetch(FORGET_DELIVERIES, [ids])
    return len(fetch(FORGET_EVENTS, [ids]))
