"""Redemptions of members with a few lots each, from a limited stock."""

import itertools
import uuid

from members.models import Member
from points.errors.posting import InsufficientPoints
from points.models import Reward
from points.services.redemptions import redeem_reward
from tests.bench.clients import FLOOR, PRODUCT, Sides, dice, take_turns
from tests.bench.clock import now
from tests.bench.database import raw_connection
from tests.bench.earning import ACTOR
from tests.bench.results import HALF, Asked, Comparison, Section, compared
from tests.bench.scope import Scope
from tests.bench.seeding import REWARD_POINTS

# From the first lot that suffices: entry, allocation, redemption, lot, stock, account.
REDEEM = f"""
WITH lot AS (
  SELECT id FROM points_lot
  WHERE account_id = %(member)s AND is_open AND remaining >= {REWARD_POINTS}
    AND effective_at <= %(at)s AND (expires_at IS NULL OR expires_at > %(at)s)
  ORDER BY priority, expires_at NULLS LAST, effective_at, id LIMIT 1
  FOR UPDATE
),
entry AS (
  INSERT INTO points_entry (account_id, kind, points, qualifying, occurred_at,
    qualifies_at, posted_at, source, source_id, key, actor, reason)
  SELECT %(member)s, 'redeem', -{REWARD_POINTS}, 0, %(at)s, %(at)s, %(at)s, 'reward',
    'x', 'redeem:' || %(key)s::text, 'system:bench', 'Reward' FROM lot
  RETURNING id
),
allocation AS (
  INSERT INTO points_allocation (account_id, entry_id, lot_id, points)
  SELECT %(member)s, entry.id, lot.id, {REWARD_POINTS} FROM entry, lot
),
redemption AS (
  INSERT INTO points_redemption (public_id, account_id, reward_id, entry_id, points,
    state, code, at, actor, settled_by)
  SELECT %(public_id)s, %(member)s, %(reward)s, id, {REWARD_POINTS}, 'confirmed',
    %(code)s, %(at)s, 'system:bench', '' FROM entry
),
taken AS (
  UPDATE points_lot l SET remaining = remaining - {REWARD_POINTS}
  FROM lot WHERE l.id = lot.id
),
stock AS (
  UPDATE points_rewardstock SET pieces = pieces - 1
  WHERE reward_id = %(reward)s AND pieces > 0 AND EXISTS (SELECT FROM lot)
)
UPDATE points_account
SET balance = balance - {REWARD_POINTS}, redeemed = redeemed + {REWARD_POINTS},
  last_activity_at = GREATEST(last_activity_at, %(at)s)
WHERE member_id = %(member)s AND EXISTS (SELECT FROM lot)
"""


def redeem_spread(scope: Scope) -> list[Section]:
    """Members and rewards picked at random, and then one reward for all."""
    catalogue = list(Reward.objects.order_by("pk"))
    return [
        _compare("Redeem: members and rewards at random", scope, catalogue, HALF),
        _compare("Redeem: everybody wants one reward", scope, catalogue[:1], Asked()),
    ]


def _compare(work: str, scope: Scope, rewards: list[Reward], asked: Asked) -> Section:
    def prepare(client: int) -> Sides:
        return _sides(client, scope.members, rewards)

    floor, product = take_turns(
        prepare, clients=scope.clients, rounds=scope.rounds, seconds=scope.seconds
    )
    return compared(
        work,
        Comparison(
            work,
            "redemptions/s",
            [each.per_second for each in floor],
            [each.per_second for each in product],
            asked,
        ),
    )


def _sides(client: int, members: int, rewards: list[Reward]) -> Sides:
    pick, raw = dice(client), raw_connection()
    run, member = uuid.uuid4().hex, Member()
    keys = (f"{run}-{number}" for number in itertools.count())

    def floor() -> int:
        values = {
            "member": pick.randint(1, members),
            "reward": pick.choice(rewards).pk,
            "key": next(keys),
            "public_id": uuid.uuid4(),
            "code": uuid.uuid4().hex[:20],
            "at": now(),
        }
        return raw.execute(REDEEM, values).rowcount

    def product() -> int:
        member.pk = pick.randint(1, members)
        try:
            redeem_reward(
                member=member,
                reward=pick.choice(rewards),
                key=next(keys),
                at=now(),
                actor=ACTOR,
            )
        except InsufficientPoints:
            return 0
        return 1

    return {FLOOR: floor, PRODUCT: product}
