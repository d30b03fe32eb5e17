"""One HTTP POST to an address that was checked; short, small, and without redirects."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from django.conf import settings

from loyalty_site.webhooks.addresses import Target

CONNECT_SECONDS = 5
SILENCE_SECONDS = 10
WHOLE_SECONDS = 20
ANSWER_BYTES = 16_384


class NotSent(Exception):
    """Nothing was answered in time, or nothing that HTTP knows."""


@dataclass(frozen=True)
class Answer:
    """What was answered; `text` is its beginning."""

    status: int
    text: str
    milliseconds: int


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was looked up, under the name that was asked."""

    def __init__(self, target: Target) -> None:
        super().__init__(target.host, target.port, timeout=SILENCE_SECONDS)
        self.target = target
        # The port is named to the receiver where it is not the usual one of the scheme.
        self.default_port = 443 if target.is_https else 80

    def connect(self) -> None:
        """Connect, and shake hands under the name."""
        plain = _connected(self.target)
        plain.settimeout(SILENCE_SECONDS)
        self.sock = plain
        if self.target.is_https:
            self.sock = _context().wrap_socket(plain, server_hostname=self.host)


def post(target: Target, *, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Send the body and return the answer, whatever its status; raises NotSent.

    The whole exchange ends after `WHOLE_SECONDS`, also where the other side sends a
    byte now and then; of the answer no more than `ANSWER_BYTES` are read.
    """
    started = time.monotonic()
    connection = _Pinned(target)
    end = threading.Timer(WHOLE_SECONDS, _hang_up, [connection])
    end.start()
    try:
        connection.request("POST", target.path, body=body, headers=dict(headers))
        response = connection.getresponse()
        text = response.read(ANSWER_BYTES).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        message = f"{type(error).__name__}: {error}"
        raise NotSent(message) from error
    finally:
        end.cancel()
        connection.close()
    milliseconds = int(1000 * (time.monotonic() - started))
    return Answer(response.status, text.replace("\0", ""), milliseconds)


def _connected(target: Target) -> socket.socket:
    """Return a connection to the first of the checked addresses that takes one."""
    *others, last = target.addresses
    for address in others:
        with suppress(OSError):
            return socket.create_connection((address, target.port), CONNECT_SECONDS)
    return socket.create_connection((last, target.port), CONNECT_SECONDS)


def _hang_up(connection: _Pinned) -> None:
    if connection.sock is not None:
        # Not the method of an SSL socket, which would wait for a farewell.
        socket.socket.shutdown(connection.sock, socket.SHUT_RDWR)


def _context() -> ssl.SSLContext:
    return ssl.create_default_context(cafile=settings.WEBHOOK_CA_FILE or None)
