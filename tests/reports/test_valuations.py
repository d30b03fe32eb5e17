"""What points are worth: dated versions, never edited, exact until one rounding."""

from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from reports.definitions import REPORTS
from reports.errors import MonthClosed
from reports.models import Valuation
from reports.services.valuations import Worth, set_worth
from reports.statistics.worth import Price, liability_minor, price_at_end_of
from tests.factories import CLERK, give_points, make_member, set_programme
from tests.reports.factories import NOW, days, refresh, result_of

OCT, NOV = date(2026, 10, 1), date(2026, 11, 1)
LONG_AGO = date(2020, 1, 1)


def worth(valid_from=LONG_AGO, value="0.05", rate="0.8", note="") -> Worth:
    return Worth(valid_from, Decimal(value), Decimal(rate), note)


def set_at(wanted, at=NOW):
    return set_worth(worth=wanted, at=at, actor=CLERK)


PRICES = [
    Price(date(2026, 9, 30), Decimal("0.05"), Decimal("0.8")),
    Price(date(2026, 10, 31), Decimal("0.06"), Decimal("0.8")),
    Price(date(2026, 10, 31), Decimal("0.07"), Decimal("0.7")),
]


@pytest.mark.parametrize(
    ("month", "value"),
    [
        (date(2026, 8, 1), None),
        (date(2026, 9, 1), "0.05"),
        (OCT, "0.07"),
        (NOV, "0.07"),
    ],
)
def test_the_last_day_decides_and_a_correction_wins(month, value):
    price = price_at_end_of(month, PRICES)
    assert (str(price.point_value) if price else None) == value


@pytest.mark.parametrize(
    ("points", "value", "rate", "expected"),
    [
        (1000, "0.05", "0.8", ("HKD", 4000)),
        (1, "0.005", "0.5", ("HKD", 0)),  # a quarter of a cent
        (1, "0.01", "0.5", ("HKD", 0)),  # half a cent, to even
        (3, "0.01", "0.5", ("HKD", 2)),  # one and a half, to even
        (1000, "0.5", "0.3333", ("JPY", 167)),
        (10**12, "0.123456", "0.654321", ("HKD", 8_077_985_337_600)),
    ],
)
def test_the_liability_is_exact_until_it_is_rounded_once(points, value, rate, expected):
    currency, minor = expected
    price = Price(LONG_AGO, Decimal(value), Decimal(rate))
    assert liability_minor(points, price, currency) == minor


def test_without_a_price_there_is_no_amount():
    assert liability_minor(1000, None, "HKD") is None


@pytest.mark.django_db
def test_the_first_version_may_be_old_and_a_later_one_may_not():
    set_at(worth())
    with pytest.raises(MonthClosed, match="Enter 1 Oct 2026 or a later day"):
        set_at(worth(date(2026, 9, 30), "0.06"))
    assert Valuation.objects.count() == 1
    set_at(worth(OCT, "0.06"))
    assert Valuation.objects.first().point_value == Decimal("0.06")


@pytest.mark.django_db
def test_closed_is_read_in_the_programmes_zone():
    set_programme(time_zone="Asia/Hong_Kong")
    set_at(worth())
    at = datetime(2026, 10, 31, 16, 0, tzinfo=UTC)  # the first of November there
    with pytest.raises(MonthClosed):
        set_at(worth(date(2026, 9, 30)), at=at)
    set_at(worth(OCT), at=at)


@pytest.mark.django_db
def test_setting_the_same_again_changes_nothing():
    first = set_at(worth(NOV))
    assert set_at(worth(NOV)) == first
    assert set_at(worth(NOV, value="0.06")) != first
    assert Valuation.objects.count() == 2


@pytest.mark.django_db
def test_a_version_is_never_edited():
    set_at(worth())
    with pytest.raises(ProgrammingError), transaction.atomic():
        Valuation.objects.update(point_value=1)
    assert Valuation.objects.get().point_value == Decimal("0.05")


@pytest.mark.django_db
def test_the_value_of_earlier_settings_becomes_the_first_version():
    migration = import_module("reports.migrations.0011_first_valuation")
    set_programme(point_value=Decimal("0.02"))
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(migration.FIRST_VERSION)
    known = Valuation.objects.get()
    assert (known.point_value, known.redemption_rate) == (Decimal("0.02"), Decimal(1))


@pytest.mark.django_db
def test_each_month_is_worth_what_held_then_and_the_parts_add_up():
    set_programme(currency="HKD", time_zone="UTC")
    member = make_member()
    for day in (400, 200, 50, 40):
        give_points(member, 333, at=NOW - days(day))
    set_at(worth())
    set_at(worth(NOV, "0.0333", "0.77"))
    refresh()
    result = result_of("points", **{"from": "2026-10", "to": "2026-11"})
    assert [each.liability_minor for each in result.months] == [5328, 3415]
    for table in result_tables(result, "age", "expiry"):
        assert sum(row[-1] for row in table.rows) == Decimal("34.15")


def result_tables(result, *names):
    return [each for each in REPORTS["points"].tables(result) if each.name in names]


@pytest.mark.django_db
def test_the_settings_page_adds_versions_and_shows_all(admin, manager):
    url = reverse("reports:valuation-list")
    assert manager.get(url).status_code == 403
    given = {"valid_from": "2020-01-01", "point_value": "0.05"}
    refused = admin.post(url, given | {"redemption_percent": "101"})
    assert (refused.status_code, Valuation.objects.count()) == (422, 0)
    answer = admin.post(url, given | {"redemption_percent": "82.5", "note": "Survey"})
    assert answer.status_code == 302
    assert Valuation.objects.get().redemption_rate == Decimal("0.825")
    text = admin.get(url).content.decode()
    assert "82.5%" in text
    assert "Survey" in text
    closed = admin.post(url, given | {"redemption_percent": "50", "note": "x"})
    assert closed.status_code == 422
    assert b"closed" in closed.content
    assert Valuation.objects.count() == 1


@pytest.mark.django_db
def test_without_a_version_the_page_says_so(manager, admin):
    give_points(make_member(), 100, at=NOW)
    refresh()
    text = manager.get("/reports/points/").content.decode()
    assert "What a point is worth is not set" in text
    assert "/settings/books/" not in text
    assert b"/settings/books/" in admin.get("/reports/points/").content
