"""The pages: who may open them, what they read, what they say, what they export."""

import csv
import io
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from reports.models import RollupState
from tests.factories import make_member, make_rule
from tests.reports.factories import NOW, days, make_purchase, make_scores, refresh

PAGES = (
    "reports:report-list",
    "reports:points",
    "reports:breakage",
    "reports:revenue",
    "reports:cohorts",
    "reports:nps",
)
LISTS = (
    "/reports/overview/members/?figure=sales&from=2026-10",
    "/reports/cohort-retention/members/?from=2026-10&period=0",
    "/reports/nps/members/?from=2026-10",
    "/reports/points/members/?to=2026-11&bucket=age-0",
    "/reports/breakage/members/?from=2026-11&figure=net",
)
QUERIES_AT_MOST = 12
FACTS = re.compile(r'(FROM|JOIN) "?(points_purchase|points_entry|surveys_response)"?')
pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db):
    make_rule()
    for index in range(8):
        member = make_member(name="=cmd" if not index else "")
        make_purchase(member, NOW - days(40))
        make_purchase(member, NOW - days(index))
    make_scores([10] * 6 + [3] * 2)
    refresh()


def text_of(response):
    content = getattr(response, "streaming_content", None) or [response.content]
    return b"".join(content)


# Who -------------------------------------------------------------------------


ROLES = {"clerk": 403, "agent": 403, "auditor": 200, "manager": 200, "visitor": 302}


@pytest.mark.parametrize("role", ROLES)
def test_who_may_open_which_page(world, request, role):
    client = request.getfixturevalue(role)
    paths = [*map(reverse, PAGES), *LISTS]
    found = {path: client.get(path).status_code for path in paths}
    assert found == dict.fromkeys(paths, ROLES[role])


def test_any_staff_reads_the_definitions(clerk):
    page = clerk.get(reverse("reports:definition-list")).content.decode()
    assert "Net promoter score (NPS)" in page
    assert 'id="valid-order"' in page


def test_who_may_not_export_gets_no_file_and_no_link(world, auditor, manager):
    url = reverse("reports:cohorts")
    assert auditor.get(url, {"export": "csv"}).status_code == 403
    assert auditor.get(LISTS[0] + "&export=csv").status_code == 403
    assert b"export=csv" not in auditor.get(url).content
    assert b"export=csv" in manager.get(url).content


def test_pages_are_read_only(world, manager):
    assert manager.post(reverse("reports:nps")).status_code == 405


# What they read ----------------------------------------------------------------


@pytest.mark.parametrize("name", PAGES)
def test_a_page_reads_rollups_in_few_queries(world, manager, name):
    manager.get(reverse(name))
    with CaptureQueriesContext(connection) as queries:
        page = manager.get(reverse(name))
    assert page.status_code == 200
    assert len(queries) <= QUERIES_AT_MOST
    statements = [query["sql"] for query in queries]
    if name == "reports:nps":
        # The words of a few comments are read where they are kept, and nothing else.
        statements = [sql for sql in statements if "surveys_answer" not in sql]
    assert [sql for sql in statements if FACTS.search(sql)] == []


# What they say -----------------------------------------------------------------


def test_the_overview_says_what_and_as_of_when(world, manager):
    page = manager.get(reverse("reports:report-list")).content.decode()
    assert "8 of 16 members were active; sales came to" in page
    assert "As of <time" in page
    assert "Oct 2026" in page
    assert "The way of the points" in page


def test_the_cohort_grid_is_a_table_that_leads_to_members(world, manager):
    page = manager.get(reverse("reports:cohorts"), {"show": "count"}).content.decode()
    assert '<th scope="row">' in page
    assert "period=1" in page
    assert 'id="cohort-lines-data"' in page


def test_the_score_comes_with_its_range_and_its_reasons(world, manager):
    page = manager.get(reverse("reports:nps")).content.decode()
    assert "8 answers are too few for one number" in page
    assert "Because." in page
    assert "8 answered of 8 delivered" in page


