"""The processes of the demo: started together, watched, and stopped together."""

import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path

STOP_SECONDS = 20
LOG_LINES = 15


@dataclass
class Child:
    """A running process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def last_lines(self) -> str:
        """Return the end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()
        return "\n".join(lines[-LOG_LINES:])


@dataclass
class Children:
    """The child processes of this one."""

    logs: Path
    environment: dict[str, str]
    running: list[Child] = field(default_factory=list)

    def start(self, name: str, command: list[str], *, cwd: Path) -> None:
        """Start a process; its output goes to `NAME.log`.

        It gets a session of its own, so that Ctrl-C reaches the parent alone and the
        parent decides the order of stopping.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        path = self.logs / f"{name}.log"
        with path.open("wb") as log:
            process = subprocess.Popen(  # noqa: S603 -- the demo's own programs
                command,
                cwd=cwd,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.running.append(Child(name, process, path))

    def ended(self) -> Child | None:
        """Return a child that has ended by itself, None while all of them run."""
        for child in self.running:
            if child.process.poll() is not None:
                return child
        return None

    def stop(self) -> None:
        """Stop all of them; what does not end in time is killed with its children."""
        for child in self.running:
            if child.process.poll() is None:
                child.process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.running:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                os.killpg(child.process.pid, signal.SIGKILL)
                child.process.wait()
        self.running.clear()


def free_port(host: str, first: int) -> int:
    """Return the first port from `first` on that nobody listens on."""
    for port in range(first, first + 100):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return port
    message = f"No port between {first} and {first + 99} is free on {host}."
    raise OSError(message)


def responds(url: str) -> bool:
    """Return whether the address answers with a 2xx."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:  # noqa: S310 -- our own
            return bool(200 <= answer.status < 300)  # noqa: PLR2004 -- HTTP
    except (urllib.error.URLError, OSError):
        return False
