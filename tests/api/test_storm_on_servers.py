"""The storm over the wire: gunicorn's processes and a worker, as in production."""

import http.client
import json
import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connection

from loyalty_site.apiaccess.models import ApiKey
from points.models import Purchase, Redemption
from tests.api.bodies import purchase
from tests.api.conftest import Till, new_key
from tests.api.test_storm import Storm, now, rage
from tests.factories import make_member, make_reward
from tests.peers import ROOT, free_port, wait_until
from tests.points.books import differences

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.proof,
    pytest.mark.long,
]


class Answer:
    """What came over the wire."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status_code, self._body = status, body

    def json(self) -> dict[str, str]:
        return json.loads(self._body)


class WiredTill(Till):
    """Calls a server at a port, on a connection of its own."""

    def __init__(self, raw: str, port: int) -> None:
        super().__init__(raw)
        self._port = port

    def post_raw(self, path, body, key="k", content_type="application/json"):
        line = http.client.HTTPConnection("127.0.0.1", self._port, timeout=60)
        try:
            headers = self.headers(key) | {"Content-Type": content_type}
            line.request("POST", f"/api/v1{path}", body, headers)
            got = line.getresponse()
            return Answer(got.status, got.read())
        finally:
            line.close()


class WiredStorm(Storm):
    """A storm whose tills call a server."""

    def __init__(self, seconds: float, port: int) -> None:
        super().__init__(seconds)
        self._port = port

    def till(self) -> Till:
        return WiredTill(self.raw, self._port)


@pytest.fixture
def port(transactional_db, tmp_path: Path) -> Iterator[int]:
    """Gunicorn with two processes on this test's database, and where it listens."""
    found, log = free_port(), tmp_path / "web.log"
    names = {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
    }
    options = [f"--bind=127.0.0.1:{found}", "--workers=2", "--threads=4"]
    with log.open("w") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "loyalty_site.wsgi", *options],
            cwd=ROOT,
            env={**os.environ, **names},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        wait_until(lambda: "Booting worker" in log.read_text(), 90)
        yield found
    finally:
        server.terminate()
        server.wait(30)


def at_once(clients: int, call) -> Counter[int]:
    gate = threading.Barrier(clients)

    def client(n: int) -> int:
        gate.wait()
        return call(n).status_code

    with ThreadPoolExecutor(clients) as pool:
        return Counter(pool.map(client, range(clients)))


def test_a_storm_over_the_wire_leaves_true_books(port, start_worker):
    start_worker()
    storm = WiredStorm(60, port)
    rage(storm)
    booked = {kind: len(ids) for kind, ids in storm.acknowledged.items()}
    print(f"{booked}, {dict(storm.statuses)}, turned away {storm.turned_away}")  # noqa: T201 -- the figures of a long run


def test_one_key_and_the_last_pieces_over_the_wire(port):
    storm = WiredStorm(0, port)
    body = purchase(storm.member, source_id="once", occurred_at=now().isoformat())
    statuses = at_once(32, lambda _n: storm.till().post("/purchases", body, key="once"))
    assert set(statuses) <= {201, 409}
    assert Purchase.objects.count() == 1

    reward = make_reward(cost=10, pieces=10)
    members = [make_member(balance=10, at=now()) for _ in range(64)]
    raw, wanted = new_key(*ApiKey.Scope.values), {"reward": str(reward.public_id)}
    statuses = at_once(
        64,
        lambda n: WiredTill(raw, port).post(
            f"/members/{members[n].number}/redemptions", wanted
        ),
    )
    assert statuses == {201: 10, 409: 54}
    assert Redemption.objects.filter(reward=reward).count() == 10
    assert differences(now()) == []
