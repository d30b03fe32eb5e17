"""Command line of the benchmarks."""

import argparse
import os
import time
from collections.abc import Callable
from contextlib import suppress

from loyalty_site.embedded.servers import hold_servers
from tests.bench import (
    earning,
    evaluating,
    importing,
    machine,
    pages,
    redeeming,
    serving,
    sweeping,
    tiering,
)
from tests.bench.clock import now, say
from tests.bench.database import clean, own_database
from tests.bench.document import text_of, write
from tests.bench.results import Section
from tests.bench.scope import Scope
from tests.bench.seeding import seed

Benchmark = Callable[[Scope], list[Section]]
# In this order: pages as they were seeded, and the proof last, of everything written.
BENCHMARKS: dict[str, Benchmark] = {
    "pages": pages.visit_pages,
    "earn": earning.earn_spread,
    "hot": earning.earn_hot,
    "batches": earning.earn_batches,
    "redeem": redeeming.redeem_spread,
    "import": importing.import_purchases,
    "tiers": tiering.recompute_tiers,
    "expiry": sweeping.expire_a_day,
    "rules": evaluating.evaluate_rules,
    "http": serving.serve,
    "verify": sweeping.verify,
}


def main() -> None:
    """Measure what is asked for, and print it."""
    options = _options()
    scope = Scope(
        options.members,
        options.seconds,
        options.rounds,
        options.clients,
        options.rows,
    )
    names = options.only or list(BENCHMARKS)
    started, at = time.monotonic(), now()
    hold_servers()
    name = options.keep or f"perennial_bench_{os.getpid()}"
    sections: list[Section] = []
    with own_database(name, is_kept=bool(options.keep)) as is_new:
        if is_new:
            say(f"{scope.members:,} members")
            seed(scope.members)
            clean()
        for each in names:
            say(f"{each}  ({time.monotonic() - started:.0f} s)")
            sections += BENCHMARKS[each](scope)
        facts = machine.facts()
    for section in sections:
        for line in text_of(section):
            say(line)
    if not options.only:
        write(
            sections,
            scope=scope,
            machine=facts,
            at=at,
            seconds=time.monotonic() - started,
        )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument(
        "--seconds", type=float, default=5, help="of a turn (default: %(default)s)"
    )
    parser.add_argument("--rounds", type=int, default=5, help="pairs of turns")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument(
        "--rows", type=int, default=1_000_000, help="of the file that is imported"
    )
    parser.add_argument(
        "--only", action="append", choices=BENCHMARKS, help="print only, write nothing"
    )
    parser.add_argument(
        "--keep", metavar="NAME", default="", help="use and keep that database"
    )
    return parser.parse_args()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
