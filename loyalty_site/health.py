"""Whether everything the site needs is there, for load balancers and operators."""

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from celery import current_app
from django.conf import settings
from django.db import Error as DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from kombu.exceptions import OperationalError

from loyalty_site.jobs.models import Heartbeat

SILENT_AFTER = timedelta(minutes=2)
FREE_BYTES_WANTED = 500_000_000
OK = "ok"


def readiness(*, at: datetime) -> dict[str, str]:
    """Return `ok` or what is wrong, by part; heartbeats are judged at that instant."""
    checks: dict[str, Callable[[], str]] = {
        "database": _database,
        "migrations": _migrations,
        "broker": _broker,
        "worker": lambda: _heartbeat("worker", at),
        "beat": lambda: _heartbeat("beat", at),
        "disk": _disk,
    }
    return {part: check() for part, check in checks.items()}


def is_ready(parts: dict[str, str]) -> bool:
    """Whether every part is fine."""
    return all(state == OK for state in parts.values())


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "no answer"
    return OK


def _migrations() -> str:
    try:
        executor = MigrationExecutor(connection)
        plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return f"{len(plan)} pending" if plan else OK


def _broker() -> str:
    try:
        with current_app.connection_for_read() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except (OperationalError, OSError):
        return "no answer"
    return OK


def _heartbeat(part: str, at: datetime) -> str:
    try:
        last = Heartbeat.objects.filter(part=part).values_list("at", flat=True).first()
    except DatabaseError:
        return "unknown"
    if last is None:
        return "never seen"
    silent = at - last
    return OK if silent <= SILENT_AFTER else f"silent for {silent.seconds // 60} min"


def _disk() -> str:
    folder = Path(settings.VAR_DIR)
    usage = shutil.disk_usage(folder if folder.exists() else folder.parent)
    return (
        OK if usage.free >= FREE_BYTES_WANTED else f"{usage.free // 1_000_000} MB free"
    )
