"""Numbers, money, days and contacts in three languages."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import timezone, translation

from loyalty_site.lib import formats

NIGHT = datetime(2026, 11, 22, 15, 4, tzinfo=UTC)
HONG_KONG = ZoneInfo("Asia/Hong_Kong")
MINUS = "\N{MINUS SIGN}"


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_thousands_are_separated_in_every_language(language):
    with translation.override(language):
        assert formats.number(1234567) == "1,234,567"
        assert formats.number(-1234) == f"{MINUS}1,234"
        assert formats.number(Decimal("1234.5")) == "1,234.5"


@pytest.mark.parametrize(
    ("value", "text"), [(50, "+50"), (-50, f"{MINUS}50"), (0, "0"), (None, "")]
)
def test_signed(value, text):
    assert formats.signed(value) == text


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "1.2M"), ("zh-hans", "123.5万"), ("zh-hant", "123.5萬")],
)
def test_compact(language, text):
    with translation.override(language):
        assert formats.compact(1234567) == text


@pytest.mark.parametrize(
    ("language", "currency", "text"),
    [
        ("en", "HKD", "HK$1,234.50"),
        ("en", "CNY", "CN¥1,234.50"),
        ("en", "USD", "US$1,234.50"),
        ("zh-hans", "CNY", "¥1,234.50"),
        ("zh-hans", "HKD", "HK$1,234.50"),
        ("zh-hant", "HKD", "HK$1,234.50"),
        ("zh-hant", "CNY", "CN¥1,234.50"),
    ],
)
def test_money(language, currency, text):
    with translation.override(language):
        assert formats.money(123450, currency) == text


def test_money_without_minor_units_and_below_zero():
    assert formats.money(1234, "JPY") == "JP¥1,234"
    assert formats.money(-1, "HKD") == f"{MINUS}HK$0.01"
    assert formats.money(None, "HKD") == ""


@pytest.mark.parametrize(
    ("share", "text"),
    [
        (Decimal("0.123"), "12.3%"),
        (Decimal("0.12345"), "12.3%"),
        (Decimal("0.0005"), "0.1%"),
        (Decimal(-1), f"{MINUS}100.0%"),
        (0, "0.0%"),
        (None, ""),
    ],
)
def test_percent(share, text):
    assert formats.percent(share) == text


def test_change_of_shares_is_in_percent_points():
    assert formats.percent_points(Decimal("0.014")) == "+1.4 pp"


@pytest.mark.parametrize(
    ("language", "day", "instant"),
    [
        ("en", "22 Nov 2026", "22 Nov 2026, 23:04 HKT"),
        ("zh-hans", "2026年11月22日", "2026年11月22日 23:04"),
        ("zh-hant", "2026年11月22日", "2026年11月22日 23:04"),
    ],
)
def test_days_and_instants_are_the_programmes(language, day, instant):
    with translation.override(language), timezone.override(HONG_KONG):
        assert formats.day(date(2026, 11, 22)) == day
        assert formats.daytime(NIGHT) == instant
        late = datetime(2026, 11, 21, 16, 0, tzinfo=UTC)
        assert formats.day(late) == day
        assert formats.day_dense(late) == "2026-11-22"


def test_every_month_has_three_letters_in_english():
    assert formats.day(date(2026, 9, 1)) == "1 Sep 2026"
    assert formats.month(date(2026, 9, 1)) == "Sep 2026"


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "3 days ago"), ("zh-hans", "3天前"), ("zh-hant", "3 日前")],
)
def test_relative(language, text):
    now = datetime(2026, 11, 25, 15, 4, tzinfo=UTC)
    with translation.override(language):
        assert formats.relative(NIGHT, now=now) == text


@pytest.mark.parametrize(
    ("stored", "shown", "masked"),
    [
        ("+85291234567", "+852 9123 4567", "+852 •••• 4567"),
        ("+8613800138000", "+86 138 0013 8000", "+86 •••• 8000"),
        ("12", "12", "••••"),
        ("", "", ""),
        (None, "", ""),
    ],
)
def test_phones(stored, shown, masked):
    assert formats.phone(stored) == shown
    assert formats.masked_phone(stored) == masked


@pytest.mark.parametrize(
    ("stored", "masked"),
    [("chan@example.com", "c••••@example.com"), ("chan", "••••"), ("", "")],
)
def test_masked_mail_shows_the_first_letter(stored, masked):
    assert formats.masked_email(stored) == masked


@pytest.mark.parametrize(
    ("code", "language", "tag"),
    [
        ("en-gb", "en", "en"),
        ("zh-cn", "zh-hans", "zh-Hans"),
        ("zh-hk", "zh-hant", "zh-Hant"),
        ("zh-tw", "zh-hant", "zh-Hant"),
        ("fr", "en", "en"),
    ],
)
def test_every_locale_is_one_of_three(code, language, tag):
    with translation.override(code):
        assert (formats.language(), formats.html_lang()) == (language, tag)


def render(text: str, **context) -> str:
    return Template(text).render(Context(context))


def test_instants_are_time_elements():
    with timezone.override(HONG_KONG):
        html = render("{{ at|daytime }}", at=NIGHT)
    assert 'datetime="2026-11-22T15:04:00+00:00"' in html
    assert ">22 Nov 2026, 23:04 HKT</time>" in html


def test_nothing_is_shown_as_nothing():
    filters = ["daytime", "daytime_dense", "ago", "day", "day_dense", "month", "points"]
    assert "".join(render(f"{{{{ x|{name} }}}}", x=None) for name in filters) == ""


def test_share_of_nothing_is_a_dash():
    assert render("{{ 1|share_of:4 }} {{ 1|share_of:0 }}") == "25.0% \N{EN DASH}"


def test_icon_is_a_decoration():
    html = render('{% icon "gift" %}')
    assert 'aria-hidden="true"' in html
    assert "icons.svg#gift" in html


def test_capture_escapes_what_it_keeps():
    html = render("{% capture as t %} {{ x }} {% endcapture %}[{{ t }}]", x="<b>")
    assert html == "[&lt;b&gt;]"


def test_capture_needs_a_name():
    with pytest.raises(TemplateSyntaxError):
        Template("{% capture %}{% endcapture %}")


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        (True, "是"),
        (False, "否"),
        (0, "0"),
        (12_345, "12,345"),
        (Decimal("1.500"), "1.5"),
        (date(2026, 11, 22), "2026年11月22日"),
        ("Gold", "Gold"),
        ("", "\N{EN DASH}"),
        (None, "\N{EN DASH}"),
    ],
)
def test_a_history_says_what_a_column_held(kept, shown):
    with translation.override("zh-hans"):
        assert (
            Template("{{ kept|kept_value }}").render(Context({"kept": kept})) == shown
        )
