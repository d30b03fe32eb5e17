"""How often one address may try links that lead nowhere."""

import hashlib
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)
WRONG_LINKS = 30
WINDOW_SECONDS = 600


def too_many_wrong_links(address: str) -> bool:
    """Count one wrong link of an address; True when it has tried too many.

    The counter lives in the cache only. While that is away nobody is held up: a token
    has 256 bits, so guessing stays hopeless without any limit.
    """
    key = "surveys:wrong:" + hashlib.sha256(address.encode()).hexdigest()[:32]
    try:
        if cache.add(key, 1, WINDOW_SECONDS):
            return False
        return cache.incr(key) > WRONG_LINKS
    except (RedisError, OSError):
        logger.warning("The cache is away: wrong links are not counted", exc_info=True)
        return False
    except ValueError:
        # The counter ran out between the two calls.
        return False
