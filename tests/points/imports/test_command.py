"""`manage.py import_purchases`, as an operator types it."""

import io
import json

import pytest
from django.core.management import CommandError, call_command

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import run_chunk
from members.models import Member
from points.management.commands import import_purchases
from points.models import Account, ImportRow, Purchase, PurchaseImport
from points.services.imports import posting
from tests.factories import make_rule
from tests.points.imports.files import (
    CDNOW,
    everything_written,
    known_member,
    right_now,
)

pytestmark = pytest.mark.django_db
CDNOW_MAP = "member=customer_id_sample,at=date,amount=dollar_value,units=number_of_cds"
MAP = "member=member,at=at,amount=amount"


def run(*arguments: str) -> dict[str, object]:
    """Run the command for JSON and return it, with the exit code."""
    out, code = io.StringIO(), 0
    try:
        call_command("import_purchases", *arguments, "--json", stdout=out)
    except SystemExit as end:
        code = int(str(end.code))
    return json.loads(out.getvalue()) | {"exit": code}


@pytest.fixture
def file(tmp_path):
    def write(text: str | bytes) -> str:
        path = tmp_path / "purchases.csv"
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def test_the_cdnow_sample_twice():
    make_rule()
    command = (str(CDNOW), "--source", "cdnow", "--map", CDNOW_MAP, "--enrol-missing")
    first = run(*command)
    assert (first["exit"], first["rows"], first["rows_posted"]) == (0, 6_919, 6_919)
    assert (first["members_enrolled"], first["rows_bad"]) == (2_357, 0)
    balances = list(Account.objects.order_by("pk").values_list("pk", "balance"))
    again = run(*command)
    assert (again["exit"], again["rows_posted"], again["rows_known"]) == (0, 0, 6_919)
    assert list(Account.objects.order_by("pk").values_list("pk", "balance")) == balances


def test_a_dry_run_says_what_would_happen_and_leaves_nothing(
    django_capture_on_commit_callbacks,
):
    make_rule()
    before = everything_written()
    with django_capture_on_commit_callbacks(execute=True):
        result = run(
            *(str(CDNOW), "--source", "cdnow", "--map", CDNOW_MAP),
            *("--enrol-missing", "--dry-run"),
        )
    assert (result["rows_new"], result["members_to_enrol"]) == (6_919, 2_357)
    assert result["points_expected"]
    assert (result["import"], result["rows_posted"]) == (None, 0)
    assert everything_written() == before


def test_bad_rows_are_listed_and_the_exit_code_says_so(file):
    known_member()
    path = file("member,at,amount\n0001,2026-06-01,5\n0001,2026-06-01,-5\n")
    result = run(path, "--source", "shop", "--map", MAP)
    assert (result["exit"], result["rows_posted"], result["rows_bad"]) == (3, 1, 1)
    assert result["bad_rows"] == [
        {
            "line": 3,
            "column": "amount",
            "value": "-5",
            "code": "amount_negative",
            "reason": "A purchase cannot be negative. Import returns as refunds instead.",
        }
    ]


def test_without_json_it_is_told_in_words(file, capsys):
    known_member()
    path = file("member,at,amount\n0001,2026-06-01,5\nnobody,2026-06-01,5\n")
    with pytest.raises(SystemExit):
        call_command("import_purchases", path, "--source", "shop", "--map", MAP)
    told = capsys.readouterr().out
    assert "1  posted" in told
    assert "line 3 member “nobody”: No member is known by this." in told


HEADER = b"member,at,amount\n"
REFUSED = {
    "wrong header": (
        b"a,b,c\n1,2,3\n",
        [],
        "names no column “member”. It names: a, b, c",
    ),
    "UTF-16": (HEADER.decode().encode("utf-16"), [], "looks like UTF-16"),
    "empty": (b"", [], "The file is empty"),
    "unknown zone": (HEADER, ["--time-zone", "Mars/Olympus"], "is not a time zone"),
    "zone outside": (HEADER, ["--time-zone", "../etc/passwd"], "is not a time zone"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_file_writes_nothing(file, name, django_capture_on_commit_callbacks):
    content, more, sentence = REFUSED[name]
    before = everything_written()
    with (
        django_capture_on_commit_callbacks(execute=True),
        pytest.raises(CommandError, match=sentence),
    ):
        run(file(content), "--source", "shop", "--map", MAP, *more)
    assert everything_written() == before


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("member=member,at=at", "which column holds the amount"),
        ("member=member,at=at,total=amount", "“total=amount” is not understood"),
        ("member", "“member” is not understood"),
        ("member=member,at=at,amount=at", "cannot hold two things"),
    ],
)
def test_a_map_that_does_not_fit(file, columns, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(file(HEADER), "--source", "shop", "--map", columns)
    assert not PurchaseImport.objects.exists()


def test_a_file_that_is_not_there():
    with pytest.raises(CommandError, match="No such file"):
        run("/nowhere.csv", "--source", "shop", "--map", MAP)


def test_an_interrupted_import_goes_on(file, monkeypatch):
    monkeypatch.setattr(posting, "POST_ROWS", 10)
    rows = "".join(f"C{n % 7},2026-01-{n % 28 + 1:02d},{n}\n" for n in range(100))
    command = (file(f"member,at,amount\n{rows}"), "--source", "shop", "--map", MAP)
    chunks = iter(range(5))

    def interrupted(**given: object) -> bool:
        if next(chunks, None) is None:
            raise KeyboardInterrupt
        return run_chunk(**given)

    with monkeypatch.context() as patch:
        patch.setattr(import_purchases, "run_chunk", interrupted)
        with pytest.raises(CommandError, match="Run the same command again"):
            run(*command, "--enrol-missing")
    assert 0 < Purchase.objects.count() < 100
    result = run(*command, "--enrol-missing")
    assert (result["rows_posted"], result["members_enrolled"]) == (100, 7)
    assert (PurchaseImport.objects.count(), Member.objects.count()) == (1, 7)
    assert not ImportRow.objects.exists()


def test_another_process_at_work_is_waited_for(file, monkeypatch):
    known_member()
    monkeypatch.setattr(import_purchases, "WAIT_SECONDS", 0)
    waited = []

    def busy_first(**given: object) -> bool:
        if not waited:
            Job.objects.update(lease_until=right_now().replace(year=2999))
            waited.append(run_chunk(**given))
            Job.objects.update(lease_until=None)
            return False
        return run_chunk(**given)

    monkeypatch.setattr(import_purchases, "run_chunk", busy_first)
    path = file("member,at,amount\n0001,2026-06-01,5\n")
    assert run(path, "--source", "shop", "--map", MAP)["rows_posted"] == 1
