"""Work that is done once a turn, by one process: timed in pairs."""

import time
from collections.abc import Callable

from tests.bench.clock import say

Work = Callable[[], object]


def seconds_of(work: Work) -> float:
    """Return how long the work took."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def timed_in_turns(
    floor: Work, product: Work, *, rounds: int, before: Work = lambda: None
) -> tuple[list[float], list[float]]:
    """Return the seconds of floor and product; `before` each of them is not timed."""
    seconds: dict[Work, list[float]] = {floor: [], product: []}
    for _ in range(rounds):
        for side in (floor, product):
            before()
            seconds[side].append(seconds_of(side))
        say(
            f"    floor {seconds[floor][-1]:>7.2f} s   "
            f"product {seconds[product][-1]:>7.2f} s   "
            f"ratio {seconds[product][-1] / seconds[floor][-1]:.2f}"
        )
    return seconds[floor], seconds[product]
