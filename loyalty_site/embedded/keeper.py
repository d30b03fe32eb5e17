"""The keeper: a process that stops the servers when no other process holds them."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from loyalty_site.embedded.place import EmbeddedServerError, Place
from loyalty_site.embedded.processes import pid_in, runs

KEEP_SECONDS = 5.0  # so that one command after another finds the servers running


def server_pids(var_dir: Path) -> dict[str, int]:
    """Return the process ids of the running servers by program name."""
    place = Place(var_dir.resolve())
    found = {
        "postgres": pid_in(place.postgres_pid),
        "valkey-server": pid_in(place.valkey_pid),
    }
    return {name: pid for name, pid in found.items() if runs(pid, name)}


@contextmanager
def starting(place: Place) -> Iterator[None]:
    """Let one process at a time start or stop servers."""
    try:
        place.var_dir.mkdir(parents=True, exist_ok=True)
        lock = (place.var_dir / "starting.lock").open("w")
    except PermissionError as error:
        raise EmbeddedServerError.foreign(place.var_dir) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start_keeper(place: Place) -> None:
    """Start the process that outlives the holders."""
    log = str(place.logs / "keeper.log")
    module = "loyalty_site.embedded.keeper"
    places = [str(Path(__file__).parents[2]), os.environ.get("PYTHONPATH", "")]
    # Not a Popen: nobody waits for this child.
    os.posix_spawn(
        sys.executable,
        [sys.executable, "-m", module, str(place.var_dir)],
        os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, places))},
        file_actions=[
            (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
            (
                os.POSIX_SPAWN_OPEN,
                1,
                log,
                os.O_WRONLY | os.O_CREAT | os.O_APPEND,
                0o644,
            ),
            (os.POSIX_SPAWN_DUP2, 1, 2),
        ],
        setsid=True,
    )


def keep(var_dir: Path) -> None:
    """Wait until no process holds the servers of `var_dir`, then stop them."""
    place = Place(var_dir)
    pids = server_pids(var_dir)
    stopped = False
    while not stopped:
        with (var_dir / "servers.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
        time.sleep(KEEP_SECONDS)
        stopped = stop_unused(place, pids)


def stop_unused(place: Place, pids: dict[str, int]) -> bool:
    """Stop the servers unless a process holds them; `pids` counts when VAR_DIR is gone."""
    if not place.var_dir.exists():
        _stop(pids)
        return True
    with starting(place), (place.var_dir / "servers.lock").open("w") as lock:
        if not _only_holder(lock):
            return False
        _stop(pids | server_pids(place.var_dir))
        return True


def _only_holder(lock: IO[str]) -> bool:
    for _ in range(100):
        with suppress(BlockingIOError):
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        # A keeper has the lock too, for the moment in which it learns that it is free.
        time.sleep(0.01)
    return False


def _stop(pids: dict[str, int]) -> None:
    for name, pid in pids.items():
        if runs(pid, name):
            # PostgreSQL: an interrupt is the fast stop, which waits for no client.
            os.kill(pid, signal.SIGINT if name == "postgres" else signal.SIGTERM)
    deadline = time.monotonic() + 30
    while any(runs(pid, name) for name, pid in pids.items()):
        if time.monotonic() > deadline:
            return
        time.sleep(0.02)


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
