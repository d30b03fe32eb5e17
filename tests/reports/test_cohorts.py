"""The cohort table equals DuckDB on real data, and every cell its members."""

from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from django.core.management import call_command

from loyalty_site.lib.periods import add_months
from reports.definitions import REPORTS
from reports.errors import NoSuchFigure
from reports.presentation import cohorts as page
from reports.selectors.state import current_as_of
from reports.statistics.cohorts import CohortMonth, Maturity, Mode, grid, weighted_mean
from reports.windows import AsOf
from tests.factories import make_member
from tests.reports.factories import (
    NOW,
    behind,
    days,
    make_purchase,
    refresh,
    result_of,
)

pytestmark = pytest.mark.django_db
CDNOW = Path(__file__).resolve().parent.parent / "data" / "cdnow_sample.csv"
AFTER_CDNOW = datetime(1998, 7, 1, 12, 0, tzinfo=UTC)

TRIANGLE = """
WITH purchase AS (
    SELECT customer_id_sample AS customer, date_trunc('month', date) AS month
    FROM read_csv(?, types = {'customer_id_sample': 'VARCHAR', 'date': 'DATE'})
),
life AS (
    SELECT customer, min(month) AS cohort, max(month) AS last FROM purchase GROUP BY 1
),
active AS (SELECT DISTINCT customer, month FROM purchase)
"""
ON = """
SELECT cohort::DATE, datediff('month', cohort, month) AS k, count(*)
FROM active JOIN life USING (customer) GROUP BY 1, 2
"""
ON_OR_AFTER = """
SELECT cohort::DATE, k, count(*)
FROM life, range(0, 18) AS periods (k)
WHERE datediff('month', cohort, last) >= k GROUP BY 1, 2
"""


def triangle_by_duckdb(query):
    rows = duckdb.execute(TRIANGLE + query, [str(CDNOW)]).fetchall()
    return {(cohort, k): count for cohort, k, count in rows}


def triangle_of(result):
    return {
        (row.cohort, cell.period): cell.rate.part
        for row in result.rows
        for cell in row.cells
        if cell and cell.rate.part
    }


@pytest.fixture
def cdnow(transactional_db):
    columns = (
        "member=customer_id_sample,at=date,amount=dollar_value,units=number_of_cds"
    )
    options = ["--source", "cdnow", "--map", columns, "--enrol-missing"]
    call_command("import_purchases", str(CDNOW), *options)
    refresh(at=AFTER_CDNOW)


@pytest.mark.django_db(transaction=True)
def test_counts_equal_duckdb_on_the_csv(cdnow):
    on = result_of("cohort-retention", periods="17", mode="on")
    assert triangle_of(on) == triangle_by_duckdb(ON)
    assert [row.size for row in on.rows] == [781, 857, 719]
    later = result_of("cohort-retention", periods="17", mode="on-or-after")
    assert triangle_of(later) == {
        key: count for key, count in triangle_by_duckdb(ON_OR_AFTER).items() if count
    }
    mean = on.mean[1].rate
    counts = triangle_by_duckdb(ON)
    assert mean.part == sum(n for (_c, k), n in counts.items() if k == 1)
    assert mean.whole == 781 + 857 + 719


@pytest.fixture
def world(db):
    """Three cohorts: members who come each month, once in a while, and only once."""
    for index in range(24):
        member = make_member()
        first = NOW - days(100 - index * 4)
        for each in range(index % 4 + 1):
            if (at := first + days(31 * each * (1 + index % 2))) < NOW:
                make_purchase(member, at)
        make_purchase(member, first + days(1))
    refresh()


@pytest.mark.parametrize("mode", ["on", "on-or-after"])
def test_every_cell_has_exactly_its_members_behind_it(world, mode):
    result = result_of("cohort-retention", mode=mode)
    shown = page.page_of(result)
    seen = 0
    for row, shown_row in zip(result.rows, shown["rows"], strict=True):
        assert behind(shown_row.url).rows.count() == row.size
        for cell, shown_cell in zip(row.cells, shown_row.cells, strict=True):
            if cell and cell.rate.part:
                list_behind = behind(shown_cell.url)
                assert list_behind.count == cell.rate.part
                assert list_behind.rows.count() == cell.rate.part
                seen += 1
        if row.came_again:
            assert behind(shown_row.again.url).rows.count() == row.came_again
    assert seen > 6


def test_the_mean_leads_to_the_members_it_counts(world):
    result = result_of("cohort-retention")
    for cell, shown in zip(result.mean, page.page_of(result)["mean"], strict=True):
        if cell and cell.rate.part:
            found = behind(shown.url)
            assert found.count == found.rows.count() == cell.rate.part


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"from": "2026-13"},
        {"from": "2026-10", "period": "-1"},
        {"from": "2026-10", "period": "٣"},
        {"from": "2026-10", "mode": "never"},
        {"from": "2026-10", "period": "2"},
        {"from": "2026-10", "period": "9" * 40},
    ],
)
def test_a_figure_that_does_not_exist_is_refused(world, query):
    with pytest.raises(NoSuchFigure):
        REPORTS["cohort-retention"].behind(query, current_as_of())


# Pure ------------------------------------------------------------------------

JUNE = date(2026, 6, 1)
MID_SEPTEMBER = AsOf(datetime(2026, 9, 15, tzinfo=UTC), UTC)


def month(cohort, period, active, last):
    return CohortMonth(cohort, add_months(cohort, period), active, last, 0)


CELLS = [
    month(JUNE, 0, 50, 20),
    month(JUNE, 1, 25, 5),
    month(JUNE, 3, 25, 25),
    month(add_months(JUNE, 1), 0, 10, 10),
]


def test_on_or_after_never_rises_and_starts_whole():
    rows = grid(CELLS, Mode.ON_OR_AFTER, range(4), Maturity(MID_SEPTEMBER))
    parts = [cell.rate.part for cell in rows[0].cells]
    assert parts == [50, 30, 25, 25]


def test_on_counts_a_month_without_orders_as_zero_and_the_future_as_blank():
    rows = grid(CELLS, Mode.ON, range(4), Maturity(MID_SEPTEMBER))
    assert [cell.rate.part for cell in rows[0].cells] == [50, 25, 0, 25]
    assert rows[1].cells[3] is None


def test_a_month_that_is_not_over_is_in_no_mean():
    rows = grid(CELLS, Mode.ON, range(4), Maturity(MID_SEPTEMBER))
    assert rows[0].cells[3].is_partial
    assert weighted_mean(rows, 3) is None
    mean = weighted_mean(rows, 1)
    assert (mean.rate.part, mean.rate.whole, mean.cohorts) == (25, 60, 2)


def test_young_months_are_not_mature_while_members_may_return():
    maturity = Maturity(MID_SEPTEMBER, gap_days=60)
    assert maturity.is_partial(date(2026, 8, 1), 2)
    assert not maturity.is_partial(date(2026, 7, 1), 1)
    assert not maturity.is_partial(date(2026, 8, 1), 0)
