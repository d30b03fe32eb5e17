"""Python's collector of cycles, and when to do without it."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Let no cycles be looked for meanwhile; may be nested.

    A chunk of an import makes hundreds of thousands of objects and no cycle among them.
    The collector would walk them all again and again, for a third of the time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
