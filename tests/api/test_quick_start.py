"""The quick start by copy and paste: its own shell lines, against the running site."""

import html
import os
import re
import stat
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone

from loyalty_site.accounts.services import create_staff
from loyalty_site.apiaccess.models import ApiKey
from points.models import Purchase, Redemption, Refund
from tests.api.conftest import new_key
from tests.factories import (
    give_points,
    make_member,
    make_reward,
    make_rule,
    set_programme,
)

ROOT = Path(__file__).resolve().parents[2]
# As much of curl as the examples use; where a line cannot be sent it stops.
CURL = f"""#!{sys.executable}
import sys, urllib.error, urllib.request
url, headers, data, words = "", {{}}, None, sys.argv[1:]
while words:
    word = words.pop(0)
    if word == "-H":
        name, _, value = words.pop(0).partition(": ")
        headers[name] = value
    elif word == "-d":
        data = words.pop(0).encode()
    elif word != "-s":
        url = word
try:
    answer = urllib.request.urlopen(urllib.request.Request(url, data, headers))
except urllib.error.HTTPError as error:
    answer = error
body = answer.read().decode()
with open("calls", "a") as calls:
    print(answer.status, url, body[:300], file=calls)
print(body)
"""


@pytest.fixture
def shop(transactional_db):
    """A programme with a rule and a reward, as the examples expect."""
    set_programme(currency="HKD")
    make_rule()
    make_reward(cost=10)


def run(script, folder, live_server):
    """Run the lines in a shell of their own and return the status of each call."""
    curl = folder / "curl"
    curl.write_text(CURL)
    curl.chmod(curl.stat().st_mode | stat.S_IEXEC)
    raw = new_key(*ApiKey.Scope.values)
    script = re.sub(r"export PERENNIAL=.*", "", script)
    script = re.sub(r"export KEY=.*", "", script)
    environment = os.environ | {
        "PATH": f"{folder}:{os.environ['PATH']}",
        "PERENNIAL": f"{live_server.url}/api/v1",
        "KEY": raw,
    }
    subprocess.run(
        ["bash", "-eu", "-c", script], cwd=folder, env=environment, check=True
    )
    lines = (folder / "calls").read_text().splitlines()
    return [(int(line[:3]), line) for line in lines if line[:3].isdigit()]


def test_the_lines_of_the_documentation_work_as_they_stand(shop, live_server, tmp_path):
    text = (ROOT / "docs" / "api-quick-start.md").read_text()
    script = "\n".join(re.findall(r"```sh\n(.*?)```", text, re.DOTALL))
    calls = run(script, tmp_path, live_server)
    assert len(calls) == script.count("curl ")
    assert [line for status, line in calls if status >= 300] == []
    assert (Purchase.objects.count(), Refund.objects.count()) == (2, 1)
    assert Redemption.objects.count() == 1


def test_the_lines_of_the_page_work_as_they_stand(shop, live_server, tmp_path):
    now = timezone.now()  # noqa: TID251 -- the shell reads the clock as well
    give_points(make_member(at=now), 50, at=now)
    client = Client()
    client.force_login(
        create_staff(username="ada", email="ada@example.com", role="admin")
    )
    page = client.get("/developer/").content.decode()
    blocks = re.findall(r"<pre[^>]*><code>(.*?)</code>", page, re.DOTALL)
    calls = run(html.unescape("\n".join(blocks)), tmp_path, live_server)
    assert [status for status, _line in calls] == [200, 201, 200, 201]


def test_the_table_of_error_codes_is_that_of_the_code():
    written = StringIO()
    call_command("api_errors", stdout=written)
    kept = (ROOT / "docs" / "api-errors.md").read_text()
    assert kept == written.getvalue(), "manage.py api_errors > docs/api-errors.md"
