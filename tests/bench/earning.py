"""Purchases, one by one and a hundred at a time."""

import itertools
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

from loyalty_site.lib.actors import system_actor
from points.services.purchase_types import NewPurchase
from points.services.purchases import post_purchase, post_purchases
from tests.bench.clients import FLOOR, PRODUCT, Sides, Turn, dice, take_turns
from tests.bench.clock import now
from tests.bench.database import raw_connection
from tests.bench.results import (
    BOUNDED,
    HALF,
    Asked,
    Comparison,
    Section,
    Spread,
    bounded,
    compared,
)
from tests.bench.scope import Scope
from tests.bench.seeding import EXPIRY_MONTHS

ACTOR = system_actor("bench")
BATCH = 100
HOT_MEMBER = 1
HOT_P99_MS = 100
PickMember = Callable[[], int]

# Purchase, entry, lot and account, in one statement of the server.
EARN = f"""
WITH purchase AS (
  INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
    occurred_at, posted_at, store, channel)
  VALUES (%(public_id)s, %(member)s, 'floor', %(source_id)s, %(amount)s, %(at)s, %(at)s,
    'S1', 'till')
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, trace)
  VALUES (%(member)s, 'earn', %(points)s, %(points)s, %(at)s, %(at)s, %(at)s,
    'purchase', %(source_id)s, 'earn:' || %(public_id)s::text, 'system:bench', '',
    %(trace)s::jsonb)
  RETURNING id
),
lot AS (
  INSERT INTO points_lot (account_id, entry_id, points, remaining, effective_at,
    expires_at, priority)
  SELECT %(member)s, id, %(points)s, %(points)s, %(at)s,
    %(at)s + interval '{EXPIRY_MONTHS} months', 0 FROM entry
)
UPDATE points_account
SET balance = balance + %(points)s, earned = earned + %(points)s, tier_is_due = true,
  last_activity_at = GREATEST(last_activity_at, %(at)s),
  next_expiry_at = LEAST(next_expiry_at, %(at)s + interval '{EXPIRY_MONTHS} months')
WHERE member_id = %(member)s
"""

EARN_MANY = f"""
WITH given AS (
  SELECT * FROM unnest(%(public_ids)s::uuid[], %(members)s::bigint[],
    %(source_ids)s::text[], %(amounts)s::bigint[])
    AS g(public_id, member_id, source_id, amount)
),
purchase AS (
  INSERT INTO points_purchase (public_id, member_id, source, source_id, amount_minor,
    occurred_at, posted_at, store, channel)
  SELECT public_id, member_id, 'floor', source_id, amount, %(at)s, %(at)s, 'S1', 'till'
  FROM given
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason, trace)
  SELECT member_id, 'earn', amount / 100, amount / 100, %(at)s, %(at)s, %(at)s,
    'purchase', source_id, 'earn:' || public_id, 'system:bench', '',
    %(trace)s::jsonb
  FROM given
  RETURNING id, account_id, points
),
lot AS (
  INSERT INTO points_lot (account_id, entry_id, points, remaining, effective_at,
    expires_at, priority)
  SELECT account_id, id, points, points, %(at)s,
    %(at)s + interval '{EXPIRY_MONTHS} months', 0 FROM entry
)
UPDATE points_account a
SET balance = balance + e.points, earned = earned + e.points, tier_is_due = true,
  last_activity_at = GREATEST(last_activity_at, %(at)s),
  next_expiry_at = LEAST(next_expiry_at, %(at)s + interval '{EXPIRY_MONTHS} months')
FROM (SELECT account_id, sum(points) AS points FROM entry GROUP BY 1) e
WHERE a.member_id = e.account_id
"""
TRACE = (
    '{"amount": 12345, "steps": [[1, "base", "123"]], "tier": ["silver", "5/4"], '
    '"exact": "615/4", "rounding": "floor", "points": 153}'
)


