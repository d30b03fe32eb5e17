"""Let the database work on one part of a batch while Python prepares the next."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connections

Part = TypeVar("Part")
Result = TypeVar("Result")


def written_behind(
    write: Callable[[Part], Result], parts: Iterable[Part]
) -> list[Result]:
    """Write the parts one after the other, each while the next is being prepared.

    Return what the writes returned. `write` runs in a thread on this very connection
    and in its transaction, so preparing a part must leave the connection alone. The
    first error is raised once all parts are done; the caller's transaction is lost then.
    """
    database = connections[DEFAULT_DB_ALIAS]

    def adopt_connection() -> None:
        connections[DEFAULT_DB_ALIAS] = database

    database.inc_thread_sharing()
    try:
        with ThreadPoolExecutor(1, initializer=adopt_connection) as thread:
            writes = [thread.submit(write, part) for part in parts]
    finally:
        database.dec_thread_sharing()
    return [each.result() for each in writes]
