"""A receiver of events: a real HTTP server, and an endpoint that sends to it."""

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from loyalty_site.webhooks.kinds import EVENT_KINDS
from loyalty_site.webhooks.models import Delivery
from loyalty_site.webhooks.services.delivering import deliver_due
from loyalty_site.webhooks.services.endpoints import add_endpoint
from tests.factories import CLERK, LONG_AGO, NOON


@dataclass
class Receiver:
    """What came, and what is answered: a status, a text, after some seconds."""

    port: int = 0
    status: int = 200
    text: bytes = b"ok"
    location: str = ""
    pause: float = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hooks?shop=1"

    @property
    def kinds(self) -> list[str]:
        return [json.loads(body)["type"] for _headers, body in self.got]

    def data(self, n: int = -1):
        return json.loads(self.got[n][1])["data"]


def serve(receiver: Receiver) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.got.append((headers, self.rfile.read(length)))
            time.sleep(receiver.pause)
            self.send_response(receiver.status)
            if receiver.location:
                self.send_header("Location", receiver.location)
            self.end_headers()
            self.wfile.write(receiver.text)

        def log_message(self, *args) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_port
    return server


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server that answers 200 until a test says otherwise."""
    receiver = Receiver()
    server = serve(receiver)
    thread = threading.Thread(target=server.serve_forever, args=[0.01])
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def listen(db, receiver):
    """Return how an endpoint of the receiver is added, for these kinds or for all."""

    def add(*kinds, url=""):
        return add_endpoint(
            url=url or receiver.url,
            kinds=kinds or EVENT_KINDS,
            note="",
            at=LONG_AGO,
            actor=CLERK,
        )

    return add


def deliver(endpoint, *, at=NOON):
    """Send what is due at that instant."""
    while deliver_due(endpoint_id=endpoint.pk, clock=lambda: at):
        pass


def told(endpoint=None):
    """Return the kinds of all events that were written, in order."""
    rows = Delivery.objects.order_by("pk")
    if endpoint is not None:
        rows = rows.filter(endpoint=endpoint)
    return list(rows.values_list("event__kind", flat=True))
