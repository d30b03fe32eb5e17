"""Many clients at once, and meetings by which a twin without its lock surely goes wrong."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType

import pytest
from django.db import connection

from members.models import Member
from points.services import posting

PATIENCE_SECONDS = 20


def at_once(*calls: Callable[[], object]) -> Counter[str]:
    """Run the calls in threads that start together; count how each ended."""
    start, ends = threading.Barrier(len(calls)), Counter[str]()

    def run(call: Callable[[], object]) -> None:
        try:
            start.wait(PATIENCE_SECONDS)
            call()
            ends["done"] += 1
        except Exception as error:  # noqa: BLE001 -- the test counts how each ended
            ends[type(error).__name__] += 1
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(2 * PATIENCE_SECONDS)
    return ends


def without_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let postings read the accounts without locking them."""
    statement = posting.LOCK.replace("FOR UPDATE OF a", "")
    assert statement != posting.LOCK
    monkeypatch.setattr(posting, "LOCK", statement)


@contextmanager
def locked(statement: str) -> Iterator[None]:
    """Let another connection hold what the statement locks."""
    other = connection.copy()
    try:
        other.set_autocommit(False)
        with other.cursor() as cursor:
            cursor.execute(statement)
        yield
    finally:
        other.rollback()
        other.close()


def held(member: Member) -> AbstractContextManager[None]:
    """Let another connection hold the member's account."""
    return locked(
        f"SELECT 1 FROM points_account WHERE member_id = {member.pk} FOR UPDATE"
    )


class Meeting:
    """Where so many clients of `at_once` wait for each other, each of them once.

    What they read before it they all read before any of them writes.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, clients: int) -> None:
        self._monkeypatch = monkeypatch
        self._gate = threading.Barrier(clients)
        self._mine = threading.local()

    def before(
        self, module: ModuleType, name: str, *, until: threading.Event | None = None
    ) -> None:
        """Let clients meet before they call `name`, and wait there `until` something."""
        call = getattr(module, name)

        def meet_and_call(*args: object, **kwargs: object) -> object:
            self._meet()
            if until is not None:
                until.wait(PATIENCE_SECONDS)
            return call(*args, **kwargs)

        self._monkeypatch.setattr(module, name, meet_and_call)

    def after(self, module: ModuleType, name: str) -> None:
        """Let clients meet when they have the answer of `name`."""
        call = getattr(module, name)

        def call_and_meet(*args: object, **kwargs: object) -> object:
            answer = call(*args, **kwargs)
            self._meet()
            return answer

        self._monkeypatch.setattr(module, name, call_and_meet)

    def _meet(self) -> None:
        is_client = threading.current_thread() is not threading.main_thread()
        if is_client and not hasattr(self._mine, "has_met"):
            self._mine.has_met = True
            self._gate.wait(PATIENCE_SECONDS)
