"""A migrated database, from which the databases of test runs are copied.

To migrate takes most of a short run. What is kept on the server is made anew when a
migration or a requirement changes.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
PREFIX = "perennial_migrated_"
ONE_AT_A_TIME = 20_261_122


def migrated_database() -> str:
    """Return the name of a database that has all migrations and nothing else."""
    name = PREFIX + _digest()
    with _alone() as server:
        found = server.execute(
            "SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX]
        )
        kept = {row[0] for row in found}
        for old in kept - {name}:
            # Another run may copy it at this moment.
            with suppress(psycopg.errors.ObjectInUse):
                _do(server, "DROP DATABASE {}", old)
        if name not in kept:
            # Under its name only when it is whole.
            half = f"{PREFIX}half"
            _do(server, "CREATE DATABASE {}", half)
            _migrate(half)
            _do(server, "ALTER DATABASE {} RENAME TO {}", half, name)
    return name


def _digest() -> str:
    ours = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    files = [ROOT / "requirements.txt", *sorted(ours)]
    return sha256(b"".join(each.read_bytes() for each in files)).hexdigest()[:16]


@contextmanager
def _alone() -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.DATABASE_URL, autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        yield server


def _do(server: psycopg.Connection, statement: str, *names: str) -> None:
    server.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _migrate(name: str) -> None:
    url = urlunsplit(urlsplit(settings.DATABASE_URL)._replace(path=f"/{name}"))
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity=0"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": url},
        check=True,
    )
