"""Write events beside their cause: in its transaction, and only where somebody asks."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.serializers.json import DjangoJSONEncoder

from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.statements import fetch
from loyalty_site.webhooks.kinds import EVENT_KINDS, Data

# Put into statements that write a cause, it costs no round trip: a list of endpoints is
# a page or two. `kinds` is an array, as SQL.
ARE_AWAITED = """EXISTS (
  SELECT FROM webhooks_endpoint WHERE removed_at IS NULL AND kinds && {kinds})"""
ASK = "SELECT " + ARE_AWAITED.format(kinds="%s::varchar[]")

WRITE = """
WITH given AS (
  SELECT n, public_id, kind, data
  FROM json_to_recordset(%s::json)
    AS given(n int, public_id uuid, kind varchar, data jsonb)
),
event AS (
  INSERT INTO webhooks_event (public_id, kind, at, data)
  SELECT public_id, kind, %s, data FROM given
  WHERE EXISTS (SELECT FROM webhooks_endpoint p
    WHERE p.removed_at IS NULL AND given.kind = ANY(p.kinds))
  ORDER BY n
  RETURNING id, kind
)
INSERT INTO webhooks_delivery
  (event_id, endpoint_id, state, attempts, due_at, answer_text)
SELECT event.id, p.id, 'queued', 0, %s, ''
FROM event
JOIN webhooks_endpoint p ON p.removed_at IS NULL AND event.kind = ANY(p.kinds)
ORDER BY event.id, p.id
"""


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event of a known kind, and its data."""

    kind: str
    data: Data


def are_awaited(kinds: Collection[str]) -> bool:
    """Whether any endpoint asks for one of these kinds."""
    [(is_so,)] = fetch(ASK, [list(kinds)])
    return bool(is_so)


def tell(events: Sequence[NewEvent], *, at: datetime) -> None:
    """Write the events that are asked for, with a delivery for each endpoint.

    Belongs into the transaction of the cause: neither is there without the other. No
    message is sent, a sweep finds the rows, so a broker that is away changes nothing.
    """
    rows = [
        {
            "n": n,
            "public_id": new_public_id(),
            "kind": EVENT_KINDS[event.kind].slug,
            "data": event.data,
        }
        for n, event in enumerate(events)
    ]
    if rows:
        fetch(WRITE, [json.dumps(rows, cls=DjangoJSONEncoder), at, at])
