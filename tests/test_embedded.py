"""The embedded servers start, survive kill -9 and stop with their last user."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from loyalty_site.embedded import embedded_urls, postgres, tryout_secret
from loyalty_site.embedded.keeper import server_pids
from loyalty_site.embedded.place import EmbeddedServerError, Place
from loyalty_site.embedded.processes import runs
from loyalty_site.embedded.servers import ensure_servers, release_servers
from tests.peers import remove_var_dir, wait_until

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def var_dir() -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(prefix="var-"))
    yield path
    release_servers(path)
    remove_var_dir(path)


def query(var_dir: Path, sql: str):
    url, _ = embedded_urls(var_dir, database_url="", redis_url="")
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(sql)
        return cursor.fetchone() if cursor.description else None


def kill(var_dir: Path) -> None:
    pid = server_pids(var_dir)["postgres"]
    os.kill(pid, signal.SIGKILL)
    wait_until(lambda: not runs(pid, "postgres"))


def test_given_addresses_are_kept(tmp_path):
    given = embedded_urls(
        tmp_path, database_url="postgresql://a", redis_url="redis://b"
    )
    assert given == ("postgresql://a", "redis://b")
    assert list(tmp_path.iterdir()) == []


def test_socket_of_a_deep_directory_is_elsewhere():
    deep = Place(Path("/" + "x" * 100))
    assert len(os.fsencode(deep.postgres_socket)) < 104


def test_both_servers_answer(var_dir):
    ensure_servers(var_dir)
    client = redis.Redis(unix_socket_path=str(Place(var_dir).valkey_socket))
    assert query(var_dir, "SHOW server_encoding") == ("UTF8",)
    assert client.ping()


def test_trigrams_see_chinese(var_dir):
    ensure_servers(var_dir, valkey=False)
    query(var_dir, "CREATE EXTENSION pg_trgm")
    assert query(var_dir, "SELECT cardinality(show_trgm('陳大文'))") == (4,)


def test_release_stops_what_nobody_holds(var_dir):
    ensure_servers(var_dir)
    assert set(server_pids(var_dir)) == {"postgres", "valkey-server"}
    release_servers(var_dir)
    assert server_pids(var_dir) == {}


def test_data_survive_kill_9(var_dir):
    ensure_servers(var_dir, valkey=False)
    query(var_dir, "CREATE TABLE kept AS SELECT 42 AS answer")
    kill(var_dir)
    ensure_servers(var_dir, valkey=False)
    assert query(var_dir, "SELECT answer FROM kept") == (42,)


def test_lock_file_with_a_number_of_another_program_is_forgotten(var_dir):
    ensure_servers(var_dir, valkey=False)
    place = Place(var_dir)
    kill(var_dir)
    for path in (place.postgres_pid, place.postgres_socket_lock):
        _, *rest = path.read_text().splitlines()
        path.write_text("\n".join([str(os.getpid()), *rest]))
    ensure_servers(var_dir, valkey=False)
    assert query(var_dir, "SELECT 1") == (1,)


def test_servers_of_a_killed_process_are_stopped(var_dir):
    code = (
        "import sys, pathlib; from loyalty_site.embedded.servers import ensure_servers;"
        "ensure_servers(pathlib.Path(sys.argv[1])); print('up', flush=True); input()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, str(var_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "up\n"
        assert set(server_pids(var_dir)) == {"postgres", "valkey-server"}
        holder.kill()
    wait_until(lambda: server_pids(var_dir) == {}, 30)


def test_without_any_postgresql_one_sentence_names_the_variable(var_dir, monkeypatch):
    monkeypatch.setattr(postgres, "_program_directories", lambda: iter([]))
    with pytest.raises(EmbeddedServerError, match="or set DATABASE_URL"):
        ensure_servers(var_dir, valkey=False)


def test_data_of_another_version_are_left_alone(var_dir):
    data = Place(var_dir).data
    data.mkdir()
    (data / "PG_VERSION").write_text("9.6\n")
    with pytest.raises(EmbeddedServerError, match=r"made by PostgreSQL 9\.6"):
        ensure_servers(var_dir, valkey=False)


def test_secret_is_readable_by_its_owner_alone(tmp_path):
    secret = tryout_secret(tmp_path)
    assert tryout_secret(tmp_path) == secret
    assert (tmp_path / "secret").stat().st_mode & 0o777 == 0o600
