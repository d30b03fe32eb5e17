"""Forget logged calls after two weeks."""

from datetime import datetime, timedelta

from django.db import transaction

from loyalty_site.lib.statements import fetch

KEPT = timedelta(days=14)
ROWS = 10_000

# The oldest rows have the lowest ids: no index of their instants is needed.
FORGET = """
DELETE FROM apiaccess_loggedrequest WHERE id IN (
  SELECT id FROM (
    SELECT id, at FROM apiaccess_loggedrequest ORDER BY id LIMIT %s) oldest
  WHERE at < %s)
RETURNING id
"""


def forget_old_requests(*, at: datetime) -> int:
    """Delete calls older than `KEPT`, in committed chunks; return how many."""
    forgotten = 0
    while count := _forget_chunk(at - KEPT):
        forgotten += count
    return forgotten


@transaction.atomic
def _forget_chunk(before: datetime) -> int:
    return len(fetch(FORGET, [ROWS, before]))
