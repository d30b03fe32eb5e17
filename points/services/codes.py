"""Fill the pool of codes of a reward, and give each of them once."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_code
from points import sql
from points.errors.rewards import NotAPool, OutOfStock, TooManyCodes
from points.models import Hold, Redemption, Reward, RewardCode, RewardStock
from points.models.codes import plain_code

MOST_CODES = 50_000
ROWS_PER_INSERT = 5_000
READABLE = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{2,38}[A-Za-z0-9]")

# Whoever comes second takes the next code, and does not wait.
TAKE_CODE = """
WITH next AS (
  SELECT id FROM points_rewardcode
  WHERE reward_id = %(reward_id)s AND given_at IS NULL
  ORDER BY id LIMIT 1
  FOR UPDATE SKIP LOCKED
)
UPDATE points_rewardcode c SET given_at = %(at)s FROM next WHERE c.id = next.id
RETURNING c.code
"""


@dataclass(frozen=True)
class CodesAdded:
    """How many codes are new in the pool, and which were left out and why."""

    added: int
    repeated: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()


@transaction.atomic
def add_codes(
    *, reward: Reward, codes: Sequence[str], at: datetime, actor: Actor
) -> CodesAdded:
    """Add the codes that are new everywhere, and name the others.

    A code is 4 to 40 letters and digits, blanks and hyphens between; it counts as the
    same however it is written. Raises NotAPool or TooManyCodes.
    """
    if len(codes) > MOST_CODES:
        raise TooManyCodes(most=MOST_CODES)
    _lock_pool(reward)
    readable = [code for code in codes if READABLE.fullmatch(code)]
    first: dict[str, str] = {}
    repeated = []
    for code in readable:
        plain = plain_code(code)
        if plain in first:
            repeated.append(code)
        else:
            first[plain] = code
    known = _known(first)
    new = {plain: code for plain, code in first.items() if plain not in known}
    added = _insert(reward, new, at, actor)
    return CodesAdded(
        added=added,
        repeated=tuple(repeated),
        known=tuple(first[plain] for plain in first if plain in known),
        unreadable=tuple(code for code in codes if not READABLE.fullmatch(code)),
    )


@transaction.atomic
def generate_codes(
    *, reward: Reward, count: int, prefix: str, length: int, at: datetime, actor: Actor
) -> CodesAdded:
    """Add `count` random codes without characters that look alike, after a prefix.

    Raises NotAPool, or TooManyCodes, also where the length allows too few of them.
    """
    if count > MOST_CODES:
        raise TooManyCodes(most=MOST_CODES)
    _lock_pool(reward)
    added = tries = 0
    while added < count:
        if (tries := tries + 1) > 5:  # noqa: PLR2004 -- a clash in a million is one try
            raise TooManyCodes(most=added)
        drawn = (prefix + new_code(length) for _ in range(count - added))
        new = {plain_code(code): code for code in drawn}
        known = _known(new)
        fresh = {plain: code for plain, code in new.items() if plain not in known}
        added += _insert(reward, fresh, at, actor)
    return CodesAdded(added)


def give_code(reward: Reward, *, at: datetime) -> str:
    """Return the next code of the pool; it is given to nobody else. Raises OutOfStock."""
    found = sql.run(TAKE_CODE, {"reward_id": reward.pk, "at": at})
    if not found:
        raise OutOfStock
    return str(found[0][0])


def count_pool(reward: Reward) -> None:
    """Set the stock to the codes that can be given, those held apart."""
    RewardStock.objects.get_or_create(reward=reward, defaults={"pieces": 0})
    stock = RewardStock.objects.select_for_update().get(reward=reward)
    free = RewardCode.objects.filter(reward=reward, given_at=None).count()
    held = Hold.objects.filter(reward=reward, state=Hold.State.HELD, has_piece=True)
    stock.pieces = max(free - held.count(), 0)
    stock.save(update_fields=["pieces"])


def _lock_pool(reward: Reward) -> None:
    if reward.kind != Reward.Kind.CODE:
        raise NotAPool
    RewardStock.objects.get_or_create(reward=reward, defaults={"pieces": 0})
    RewardStock.objects.select_for_update().get(reward=reward)


def _known(codes: Iterable[str]) -> set[str]:
    """Return which are in a pool already, or were a voucher's code, by plain code."""
    wanted = list(codes)
    pooled = RewardCode.objects.filter(plain__in=wanted)
    vouchers = ["-".join(re.findall(".{1,4}", plain)) for plain in wanted]
    given = Redemption.objects.filter(code__in=vouchers)
    return {
        *pooled.values_list("plain", flat=True),
        *map(plain_code, given.values_list("code", flat=True)),
    }


def _insert(reward: Reward, codes: dict[str, str], at: datetime, actor: Actor) -> int:
    pool = RewardCode.objects.filter(reward=reward)
    before = pool.count()
    RewardCode.objects.bulk_create(
        (
            RewardCode(
                reward=reward,
                code=code,
                plain=plain,
                added_at=at,
                added_by=str(actor),
            )
            for plain, code in codes.items()
        ),
        batch_size=ROWS_PER_INSERT,
        ignore_conflicts=True,
    )
    count_pool(reward)
    return pool.count() - before
