"""Amounts, dates and units as people and tills write them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from points.imports.values import (
    AmountReader,
    DateReader,
    UnreadableError,
    read_text,
    read_units,
)
from tests.points.imports.files import wide

NOW = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)
HONG_KONG = "Asia/Hong_Kong"


@pytest.mark.parametrize(
    ("text", "minor"),
    [
        ("12", 1200),
        ("12.5", 1250),
        ("12.50", 1250),
        ("0", 0),
        ("0.00", 0),
        ("-0.00", 0),
        ("+12.50", 1250),
        (" 12.50 ", 1250),
        ("1,234.50", 123450),
        ("1,234,567", 123456700),
        (wide("1234.50"), 123450),
        (wide("1,234.50"), 123450),
        ("12.500", 1250),
        ("00012.5", 1250),
        ("10000000000", 10**12),
    ],
)
def test_amounts(text, minor):
    assert AmountReader("USD").read(text) == minor


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "amount_missing"),
        ("   ", "amount_missing"),
        ("-5", "amount_negative"),
        ("\N{MINUS SIGN}5", "amount_negative"),
        ("(5.00)", "amount_negative"),
        ("$5", "amount_sign"),
        ("HK$5", "amount_sign"),
        ("￥5", "amount_sign"),
        ("5 €", "amount_sign"),
        ("1.234,50", "amount_unreadable"),
        ("1,23", "amount_unreadable"),
        ("12,34,567", "amount_unreadable"),
        ("1 234.50", "amount_unreadable"),
        ("NaN", "amount_unreadable"),
        ("inf", "amount_unreadable"),
        ("1e3", "amount_unreadable"),
        ("1e309", "amount_unreadable"),
        ("0x10", "amount_unreadable"),
        ("1_000", "amount_unreadable"),
        ("١٢٣", "amount_unreadable"),
        ("二十", "amount_unreadable"),
        ("5²", "amount_unreadable"),
        ("½", "amount_unreadable"),
        ("5\0", "amount_unreadable"),
        ("12.345", "amount_decimals"),
        ("10000000000.01", "amount_too_large"),
        ("9" * 30, "amount_too_large"),
        ("9" * 100_000, "amount_too_large"),
    ],
)
def test_amounts_that_are_refused(text, code):
    with pytest.raises(UnreadableError) as refusal:
        AmountReader("USD").read(text)
    assert refusal.value.code == code


def test_a_currency_without_decimals():
    assert AmountReader("JPY").read("1,234") == 1234
    with pytest.raises(UnreadableError):
        AmountReader("JPY").read("1234.5")


def date(text: str, *, zone: str = "UTC", order: str = "ymd") -> str:
    at = DateReader(ZoneInfo(zone), order=order, now=NOW).read(text)
    return f"{at:%Y-%m-%d %H:%M:%S}"


@pytest.mark.parametrize(
    ("text", "zone", "order", "utc"),
    [
        ("1997-01-01", "UTC", "ymd", "1997-01-01 00:00:00"),
        ("1997-01-01", HONG_KONG, "ymd", "1996-12-31 16:00:00"),
        ("1997-01-01 12:30", HONG_KONG, "ymd", "1997-01-01 04:30:00"),
        ("1997-01-01T12:30:15", "UTC", "ymd", "1997-01-01 12:30:15"),
        ("1997-01-01T12:30:00Z", HONG_KONG, "ymd", "1997-01-01 12:30:00"),
        ("1997-01-01 12:30+02:00", HONG_KONG, "ymd", "1997-01-01 10:30:00"),
        (" 1997-01-01 ", "UTC", "ymd", "1997-01-01 00:00:00"),
        ("1997/1/2", "UTC", "ymd", "1997-01-02 00:00:00"),
        ("1997/1/2 9:05", "UTC", "ymd", "1997-01-02 09:05:00"),
        ("1997年1月2日", "UTC", "ymd", "1997-01-02 00:00:00"),
        (wide("1997-01-02"), "UTC", "ymd", "1997-01-02 00:00:00"),
        ("02/01/1997", "UTC", "dmy", "1997-01-02 00:00:00"),
        ("02.01.1997 13:45", "UTC", "dmy", "1997-01-02 13:45:00"),
        ("01/02/1997", "UTC", "mdy", "1997-01-02 00:00:00"),
        ("1997-01-02", "UTC", "dmy", "1997-01-02 00:00:00"),
        # The clocks went forward: the time is moved by the length of the gap.
        ("2026-03-29 01:30", "Europe/London", "ymd", "2026-03-29 01:30:00"),
        # The clocks went back: the first of the two.
        ("2025-10-26 01:30", "Europe/London", "ymd", "2025-10-26 00:30:00"),
        ("2024-02-29", "UTC", "ymd", "2024-02-29 00:00:00"),
        ("2026-06-15 12:00", "UTC", "ymd", "2026-06-15 12:00:00"),
    ],
)
def test_dates(text, zone, order, utc):
    assert date(text, zone=zone, order=order) == utc


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "date_missing"),
        ("yesterday", "date_unreadable"),
        ("2026-02-30", "date_unreadable"),
        ("2025-02-29", "date_unreadable"),
        ("2026-06-01 25:00", "date_unreadable"),
        ("20260601", "date_unreadable"),
        ("2026-W01-1", "date_unreadable"),
        ("1750000000", "date_unreadable"),
        ("45000", "date_unreadable"),
        ("0000-00-00", "date_unreadable"),
        ("9999-99-99", "date_unreadable"),
        ("2026-06-01\0", "date_unreadable"),
        ("x" * 100_000, "date_unreadable"),
        ("01/02/1997", "date_ambiguous"),
        ("13.02.1997", "date_ambiguous"),
        ("2026-06-15 12:01", "date_future"),
        ("2026-06-16", "date_future"),
        ("9999-12-31", "date_future"),
        ("1969-12-31", "date_too_old"),
        ("0001-01-01", "date_too_old"),
    ],
)
def test_dates_that_are_refused(text, code):
    with pytest.raises(UnreadableError) as refusal:
        date(text)
    assert refusal.value.code == code


def test_today_has_begun_where_the_programme_is():
    now = datetime(2026, 6, 14, 17, 0, tzinfo=UTC)
    reader = DateReader(ZoneInfo(HONG_KONG), order="ymd", now=now)
    assert reader.read("2026-06-15") == datetime(2026, 6, 14, 16, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("2", "2"),
        ("2.5", "2.5"),
        ("0", "0"),
        ("", None),
        (wide("12"), "12"),
        ("2.500", "2.500"),
    ],
)
def test_units(text, units):
    assert read_units(text) == units


@pytest.mark.parametrize("text", ["-1", "two", "1.2345", "1,5", "9" * 40, "\0", "²"])
def test_units_that_are_refused(text):
    with pytest.raises(UnreadableError):
        read_units(text)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a\0b", "control_character"),
        ("a\nb", "control_character"),
        ("a\tb", "control_character"),
        ("x" * 81, "too_long"),
        ("x" * 100_000, "too_long"),
    ],
)
def test_text_that_is_refused(text, code):
    with pytest.raises(UnreadableError) as refusal:
        read_text(text, limit=80)
    assert refusal.value.code == code


@pytest.mark.parametrize("ref", ["+85291234567", "=A1", "@home", "-7"])
def test_a_quote_against_formulae_is_taken_away_again(ref):
    assert read_text(f"'{ref}", limit=80) == ref
