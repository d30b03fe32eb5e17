"""The machine that the numbers are from."""

import os
import platform
from pathlib import Path

import django
import psycopg

from tests.bench.database import rows_of

SETTINGS = ("shared_buffers", "synchronous_commit", "fsync", "max_wal_size")


def facts() -> list[tuple[str, str]]:
    """Return names and values, as they stand above the results."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 2**30
    [(version,)] = rows_of("SHOW server_version")
    [(size,)] = rows_of("SELECT pg_size_pretty(pg_database_size(current_database()))")
    chosen = rows_of(
        "SELECT name, current_setting(name) FROM pg_settings WHERE name = ANY(%s)",
        [list(SETTINGS)],
    )
    psycopg_version = f"psycopg {psycopg.__version__} ({psycopg.pq.__impl__})"
    return [
        ("processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("memory", f"{memory:.0f} GB"),
        (
            "work at the end of the run",
            f"{os.getloadavg()[2]:.1f} processes on average",
        ),
        ("PostgreSQL", version),
        ("its settings", ", ".join(f"{name} = {value}" for name, value in chosen)),
        ("database after the run", size),
        (
            "Python",
            f"{platform.python_version()}, Django {django.__version__}, {psycopg_version}",
        ),
    ]


def _processor() -> str:
    path = Path("/proc/cpuinfo")
    lines = path.read_text().splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.machine()
