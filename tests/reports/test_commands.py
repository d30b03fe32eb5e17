"""`report` and `rebuild_rollups` as programs call them."""

import csv
import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from reports.definitions import REPORTS
from reports.models import MemberSummary
from tests.factories import make_member, make_rule
from tests.reports.factories import NOW, days, make_purchase, make_scores, refresh

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    make_rule()
    for index in range(3):
        make_purchase(make_member(), NOW - days(30 * index))
    make_scores([10] * 6)
    refresh()


def run(*arguments):
    out = io.StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_json_has_one_shape(world, name):
    answer = json.loads(run("report", name, "--format", "json"))
    assert set(answer) == {
        "report",
        "title",
        "as_of",
        "time_zone",
        "currency",
        "parameters",
        "definitions",
        "finding",
        "tables",
    }
    assert answer["report"] == name
    assert answer["as_of"] == "2026-11-22T04:00:00+00:00"
    for rows in answer["tables"].values():
        assert len({tuple(row) for row in rows}) <= 1


def test_csv_is_the_main_table_with_plain_keys(world):
    content = run("report", "cohort-retention", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert rows[0]["cohort"] == "2026-09"
    assert (rows[0]["period"], rows[0]["members"], rows[0]["percent"]) == (
        "0",
        "1",
        "100.0",
    )


def test_another_table_and_parameters_can_be_asked_for(world):
    content = run(
        "report", "nps", "--format", "csv", "--table", "distribution", "--param",
        "from=2026-10", "--param", "to=2026-10",
    )  # fmt: skip
    rows = list(csv.DictReader(io.StringIO(content.removeprefix("\ufeff"))))
    assert rows[10] == {"score": "10", "group": "promoter", "answers": "6"}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--param", "colour=red"], "Unknown parameter colour"),
        (["--param", "from"], "Write a parameter like"),
        (["--param", "from=yesterday"], "from: Enter a month like 2026-11."),
        (["--format", "csv", "--table", "none"], "There is no table 'none'"),
    ],
)
def test_what_cannot_be_is_refused_by_name(world, arguments, words):
    with pytest.raises(CommandError, match=words):
        run("report", "overview", *arguments)


def test_before_the_first_refresh_there_is_one_clear_sentence(db):
    with pytest.raises(CommandError, match="being prepared"):
        run("report", "nps")


def test_rebuild_refreshes_and_finds_nothing_wrong(world):
    make_purchase(make_member(), NOW)
    assert "differed from the full rebuild: 0." in run("rebuild_rollups")


def test_rebuild_says_so_when_something_was_wrong(world):
    MemberSummary.objects.update(orders=99)
    with pytest.raises(SystemExit):
        run("rebuild_rollups")
    assert "rebuild: 0." in run("rebuild_rollups")


def test_the_document_of_metrics_is_the_one_that_is_written():
    path = Path(__file__).resolve().parent.parent.parent / "docs" / "metrics.md"
    assert path.read_text(encoding="utf-8") == run("report_definitions")
