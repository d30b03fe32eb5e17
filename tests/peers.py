"""Real servers and processes that tests talk to: an SMTP peer and a Celery worker."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import connection

from loyalty_site.embedded.keeper import server_pids

ROOT = Path(__file__).resolve().parent.parent


class SmtpPeer:
    """A mail server on a free port that keeps what it accepts.

    `answer` is what it says after the message; "421 ..." or "451 ..." refuses it.
    """

    def __init__(self) -> None:
        self.messages: list[EmailMessage] = []
        self.answer = "250 OK"
        self.port = free_port()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(  # noqa: N802 -- the name is aiosmtpd's
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep the message when the answer accepts it."""
        if self.answer.startswith("250"):
            content = envelope.original_content or b""
            message = message_from_bytes(content, policy=default)
            self.messages.append(message)
        return self.answer

    def start(self) -> None:
        """Listen."""
        self._controller.start()

    def stop(self) -> None:
        """Hang up."""
        self._controller.stop()

    @property
    def url(self) -> str:
        """The address for `EMAIL_URL`."""
        return f"smtp://127.0.0.1:{self.port}"


class WorkerProcess:
    """A Celery worker in a process of its own, on the database of this test."""

    def __init__(self, log: Path, **environment: str) -> None:
        self.log = log
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_NAME": connection.settings_dict["NAME"],
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "WorkerProcess":
        """Start the worker and wait until it takes tasks."""
        command = [sys.executable, "-m", "celery", "-A", "loyalty_site", "worker"]
        options = ["--without-gossip", "--without-mingle", "--concurrency=1"]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                [*command, *options, "--loglevel=INFO"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        wait_until(lambda: "ready." in self.log.read_text() or self._ended(), 90)
        assert not self._ended(), self.log.read_text()
        return self

    def stop(self) -> None:
        """Let it finish what it does, then end it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End it and its children as a power cut would."""
        self._end(signal.SIGKILL)

    def _ended(self) -> bool:
        return self.process is None or self.process.poll() is not None

    def _end(self, how: signal.Signals) -> None:
        if self.process is None or self._ended():
            return
        if how == signal.SIGKILL:
            os.killpg(self.process.pid, how)
        else:
            self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def wait_until(condition, seconds: float = 10) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"Still waiting after {seconds} s."
        time.sleep(0.02)


def remove_var_dir(var_dir: Path) -> None:
    """Remove the directory of embedded servers as soon as they have stopped.

    A server's children write until they notice that it is gone.
    """

    def is_gone() -> bool:
        if not server_pids(var_dir):
            shutil.rmtree(var_dir, ignore_errors=True)
        return not var_dir.exists()

    wait_until(is_gone, 60)
