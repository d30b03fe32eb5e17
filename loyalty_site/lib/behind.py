"""Let the database work on one part of a batch while Python prepares the next."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Submit = Callable[..., "Future[Any]"]


@contextmanager
def behind() -> Iterator[Submit]:
    """Yield a `submit` whose calls run one after the other, on this very connection.

    They belong to the caller's transaction. The caller leaves the connection alone
    meanwhile, and hears of an error when it asks a future for its result; at the end
    all calls are done.
    """
    database = connections[DEFAULT_DB_ALIAS]

    def adopt_connection() -> None:
        connections[DEFAULT_DB_ALIAS] = database

    database.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1, initializer=adopt_connection) as pool:
            yield pool.submit
    finally:
        database.dec_thread_sharing()
