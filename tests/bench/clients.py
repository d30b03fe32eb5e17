"""Client processes that work at the same time, first one side, then the other."""

import multiprocessing
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any, Self

from django.db import connection

from tests.bench.clock import say
from tests.bench.results import percentile

# One unit of work; returns how many of it were done, 0 for one that was refused.
Call = Callable[[], int]
Sides = Mapping[str, Call]
WARM_UP_SECONDS = 1.0
FLOOR, PRODUCT = "floor", "product"


@dataclass(frozen=True)
class Turn:
    """What the clients did in one turn of one side."""

    per_second: float
    latencies: tuple[float, ...]

    def latency_ms(self, percent: int) -> float:
        """Return the latency that `percent` of the calls did not exceed."""
        return 1000 * percentile(self.latencies, percent)


def dice(seed: int) -> random.Random:
    """Return chance that falls the same way in every run."""
    return random.Random(seed)  # noqa: S311 -- picks members, not secrets


class Clients:
    """`count` processes, each with the sides that `prepare(number)` gives it."""

    def __init__(self, count: int, prepare: Callable[[int], Sides]) -> None:
        # A connection must not be shared with a fork.
        connection.close()
        context = multiprocessing.get_context("fork")
        self._pipes: list[Connection[Any, Any]] = []
        self._processes: list[BaseProcess] = []
        for number in range(count):
            here, there = context.Pipe()
            process = context.Process(
                target=_serve, args=(there, prepare, number), daemon=True
            )
            process.start()
            there.close()
            self._pipes.append(here)
            self._processes.append(process)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for pipe in self._pipes:
            pipe.send(None)
            pipe.close()
        for process in self._processes:
            process.join(10)

    def turn(self, side: str, seconds: float) -> Turn:
        """Let every client repeat its call for that long."""
        for pipe in self._pipes:
            pipe.send((side, seconds))
        answers = [pipe.recv() for pipe in self._pipes]
        if broken := next((each for each in answers if isinstance(each, str)), None):
            raise RuntimeError(broken)
        return Turn(
            sum(done / elapsed for done, elapsed, _latencies in answers),
            tuple(each for _, _, latencies in answers for each in latencies),
        )


def take_turns(
    prepare: Callable[[int], Sides], *, clients: int, rounds: int, seconds: float
) -> tuple[list[Turn], list[Turn]]:
    """Return the turns of the floor and of the product, which alternate."""
    floor, product = [], []
    with Clients(clients, prepare) as team:
        for side in (FLOOR, PRODUCT):
            team.turn(side, min(WARM_UP_SECONDS, seconds))
        for _ in range(rounds):
            floor.append(team.turn(FLOOR, seconds))
            product.append(team.turn(PRODUCT, seconds))
            say(
                f"    floor {floor[-1].per_second:>9,.0f}/s   "
                f"product {product[-1].per_second:>9,.0f}/s   "
                f"ratio {product[-1].per_second / floor[-1].per_second:.2f}"
            )
    return floor, product


def _serve(
    pipe: "Connection[Any, Any]", prepare: Callable[[int], Sides], number: int
) -> None:
    sides = prepare(number)
    while order := pipe.recv():
        side, seconds = order
        try:
            pipe.send(_repeat(sides[side], seconds))
        except Exception as error:  # noqa: BLE001 -- told to the parent, which stops
            pipe.send(f"{side}: {type(error).__name__}: {error}")


def _repeat(call: Call, seconds: float) -> tuple[int, float, list[float]]:
    done, latencies = 0, []
    started = before = time.perf_counter()
    while before < started + seconds:
        done += call()
        after = time.perf_counter()
        latencies.append(after - before)
        before = after
    return done, before - started, latencies
