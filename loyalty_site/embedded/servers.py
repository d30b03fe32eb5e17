"""Holding the embedded servers: the one door for commands, workers and tests."""

import fcntl
import os
from pathlib import Path

from django.conf import settings

from loyalty_site.embedded.keeper import (
    server_pids,
    start_keeper,
    starting,
    stop_unused,
)
from loyalty_site.embedded.place import Place
from loyalty_site.embedded.postgres import start_postgres
from loyalty_site.embedded.processes import answers, make_directories, system_user
from loyalty_site.embedded.valkey import start_valkey

_held: dict[Path, int] = {}  # open files, by VAR_DIR


def hold_servers() -> None:
    """Start the embedded servers that the settings name and keep them for this process."""
    place = Place(Path(settings.VAR_DIR).resolve())
    ensure_servers(
        place.var_dir,
        postgres=str(place.sockets) in settings.DATABASE_URL,
        valkey=str(place.sockets) in settings.REDIS_URL,
    )


def ensure_servers(
    var_dir: Path, *, postgres: bool = True, valkey: bool = True
) -> None:
    """Start what does not run in `var_dir` and hold it until this process ends.

    Cheap when both run. Raises EmbeddedServerError with a sentence for the operator.
    """
    place = Place(var_dir.resolve())
    if not (postgres or valkey):
        return
    with starting(place):
        _hold(place)
        postgres = postgres and not answers(place.postgres_socket)
        valkey = valkey and not answers(place.valkey_socket)
        if not (postgres or valkey):
            return
        user = system_user()
        make_directories(place, user)
        if valkey:
            start_valkey(place, user)
        if postgres:
            start_postgres(place, user)
        start_keeper(place)


def release_servers(var_dir: Path) -> None:
    """Let go of the servers and stop them at once when no other process holds them."""
    place = Place(var_dir.resolve())
    held = _held.pop(place.var_dir, None)
    if held is not None:
        os.close(held)
        stop_unused(place, server_pids(place.var_dir))


def _hold(place: Place) -> None:
    path = place.var_dir / "servers.lock"
    held = _held.get(place.var_dir)
    if held is not None:
        if path.exists() and path.stat().st_ino == os.fstat(held).st_ino:
            return
        os.close(held)
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    fcntl.flock(lock, fcntl.LOCK_SH)
    _held[place.var_dir] = lock
