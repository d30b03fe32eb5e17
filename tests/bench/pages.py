"""Pages at the server: the time of the whole request, and its queries."""

import multiprocessing
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import NoReverseMatch, reverse

from loyalty_site.accounts.services import create_staff
from points import sql
from points.models import Entry
from reports.definitions import REPORTS
from reports.services.rollups import refresh_rollups
from tests.bench.clients import dice
from tests.bench.clock import now, say
from tests.bench.earning import HOT_MEMBER
from tests.bench.results import Asked, Row, Section, percentile
from tests.bench.scope import Scope
from tests.bench.timing import seconds_of

WARM_UPS = 3
REQUESTS = 20
PERCENT = 95
LIST_MS = Asked("< 250 ms", at_most=250)
REPORT_MS = Asked("< 400 ms", at_most=400)
LATIN = ("weaver", "ada", "Hunter", "nora sawyer", "yuri", "member77@example.com")
CHINESE = ("王", "陳大", "林文明", "志強", "黃", "小明")
HEADER = ("page", "queries", "median", f"{PERCENT} % within", "asked")
Address = Callable[[], str]


@dataclass(frozen=True)
class Page:
    """A page by name; `address` gives a fresh one for every request."""

    name: str
    address: Address
    asked: Asked


@dataclass(frozen=True)
class Visit:
    """What the requests of one page took."""

    name: str
    queries: int
    milliseconds: tuple[float, ...]
    asked: Asked


def visit_pages(scope: Scope) -> list[Section]:
    """Fill the rollups, then visit every page in a process of its own."""
    seconds = seconds_of(_fill_rollups)
    say(f"    rollups of {scope.members:,} members filled in {seconds:.0f} s")
    connection.close()
    here, there = multiprocessing.Pipe()
    process = multiprocessing.get_context("fork").Process(
        target=_visit_all, args=(there, scope.members), daemon=True
    )
    process.start()
    there.close()
    section = Section(
        f"Pages with {scope.members:,} members",
        HEADER,
        note="Time at the server by Django's test client, "
        f"{REQUESTS} requests after {WARM_UPS} to warm up. Filling the rollups of the "
        f"reports from nothing took {seconds:.0f} s.",
    )
    while (visit := here.recv()) is not None:
        section.rows.append(_row(visit))
    process.join(10)
    return [section]


def _fill_rollups() -> None:
    while not refresh_rollups(at=now()).is_complete:
        pass


def _row(visit: Visit) -> Row:
    slowest = percentile(visit.milliseconds, PERCENT)
    middle = percentile(visit.milliseconds, 50)
    say(f"    {visit.name:<44}{visit.queries:>3} queries {slowest:>7.0f} ms")
    return Row(
        (
            visit.name,
            str(visit.queries),
            f"{middle:.0f} ms",
            f"{slowest:.0f} ms",
            visit.asked.words,
        ),
        visit.asked.is_met_by(slowest),
    )


def _visit_all(pipe: "Connection[Any, Any]", members: int) -> None:
    queries = QueryCount()
    client = Client()
    client.force_login(
        create_staff(username="bench", email="bench@example.com", role="admin")
    )
    for page in _pages(members):
        milliseconds = [
            _request(client, page.address()) for _ in range(WARM_UPS + REQUESTS)
        ]
        queries.number = 0
        _request(client, page.address())
        pipe.send(
            Visit(
                page.name,
                queries.number,
                tuple(milliseconds[WARM_UPS:]),
                page.asked,
            )
        )
    pipe.send(None)


class QueryCount:
    """Counts what Django and the engine's own statements ask the database."""

    def __init__(self) -> None:
        self.number = 0
        connection.execute_wrappers.append(self._count)
        run = sql.run

        def counted(*args: Any, **options: Any) -> list[tuple[Any, ...]]:
            self.number += 1
            return run(*args, **options)

        sql.run = counted

    def _count(self, execute: Callable[..., Any], *args: Any) -> object:
        self.number += 1
        return execute(*args)


def _request(client: Client, address: str) -> float:
    started = time.perf_counter()
    response = client.get(address)
    elapsed = 1000 * (time.perf_counter() - started)
    if response.status_code != 200:
        message = f"{address} answered {response.status_code}."
        raise RuntimeError(message)
    return elapsed


def _pages(members: int) -> Iterator[Page]:
    pick = dice(members)

    def page(name: str, *addresses: str) -> Page:
        return Page(name, lambda: pick.choice(addresses), LIST_MS)

    def member(number: int) -> str:
        return reverse("members:member-detail", args=[f"M{number:09}"])

    listed = reverse("members:member-list")
    yield page("home", reverse("home"))
    yield page("members", listed)
    yield page("members, searched in Latin", *(f"{listed}?q={q}" for q in LATIN))
    yield page("members, searched in Chinese", *(f"{listed}?q={q}" for q in CHINESE))
    yield page(
        "members, of a tier", *(f"{listed}?tier={t}" for t in ("gold", "bronze"))
    )
    yield page("members, by name", f"{listed}?sort=name")
    yield page("members, joined in a month", f"{listed}?{_month()}")
    yield Page("member", lambda: member(pick.randint(1, members)), LIST_MS)
    entries = Entry.objects.filter(account=HOT_MEMBER).count()
    yield page(f"member with {entries:,} entries", member(HOT_MEMBER))
    yield from (
        page(name, address)
        for name, address in (
            ("ledger", _address("points:entry-list")),
            ("purchases", _address("points:purchase-list")),
            ("redemptions", _address("points:redemption-list")),
        )
        if address
    )
    for report in REPORTS.values():
        if address := _address(report.url_name):
            yield Page(f"report: {report.slug}", address.__str__, REPORT_MS)


def _month() -> str:
    day = now().date()
    return f"joined_from={day.replace(year=day.year - 1, day=1)}&joined_to={day}"


def _address(name: str) -> str:
    """Return the address of a page, or nothing where the site has no such page."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""
