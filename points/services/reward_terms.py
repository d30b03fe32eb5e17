"""Agree on the terms of a reward under the lock of the account, and take a piece."""

from datetime import datetime

from points import sql
from points.errors.rewards import UnknownReward
from points.models import Reward
from points.selectors.programme import current_rulebook
from points.selectors.reward_terms import TERMS, Terms, Used, problem_of, used_by
from points.services.posting import LockedAccount

PIECES = """
  CASE WHEN s.reward_id IS NULL THEN NULL WHEN taken.reward_id IS NULL THEN 0 ELSE 1 END
"""
# Of two for the last piece the second waits for the first, and then finds none.
TAKE_PIECE = f"""
WITH taken AS (
  UPDATE points_rewardstock SET pieces = pieces - 1
  WHERE reward_id = %(reward_id)s AND pieces > 0
  RETURNING reward_id
)
{TERMS.format(pieces=PIECES)}
LEFT JOIN taken ON taken.reward_id = r.id
WHERE r.id = %(reward_id)s
"""  # noqa: S608 -- put together from constants

# Holds of others may wait for the sweep, which has their accounts' locks first: it is
# not waited for here, and what it is at comes back without this.
RECLAIM = """
WITH due AS (
  SELECT id FROM points_hold
  WHERE reward_id = %(reward_id)s AND has_piece AND state = 'held'
    AND expires_at <= %(at)s
  FOR UPDATE SKIP LOCKED
),
without AS (
  UPDATE points_hold h SET has_piece = false FROM due WHERE h.id = due.id
  RETURNING h.id
)
UPDATE points_rewardstock SET pieces = pieces + (SELECT count(*) FROM without)
WHERE reward_id = %(reward_id)s AND EXISTS (SELECT FROM without)
RETURNING pieces
"""


def agree_terms(*, reward: Reward, account: LockedAccount, at: datetime) -> Terms:
    """Return today's terms for the member, with a piece taken where they are counted.

    Raises UnknownReward, or the reason of `problem_of`; the caller's transaction then
    puts the piece back.
    """
    terms = take_piece(reward, account.tier_id)
    if terms.pieces == 0 and sql.run(RECLAIM, {"reward_id": reward.pk, "at": at}):
        terms = take_piece(reward, account.tier_id)
    zone = current_rulebook(account.stamp).zone
    used = used_by(account.member_id, [terms], at=at, zone=zone)
    if problem := problem_of(terms, used.get(reward.pk, Used()), at=at, zone=zone):
        raise problem
    return terms


def take_piece(reward: Reward, tier_id: int | None) -> Terms:
    """Take one piece from the stock, if it is limited, and return today's terms."""
    found = sql.run(TAKE_PIECE, {"reward_id": reward.pk, "tier_id": tier_id})
    if not found:
        raise UnknownReward
    return Terms(*found[0])
