"""Days, months and instants across month ends and clock changes."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from loyalty_site.lib.periods import (
    Period,
    add_months,
    add_months_at,
    day_of,
    last_days,
    month_of,
    months_between,
)

LONDON = ZoneInfo("Europe/London")
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("day", "months", "moved"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-12-15", 1, "2027-01-15"),
        ("2026-03-31", -1, "2026-02-28"),
        ("2026-01-01", -1, "2025-12-01"),
        ("2026-06-30", 0, "2026-06-30"),
    ],
)
def test_the_end_of_the_month_clamps(day, months, moved):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(moved)


def test_the_same_wall_time_across_a_clock_change():
    winter = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
    summer = add_months_at(winter, 6, LONDON)
    assert summer == datetime(2026, 7, 15, 11, 0, tzinfo=UTC)


def test_a_wall_time_that_does_not_exist_moves_forward():
    before = datetime(2026, 2, 28, 1, 30, tzinfo=LONDON).replace(day=28)
    skipped = add_months_at(before.replace(month=2, day=28), 1, LONDON)
    assert skipped == datetime(2026, 3, 28, 1, 30, tzinfo=UTC)
    gap = add_months_at(datetime(2026, 1, 29, 1, 30, tzinfo=LONDON), 2, LONDON)
    assert gap == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_a_wall_time_that_happens_twice_is_the_first():
    moved = add_months_at(datetime(2026, 9, 25, 0, 30, tzinfo=UTC), 1, LONDON)
    assert moved == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)


def test_the_day_is_the_day_in_the_zone():
    late = datetime(2026, 11, 21, 17, 0, tzinfo=UTC)
    assert day_of(late, SHANGHAI) == date(2026, 11, 22)


def test_a_period_is_half_open():
    start, end = Period(date(2026, 3, 29), date(2026, 3, 30)).as_datetimes(LONDON)
    assert (end - start).total_seconds() == 23 * 3600


def test_months_and_days():
    assert month_of(date(2026, 2, 28)) == Period(date(2026, 2, 1), date(2026, 3, 1))
    assert last_days(7, before=date(2026, 1, 3)).start == date(2025, 12, 27)
    assert len(list(months_between(date(2025, 11, 30), date(2026, 2, 1)))) == 4


@given(st.dates(date(1970, 1, 1), date(2200, 1, 1)), st.integers(-600, 600))
def test_adding_months_lands_in_the_right_month(day, months):
    moved = add_months(day, months)
    index = day.year * 12 + day.month - 1 + months
    assert (moved.year * 12 + moved.month - 1) == index
    assert moved.day <= day.day
