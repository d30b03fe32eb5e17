"""A database that was too busy: others held for too long what a write needs."""

import logging

from django.db import OperationalError
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)

# Serialization failure, deadlock, lock not available: another try may pass at once.
TRANSIENT = frozenset({"40001", "40P01", "55P03"})
# A statement that was cancelled has had its time already.
CANCELLED = "57014"
RETRY_AFTER_SECONDS = "5"
SENTENCE = _(
    "The programme is busy: somebody else is changing the same thing. Nothing was"
    " changed. Try again in a few seconds."
)


def is_busy(error: BaseException) -> bool:
    """Whether waiting for others ended the statement; its transaction wrote nothing."""
    if not isinstance(error, OperationalError):
        return False
    return getattr(error.__cause__, "sqlstate", "") in TRANSIENT | {CANCELLED}


def note_busy(error: BaseException) -> None:
    """Leave a line in the log about it."""
    logger.warning("The database was too busy: %s", error)
