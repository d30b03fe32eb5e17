"""A database of the run's own: made, migrated, and dropped again."""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]


@contextmanager
def own_database(name: str, *, is_kept: bool) -> Iterator[bool]:
    """Work in the database of that name; yields whether it is new and still empty."""
    url = settings.DATABASE_URL
    identifier = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as server:
        is_new = not server.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if is_new:
            server.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    # Child processes read it from the environment.
    os.environ["DATABASE_URL"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    settings.DATABASES["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name
    is_sound = not is_new
    try:
        call_command("migrate", verbosity=0)
        yield is_new
        is_sound = True
    finally:
        connection.close()
        if not (is_kept and is_sound):
            with psycopg.connect(url, autocommit=True) as server:
                server.execute(
                    sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier)
                )


def raw_connection() -> Connection:
    """Return a connection without Django, which prepares what it repeats."""
    raw = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    raw.prepare_threshold = 2
    return raw


def run(statement: str, params: Sequence[Any] | dict[str, Any] | None = None) -> int:
    """Run a statement on a connection of its own; return how many rows it wrote."""
    with raw_connection() as raw:
        return raw.execute(statement, params, prepare=False).rowcount


def rows_of(
    query: str, params: Sequence[Any] | dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run a query on a connection of its own."""
    with raw_connection() as raw:
        return raw.execute(query, params, prepare=False).fetchall()


def clean() -> None:
    """Leave no dead rows and no old statistics to the next measurement."""
    run("VACUUM ANALYZE")
    run("CHECKPOINT")
