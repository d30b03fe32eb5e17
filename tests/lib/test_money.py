"""Amounts as people and tills write them."""

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from loyalty_site.lib.money import (
    AmountNotReadable,
    from_minor,
    parse_amount,
    to_minor,
)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("0", "USD", 0),
        ("12", "USD", 1200),
        ("12.3", "USD", 1230),
        (" 1,234.50 ", "USD", 123_450),
        ("1,234,567.89", "HKD", 123_456_789),
        ("\uff11\uff12\uff13\uff0e\uff14\uff15", "CNY", 12_345),
        ("-3.10", "USD", -310),
        ("1234", "JPY", 1234),
        ("1.234", "BHD", 1234),
    ],
)
def test_readable_amounts(text, currency, minor):
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "1.234,50",
        "12,34",
        "1,23",
        "1e5",
        "1e309",
        "NaN",
        "Infinity",
        "12.345",
        "$12",
        "٣٤",
        "1 234.50",
        "9" * 100_000,
        "12\x00",
        "5\u00b2",
        "999999999999999",
    ],
)
def test_unreadable_amounts_are_refused(text):
    with pytest.raises(AmountNotReadable):
        parse_amount(text, "USD")


def test_a_currency_without_decimals_takes_none():
    with pytest.raises(AmountNotReadable, match="at most 0 decimals"):
        parse_amount("10.5", "JPY")


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1e400"])
def test_not_a_finite_number_is_refused(amount):
    with pytest.raises(AmountNotReadable):
        to_minor(Decimal(amount), "USD")


@given(st.integers(-(10**12), 10**12), st.sampled_from(["USD", "JPY", "BHD"]))
def test_minor_units_survive_the_way_there_and_back(minor, currency):
    assert to_minor(from_minor(minor, currency), currency) == minor
    assert parse_amount(str(from_minor(minor, currency)), currency) == minor
