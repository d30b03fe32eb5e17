"""The demo starts everything, says where, and stops everything."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from loyalty_site.accounts.models import User
from loyalty_site.accounts.roles import ROLES
from loyalty_site.children import Children, free_port
from loyalty_site.demo import demo_sign_ins
from loyalty_site.embedded.keeper import server_pids
from tests.peers import remove_var_dir, wait_until

ROOT = Path(__file__).resolve().parent.parent
PYTHON = [sys.executable, "-c"]


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path, dict(os.environ))
    yield children
    children.stop()


def test_every_role_has_a_sign_in(db):
    sign_ins = demo_sign_ins()
    assert [one.username for one in sign_ins] == list(ROLES)
    for one in sign_ins:
        user = User.objects.get(username=one.username)
        assert user.check_password(one.password)
        assert [group.name for group in user.groups.all()] == [one.username]


def test_sign_ins_are_made_once(db):
    demo_sign_ins()
    demo_sign_ins()
    assert User.objects.count() == len(ROLES)


def test_child_that_ends_is_noticed_with_its_last_words(children, tmp_path):
    children.start("short", [*PYTHON, "print('enough')"], cwd=tmp_path)
    wait_until(lambda: children.ended() is not None)
    ended = children.ended()
    assert ended is not None
    assert (ended.name, ended.last_lines()) == ("short", "enough")


def test_stop_ends_all_children(children, tmp_path):
    children.start("long", [*PYTHON, "input()"], cwd=tmp_path)
    children.start("other", [*PYTHON, "import time; time.sleep(60)"], cwd=tmp_path)
    processes = [child.process for child in children.running]
    children.stop()
    assert all(process.poll() is not None for process in processes)


def test_port_in_use_is_passed_over():
    port = free_port("127.0.0.1", 20000)
    with subprocess.Popen(
        [sys.executable, "-m", "http.server", "--bind", "127.0.0.1", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as taken:
        wait_until(lambda: free_port("127.0.0.1", port) > port)
        taken.kill()


@pytest.fixture
def demo_dir() -> Iterator[Path]:
    # Not tmp_path: as root the servers' own user must reach it.
    path = Path(tempfile.mkdtemp(prefix="var-demo-"))
    yield path
    remove_var_dir(path)


def test_demo_runs_and_stops(demo_dir):
    unwanted = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "EMAIL_URL"}
    environment = {k: v for k, v in os.environ.items() if k not in unwanted}
    with subprocess.Popen(
        [sys.executable, "manage.py", "demo", "--empty", "--port", "21000"],
        cwd=ROOT,
        env=environment | {"VAR_DIR": str(demo_dir), "TRYOUT": "on"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as demo:
        assert demo.stdout is not None
        said = ""
        for line in demo.stdout:
            said += line
            if "Ctrl-C" in line:
                break
        address = re.search(r"runs at\s+(\S+)", said)
        assert address, said
        with urlopen(f"{address[1]}healthz", timeout=5) as answer:  # noqa: S310 -- ours
            assert answer.status == 200
        assert set(server_pids(demo_dir)) == {"postgres", "valkey-server"}
        demo.send_signal(signal.SIGINT)
        assert demo.wait(60) == 0
    wait_until(lambda: server_pids(demo_dir) == {})
