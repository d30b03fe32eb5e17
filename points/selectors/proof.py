"""Proof of the books: run every check, and name the rows where they are wrong."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from time import perf_counter

from django.db import connections, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from points import sql
from points.selectors.lotteries import doubtful_draws
from points.selectors.seal_proof import broken_seals
from points.selectors.tier_proof import misplaced_by
from points.selectors.verification import Check, all_checks
from points.services.seal_files import kept_roots

ROWS_NAMED = 20
WITH_MEMORY = "SET LOCAL work_mem = '128MB'"
NIGHT_AND_A_DAY = timedelta(hours=36)
DifferentRows = list[tuple[object, ...]]


@dataclass(frozen=True)
class Finding:
    """The outcome of a check: `differences` in all, the first rows by name."""

    name: str
    title: str | Promise
    differences: int
    rows: tuple[str, ...]
    seconds: float = 0.0


def verify_books(*, at: datetime, workers: int = 1) -> Iterator[Finding]:
    """Run every check and yield its finding, as they come; reads only.

    More than one worker read at the same time, each on a connection of its own, which
    does not see what the caller has not committed.
    """
    proofs = _proofs(at)
    if workers == 1:
        yield from (_timed(prove) for prove in proofs)
        return
    with ThreadPoolExecutor(workers) as threads:
        findings = [threads.submit(_on_its_own, prove) for prove in proofs]
        yield from (each.result() for each in as_completed(findings))


def _proofs(at: datetime) -> list[Callable[[], Finding]]:
    """Return the proofs, those first that take longest."""
    return [
        _sealed,
        _drawn,
        partial(_tiers, at),
        *(partial(_checked, check, at) for check in all_checks()),
    ]


def _on_its_own(prove: Callable[[], Finding]) -> Finding:
    try:
        return _timed(prove)
    finally:
        connections.close_all()


def _timed(prove: Callable[[], Finding]) -> Finding:
    started = perf_counter()
    finding = prove()
    return replace(finding, seconds=round(perf_counter() - started, 2))


def _checked(check: Check, at: datetime) -> Finding:
    return _finding(check.name, check.title, _rows_of(check.statement, at))


def _sealed() -> Finding:
    return _finding(
        "the-ledger-is-as-it-was-sealed",
        _("What was sealed is as it was, and the roots are those kept outside."),
        list(broken_seals(kept_roots())),
    )


def _drawn() -> Finding:
    return _finding(
        "draws-follow-from-what-was-published",
        _("Every frozen list and every draw is what a fresh computation gives."),
        list(doubtful_draws()),
    )


def _tiers(at: datetime) -> Finding:
    return _finding(
        "tiers-follow-the-entries",
        _("Every tier is what a fresh computation gives, or is due to be recomputed."),
        _misplaced(at),
    )


def _finding(name: str, title: str | Promise, rows: DifferentRows) -> Finding:
    named = tuple(
        f"{row}: found {found}, expected {expected}"
        for row, found, expected in rows[:ROWS_NAMED]
    )
    return Finding(name, title, len(rows), named)


@transaction.atomic
def _rows_of(statement: str, at: datetime) -> DifferentRows:
    """Return the rows of a check, which reads whole tables: with memory to match."""
    sql.run(WITH_MEMORY)
    return sql.run(statement, {"at": at})


@transaction.atomic
def _misplaced(at: datetime) -> DifferentRows:
    """Return the accounts whose tier is wrong although nothing is due for them.

    Points leave the window at any instant and the night's run acts on it, so a tier
    counts as wrong only if it is wrong by today's window and by that of the last night.
    """
    sql.run(WITH_MEMORY)
    by_now = misplaced_by(day=at, at=at)
    if not by_now:
        return []
    last_night = at - NIGHT_AND_A_DAY
    by_last_night = misplaced_by(day=last_night, at=at, member_ids=by_now)
    return [
        (f"account {member_id}", *by_now[member_id])
        for member_id in sorted(by_now.keys() & by_last_night.keys())
    ]
