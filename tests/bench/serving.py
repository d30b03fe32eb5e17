"""The API over HTTP: gunicorn, the clients and the database on the same machine."""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse, RemoteDisconnected
from pathlib import Path

from django.conf import settings

from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.children import Children, free_port, responds
from points.models import Programme
from tests.bench.clients import Clients, Sides, dice
from tests.bench.clock import now, say
from tests.bench.earning import ACTOR
from tests.bench.results import BOUNDED, Asked, Section, Spread, bounded
from tests.bench.scope import Scope

HOST = "127.0.0.1"
START_SECONDS = 60
BATCH = 100
LATENCY = Asked("< 100 ms", at_most=100)
# What is asked of each kind of call, for every second.
ASKED = {
    "single purchases": Asked("≥ 250", at_least=250),
    "purchases in batches of 100": Asked("≥ 10,000", at_least=10_000),
    "balances read": Asked("≥ 1,000", at_least=1000),
}


def serve(scope: Scope) -> list[Section]:
    """Purchases one by one, by the hundred, and balances, each by all clients."""
    section = Section("The API over HTTP", BOUNDED)
    raw = create_api_key(
        name=f"bench {uuid.uuid4().hex[:8]}",
        scopes=ApiKey.Scope.values,
        at=now(),
        actor=ACTOR,
    ).raw
    with _web_server() as port:

        def prepare(client: int) -> Sides:
            return _calls(_Till(port, raw), client, scope.members)

        with Clients(scope.clients, prepare) as team:
            for kind, asked in ASKED.items():
                team.turn(kind, 1)
                turns = [team.turn(kind, scope.seconds) for _ in range(scope.rounds)]
                speed = Spread(tuple(each.per_second for each in turns))
                late = Spread(tuple(each.latency_ms(99) for each in turns))
                say(f"    {speed.middle:>9,.0f}/s   {late.middle:.1f} ms   {kind}")
                section.rows += [
                    bounded(f"{kind}, in a second", speed.text(), speed.middle, asked),
                    bounded(
                        f"99 % of the calls within, {kind}",
                        f"{late.text('.1f')} ms",
                        late.middle,
                        LATENCY if kind == "single purchases" else Asked(),
                    ),
                ]
    section.note = "gunicorn with two processes of four threads; every call has an idempotency key."
    return [section]


@contextmanager
def _web_server() -> Iterator[int]:
    """Run gunicorn as the demo does; yields its port."""
    port = free_port(HOST, 8900)
    url = f"http://{HOST}:{port}"
    environment = os.environ | {"TRYOUT": "on", "SITE_URL": url}
    children = Children(settings.VAR_DIR / "log", environment)
    command = [sys.executable, "-m", "gunicorn", "loyalty_site.wsgi"]
    command += [f"--bind={HOST}:{port}", "--preload", "--workers=2", "--threads=4"]
    children.start("bench-web", command, cwd=Path(settings.BASE_DIR))
    try:
        deadline = time.monotonic() + START_SECONDS
        while not responds(f"{url}/healthz"):
            if children.ended() or time.monotonic() > deadline:
                raise RuntimeError(children.running[0].last_lines())
            time.sleep(0.2)
        yield port
    finally:
        children.stop()


class _Till:
    """A connection that stays open, and the key."""

    def __init__(self, port: int, raw: str) -> None:
        self._http = HTTPConnection(HOST, port)
        self._headers = {
            "Authorization": f"Bearer {raw}",
            "Content-Type": "application/json",
        }

    def call(self, method: str, path: str, body: object = None) -> None:
        """Call, and raise for an answer that is no 2xx."""
        text = None if body is None else json.dumps(body)
        headers = self._headers | {"Idempotency-Key": uuid.uuid4().hex}
        try:
            answer = self._sent(method, path, text, headers)
        except (BrokenPipeError, ConnectionResetError, RemoteDisconnected):
            # It was left alone for too long between the turns. The key makes this safe.
            self._http.close()
            answer = self._sent(method, path, text, headers)
        said = answer.read()
        if answer.status >= HTTPStatus.BAD_REQUEST:
            message = f"{answer.status}: {said[:500]!r}"
            raise RuntimeError(message)

    def _sent(
        self, method: str, path: str, text: str | None, headers: dict[str, str]
    ) -> HTTPResponse:
        self._http.request(method, f"/api/v1/{path}", text, headers)
        return self._http.getresponse()


def _calls(till: _Till, client: int, members: int) -> Sides:
    chance = dice(client)
    currency = Programme.objects.get().currency

    def number() -> str:
        return f"M{chance.randint(1, members):09}"

    def purchase() -> dict[str, object]:
        return {
            "member": {"number": number()},
            "source": "bench",
            "source_id": uuid.uuid4().hex,
            "amount": f"{chance.randint(2000, 20_000) / 100:.2f}",
            "currency": currency,
            "occurred_at": now().isoformat(),
        }

    def single() -> int:
        till.call("POST", "purchases", purchase())
        return 1

    def batch() -> int:
        rows = [purchase() for _ in range(BATCH)]
        till.call("POST", "purchases/batch", {"purchases": rows})
        return BATCH

    def balance() -> int:
        till.call("GET", f"members/{number()}/balance")
        return 1

    calls: tuple[Callable[[], int], ...] = (single, batch, balance)
    return dict(zip(ASKED, calls, strict=True))