def earn_spread(scope: Scope) -> list[Section]:
    """Single purchases of members picked at random."""

    def anybody(client: int) -> PickMember:
        pick = dice(client)
        return lambda: pick.randint(1, scope.members)

    floor, product = _single(scope, anybody)
    return [
        _section(
            "Earn: single purchases, members at random",
            floor,
            product,
            HALF,
        )
    ]


def earn_hot(scope: Scope) -> list[Section]:
    """Single purchases, all of the same member."""
    floor, product = _single(scope, lambda _client: lambda: HOT_MEMBER)
    title = "Earn: everybody on one member"
    latency = [each.latency_ms(99) for each in product]
    bound = Asked(f"< {HOT_P99_MS} ms", at_most=HOT_P99_MS)
    found = Spread(tuple(latency))
    return [
        _section(title, floor, product, HALF),
        Section(
            title,
            BOUNDED,
            [
                bounded(
                    f"99 % of the answers to {scope.clients} clients came within",
                    f"{found.text('.1f')} ms",
                    found.middle,
                    bound,
                )
            ],
        ),
    ]


def earn_batches(scope: Scope) -> list[Section]:
    """Batches of a hundred purchases; no two clients share members."""

    def own(client: int) -> PickMember:
        pick = dice(client)
        share = scope.members // scope.clients
        return lambda: 1 + client * share + pick.randrange(share)

    def prepare(client: int) -> Sides:
        return _batches(client, own(client))

    floor, product = take_turns(
        prepare, clients=scope.clients, rounds=scope.rounds, seconds=scope.seconds
    )
    return [_section("Earn: batches of 100 purchases", floor, product, HALF)]


def _single(
    scope: Scope, picks: Callable[[int], PickMember]
) -> tuple[list[Turn], list[Turn]]:
    def prepare(client: int) -> Sides:
        pick, ids, raw = picks(client), _source_ids(), raw_connection()
        amount = dice(client)

        def floor() -> int:
            minor = amount.randint(2000, 20_000)
            values = {
                "public_id": uuid.uuid4(),
                "member": pick(),
                "source_id": next(ids),
                "amount": minor,
                "points": minor // 100,
                "at": now(),
                "trace": TRACE,
            }
            return raw.execute(EARN, values).rowcount

        def product() -> int:
            minor, at = amount.randint(2000, 20_000), now()
            purchase = _purchase(pick(), next(ids), minor, at)
            return post_purchase(purchase=purchase, at=at, actor=ACTOR).is_new

        return {FLOOR: floor, PRODUCT: product}

    return take_turns(
        prepare, clients=scope.clients, rounds=scope.rounds, seconds=scope.seconds
    )


def _batches(client: int, pick: PickMember) -> Sides:
    ids, raw, amount = _source_ids(), raw_connection(), dice(client)

    def floor() -> int:
        values: dict[str, Any] = {
            "public_ids": [uuid.uuid4() for _ in range(BATCH)],
            "members": [pick() for _ in range(BATCH)],
            "source_ids": [next(ids) for _ in range(BATCH)],
            "amounts": [amount.randint(2000, 20_000) for _ in range(BATCH)],
            "at": now(),
            "trace": TRACE,
        }
        raw.execute(EARN_MANY, values)
        return BATCH

    def product() -> int:
        at = now()
        purchases = [
            _purchase(pick(), next(ids), amount.randint(2000, 20_000), at)
            for _ in range(BATCH)
        ]
        return len(post_purchases(purchases=purchases, at=at, actor=ACTOR))

    return {FLOOR: floor, PRODUCT: product}


def _purchase(member: int, source_id: str, amount: int, at: datetime) -> NewPurchase:
    return NewPurchase(member, "bench", source_id, amount, at, "S1", "till")


def _source_ids() -> Iterator[str]:
    run = uuid.uuid4().hex
    return (f"{run}-{number}" for number in itertools.count())


def _section(
    work: str, floor: list[Turn], product: list[Turn], asked: Asked
) -> Section:
    return compared(
        work,
        Comparison(
            work,
            "purchases/s",
            [each.per_second for each in floor],
            [each.per_second for each in product],
            asked,
        ),
    )