NOT_MONTHS = (
    ({"from": "2026-13"}, "Enter a month like 2026-11."),
    ({"from": "2026-11", "to": "2026-09"}, "Choose a month that is not before"),
    ({"from": "1901-01", "to": "2026-09"}, "Choose at most 120 months."),
    ({"from": "\x00"}, "Enter a month like 2026-11."),
    ({"from": "9" * 100_000}, "Enter a month like 2026-11."),
)
NOT_COHORTS = (
    ({"mode": "never"}, "never"),
    ({"periods": "0"}, "greater than or equal to 1"),
    ({"periods": "NaN"}, "Enter a whole number."),
    ({"line": ["2026-10"] * 7}, "Choose at most 6 cohorts"),
)


@pytest.mark.parametrize("name", PAGES)
def test_a_parameter_that_cannot_be_is_explained(world, manager, name):
    wrong = NOT_MONTHS + NOT_COHORTS if name == "reports:cohorts" else NOT_MONTHS
    for query, words in wrong:
        page = manager.get(reverse(name), query)
        assert (query, page.status_code) == (query, 422)
        assert words in page.content.decode()
        assert "error-summary" in page.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_a_period_without_data_names_the_first_data(world, manager, name):
    page = manager.get(reverse(name), {"from": "2014-01", "to": "2014-01"})
    assert page.status_code == 200
    assert "No data for Jan 2014" in page.content.decode()
    assert "First data:" in page.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_before_the_first_refresh_a_page_asks_for_patience(manager, name):
    page = manager.get(reverse(name))
    assert page.status_code == 200
    assert "The figures are being prepared" in page.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_an_empty_programme_says_so(manager, name):
    refresh()
    page = manager.get(reverse(name)).content.decode()
    assert "Nothing has been recorded yet." in page


def test_unknown_reports_figures_and_exports_are_not_found(world, manager):
    for path in (
        "/reports/profit/members/",
        "/reports/overview/members/?figure=profit&from=2026-10",
        "/reports/nps/?export=pdf",
        "/reports/nps/?export=csv&table=none",
    ):
        assert manager.get(path).status_code == 404


# Lists and exports ---------------------------------------------------------------


def test_the_list_says_its_count_and_pages_by_key(world, manager, monkeypatch):
    page = manager.get("/reports/overview/members/?figure=active&from=2026-11")
    assert "8 members." in page.content.decode()
    sums = manager.get(LISTS[0]).content.decode()
    assert "By 8 members." in sums


def test_pages_of_a_list_cover_it_once(world, manager, monkeypatch):
    monkeypatch.setattr("loyalty_site.lib.keyset.PAGE_ROWS", 3)
    seen, url = [], LISTS[0]
    while url:
        page = manager.get(url)
        seen += [str(row[0].text) for row in page.context["rows"]]
        url = page.context["older_url"]
        if len(seen) > 8:
            break
    assert len(seen) == len(set(seen)) == 8


@pytest.mark.parametrize("name", PAGES)
def test_every_table_comes_as_csv_and_xlsx(world, manager, name):
    tables = manager.get(reverse(name)).context["tables"]
    for table in tables:
        query = {"export": "csv", "table": table.name}
        content = text_of(manager.get(reverse(name), query)).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(content)))
        assert rows[0] == [str(column.label) for column in table.columns]
        assert len(rows) == len(table.rows) + 1
        book = text_of(manager.get(reverse(name), query | {"export": "xlsx"}))
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0)
        assert len(sheet.to_python()) == len(rows)


def test_a_name_in_an_export_is_no_formula(world, manager):
    content = text_of(manager.get(LISTS[0] + "&export=csv")).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content)))
    assert rows[0] == ["Member #", "Member", "Sales", "Last order"]
    assert len(rows) == 9
    assert "'=cmd" in {row[1] for row in rows}
    assert {row[2] for row in rows[1:]} == {"10.00"}


def test_the_zone_of_the_rollups_is_the_one_shown(world, manager):
    RollupState.objects.update(time_zone="Asia/Hong_Kong")
    page = manager.get(reverse("reports:report-list"))
    assert page.context["as_of"].zone.key == "Asia/Hong_Kong"
