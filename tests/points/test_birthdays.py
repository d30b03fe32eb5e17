"""The condition about birthdays: windows over leap days, year ends and zones."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError

from points.rules.base import EarningEvent
from points.rules.conditions.base import Setting
from points.rules.conditions.birthday import Birthday, birthday_in
from tests.factories import NOON, make_member, make_purchase, make_rule

HONG_KONG = Setting(minor_units=100, zone=ZoneInfo("Asia/Hong_Kong"))
THE_DAY = {"before": 0, "after": 0}


def holds(value, born, text):
    at = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)
    event = EarningEvent(1000, at, birth_on=born and date.fromisoformat(born))
    return Birthday().prepare(value, HONG_KONG)(event)


@pytest.mark.parametrize(
    ("value", "born", "at", "answer"),
    [
        (THE_DAY, "1990-06-15", "2026-06-15T00:00", True),
        (THE_DAY, "1990-06-15", "2026-06-14T23:59", False),
        (THE_DAY, "1990-06-15", "2026-06-16T00:00", False),
        (THE_DAY, None, "2026-06-15T12:00", False),
        # Of 29 February: the 28th in common years, once a year.
        (THE_DAY, "1992-02-29", "2026-02-28T12:00", True),
        (THE_DAY, "1992-02-29", "2026-03-01T12:00", False),
        (THE_DAY, "1992-02-29", "2028-02-28T12:00", False),
        (THE_DAY, "1992-02-29", "2028-02-29T12:00", True),
        ({"before": 3, "after": 2}, "1990-06-15", "2026-06-12T00:00", True),
        ({"before": 3, "after": 2}, "1990-06-15", "2026-06-11T23:59", False),
        ({"before": 3, "after": 2}, "1990-06-15", "2026-06-17T23:59", True),
        ({"before": 3, "after": 2}, "1990-06-15", "2026-06-18T00:00", False),
        # A window that reaches over the end of the year, from both sides.
        ({"before": 0, "after": 5}, "1990-12-30", "2027-01-04T12:00", True),
        ({"before": 0, "after": 5}, "1990-12-30", "2027-01-05T12:00", False),
        ({"before": 5, "after": 0}, "1990-01-02", "2026-12-28T12:00", True),
        ({"month": True}, "1990-06-30", "2026-06-01T00:00", True),
        ({"month": True}, "1990-06-30", "2026-07-01T00:00", False),
    ],
)
def test_what_is_about_a_birthday(value, born, at, answer):
    assert holds(value, born, at) is answer


def test_every_year_has_one_birthday():
    born = date(1992, 2, 29)
    assert [birthday_in(year, born).day for year in (2024, 2025, 2100)] == [29, 28, 28]


def test_days_without_a_window_are_refused():
    with pytest.raises(ValidationError):
        Birthday().read({"birthday": "", "birthday_before": 3, "birthday_after": None})


@pytest.mark.django_db
def test_the_date_of_birth_is_looked_up_where_a_rule_asks(
    django_assert_max_num_queries,
):
    make_rule()
    born, other = make_member(birth_on=date(1980, 6, 15)), make_member()
    with django_assert_max_num_queries(8) as before:
        make_purchase(born)
    make_rule(kind="fixed", points=100, conditions={"birthday": THE_DAY})
    make_purchase(other)
    with django_assert_max_num_queries(len(before) + 1):
        assert make_purchase(born, at=NOON).points == 110
    assert make_purchase(other).points == 10
