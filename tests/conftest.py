"""What every test may use: the database, one client per role, mail and a worker.

Everything is real: PostgreSQL and Valkey are the embedded ones, or those that
`DATABASE_URL` and `REDIS_URL` name.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from loyalty_site.accounts.services import create_staff
from loyalty_site.celery import app as celery_app
from loyalty_site.embedded.servers import hold_servers
from tests.migrated import migrated_database
from tests.peers import SmtpPeer, WorkerProcess

# `make prove` runs the same property tests for longer.
hypothesis_settings.register_profile("short", deadline=None, max_examples=50)
hypothesis_settings.register_profile(
    "prove", deadline=None, max_examples=1000, stateful_step_count=100
)
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))


@pytest.fixture(scope="session", autouse=True)
def _servers() -> None:
    hold_servers()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    _servers: None, django_db_modify_db_settings_parallel_suffix: None
) -> None:
    """Have the servers, and a database to copy, before pytest-django makes its own."""
    connection.settings_dict["TEST"]["TEMPLATE"] = migrated_database()


@pytest.fixture(scope="session", autouse=True)
def _ledger_can_be_emptied() -> Iterator[None]:
    # The flush after a transactional test empties every table, and triggers refuse
    # that for the ledger. A replica's session runs no triggers.
    def execute_sql_flush(self: DatabaseOperations, sql_list: list[str]) -> None:
        alias = self.connection.alias
        with transaction.atomic(using=alias), self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            for sql in sql_list:
                cursor.execute(sql)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "execute_sql_flush", execute_sql_flush)
        yield


@pytest.fixture(scope="session", autouse=True)
def _nobody_else_connected(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    # The server notices late that a worker was killed in the middle of a statement, and
    # a database with a session cannot be dropped.
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.fixture(autouse=True)
def _own_language() -> Iterator[None]:
    # A page in Chinese leaves its language behind in the thread.
    translation.deactivate()
    yield
    translation.deactivate()


@pytest.fixture(autouse=True)
def _own_files(settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def _empty_cache(request) -> None:
    marked = request.node.get_closest_marker("django_db") is not None
    if marked or {"db", "transactional_db"} & set(request.fixturenames):
        # Not `clear()`: that would empty the cache of the other workers as well.
        client = cache._cache.get_client(write=True)
        for key in client.scan_iter(f"{cache.key_prefix}:*"):
            client.delete(key)


# People ---------------------------------------------------------------------


def _client_of(role: str) -> Client:
    client = Client()
    client.force_login(
        create_staff(username=role, email=f"{role}@example.com", role=role)
    )
    return client


@pytest.fixture
def clerk(db: None) -> Client:
    """Signed in at the counter."""
    return _client_of("counter")


@pytest.fixture
def agent(db: None) -> Client:
    """Signed in as a service agent."""
    return _client_of("agent")


@pytest.fixture
def marketer(db: None) -> Client:
    """Signed in as a marketer."""
    return _client_of("marketer")


@pytest.fixture
def manager(db: None) -> Client:
    """Signed in as a manager."""
    return _client_of("manager")


@pytest.fixture
def auditor(db: None) -> Client:
    """Signed in as an auditor."""
    return _client_of("auditor")


@pytest.fixture
def admin(db: None) -> Client:
    """Signed in as an administrator."""
    return _client_of("admin")


@pytest.fixture
def visitor(db: None) -> Client:
    """Not signed in."""
    return Client()


@pytest.fixture(params=["lock_timeout", "statement_timeout"])
def patience(request, transactional_db: None) -> Iterator[None]:
    """Let waiting for others end sooner than on a site, by the one or the other."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET {request.param} = '150ms'")
    yield
    with connection.cursor() as cursor:
        cursor.execute(f"RESET {request.param}")


# Peers ----------------------------------------------------------------------


@pytest.fixture
def smtp(settings) -> Iterator[SmtpPeer]:
    """A mail server that keeps what it accepts; the site sends to it."""
    peer = SmtpPeer()
    peer.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = peer.port
    yield peer
    peer.stop()


@pytest.fixture
def start_worker(
    transactional_db: None, tmp_path: Path
) -> Iterator[Callable[..., WorkerProcess]]:
    """Start Celery workers on this test's database, e.g. `start_worker(EMAIL_URL=…)`."""
    workers: list[WorkerProcess] = []

    def start(**environment: str) -> WorkerProcess:
        log = tmp_path / f"worker-{len(workers)}.log"
        workers.append(WorkerProcess(log, **environment))
        return workers[-1].start()

    celery_app.control.purge()
    yield start
    for worker in workers:
        worker.stop()
    celery_app.control.purge()
