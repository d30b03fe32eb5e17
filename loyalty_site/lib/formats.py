"""How numbers, money, days and contacts are written in each of the three languages.

Django's own formats are not used: the Chinese ones drop the thousands separators.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import phonenumbers
from babel import Locale
from babel.dates import format_date, format_timedelta
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_currency, format_decimal
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from loyalty_site.lib.money import from_minor

Number = Decimal | int | None
MINUS = "\N{MINUS SIGN}"
BULLETS = "\N{BULLET}" * 4
LOCALES = {
    "en": Locale("en", "GB"),
    "zh-hans": Locale("zh", "CN", script="Hans"),
    "zh-hant": Locale("zh", "HK", script="Hant"),
}
# British dates of Babel say "Sept", one letter more than every other month.
DATE_LOCALES = LOCALES | {"en": Locale("en")}
# Babel writes 1.2M for Hong Kong; Taiwan's pattern says 123.5萬.
COMPACT_LOCALES = LOCALES | {"zh-hant": Locale("zh", "TW", script="Hant")}
DAY_PATTERNS = {"en": "d MMM y", "zh-hans": "y年M月d日", "zh-hant": "y年M月d日"}
MONTH_PATTERNS = {"en": "MMM y", "zh-hans": "y年M月", "zh-hant": "y年M月"}


def language() -> str:
    """Return the one of the three languages that the page is in."""
    code = (translation.get_language() or "en").lower()
    if code.startswith("zh"):
        traditional = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")
        return "zh-hant" if code.startswith(traditional) else "zh-hans"
    return "en"


def html_lang() -> str:
    """Return the language as the `lang` of a page: browsers pick glyphs by it."""
    return {"zh-hans": "zh-Hans", "zh-hant": "zh-Hant"}.get(language(), "en")


def sentences(*parts: str) -> str:
    """Return the sentences in one line; Chinese ones follow each other directly."""
    space = "" if language().startswith("zh") else " "
    return space.join(filter(None, parts))


def listed(words: Sequence[str]) -> str:
    """Return words as a choice: `a, b or c`."""
    return format_list(list(words), style="or", locale=LOCALES[language()])


def together(words: Sequence[str]) -> str:
    """Return words that all belong: `a, b and c`."""
    return format_list(list(words), style="standard", locale=LOCALES[language()])


def number(value: Number) -> str:
    """Return 1,234,567 with a true minus sign; nothing for None."""
    if value is None:
        return ""
    return format_decimal(value, locale=LOCALES[language()]).replace("-", MINUS)


def signed(value: Number) -> str:
    """Return the number with its sign, and 0 without one."""
    if value is None:
        return ""
    return f"+{number(value)}" if value > 0 else number(value)


def compact(value: Number) -> str:
    """Return 1.2M or 123.5万, for tiles only; put the full number in the title."""
    if value is None:
        return ""
    text = format_compact_decimal(
        value, locale=COMPACT_LOCALES[language()], fraction_digits=1
    )
    return text.replace("-", MINUS)


def percent(share: Decimal | None, digits: int = 1) -> str:
    """Return a share, where 1 is the whole, as 12.3%."""
    if share is None:
        return ""
    exact = Decimal(str(share)) * 100
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return f"{rounded:,f}%".replace("-", MINUS)


def percent_points(change: Decimal | None, digits: int = 1) -> str:
    """Return a change of shares, where 1 is the whole, as +1.4 pp."""
    if change is None:
        return ""
    exact = Decimal(str(change)) * 100
    rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    return _("%(points)s pp") % {"points": f"{rounded:+,f}".replace("-", MINUS)}


def money(amount_minor: int | None, currency: str) -> str:
    """Return minor units as HK$1,234.50, with the sign the language uses."""
    if amount_minor is None:
        return ""
    text = format_currency(
        from_minor(amount_minor, currency), currency, locale=LOCALES[language()]
    )
    return text.replace("-", MINUS)


def day(on: date | datetime | None) -> str:
    """Return 22 Nov 2026 or 2026年11月22日; an instant's day is the programme's."""
    if not on:
        return ""
    return format_date(
        _local_day(on), DAY_PATTERNS[language()], DATE_LOCALES[language()]
    )


def day_dense(on: date | datetime | None) -> str:
    """Return 2026-11-22, for tables."""
    return _local_day(on).isoformat() if on else ""


def month(on: date | datetime | None) -> str:
    """Return Nov 2026 or 2026年11月."""
    if not on:
        return ""
    return format_date(
        _local_day(on), MONTH_PATTERNS[language()], DATE_LOCALES[language()]
    )


def daytime(at: datetime) -> str:
    """Return 22 Nov 2026, 23:04 HKT; Chinese writes no zone."""
    local = timezone.localtime(at)
    if language() == "en":
        return f"{day(at)}, {local:%H:%M} {local:%Z}"
    return f"{day(at)} {local:%H:%M}"


def daytime_dense(at: datetime) -> str:
    """Return 2026-11-22 23:04, for tables."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def relative(at: datetime, *, now: datetime | None = None) -> str:
    """Return "3 days ago" or "in 2 hours", seen from `now` or from this moment."""
    seen_from = now or timezone.now()  # noqa: TID251 -- a page is read at this moment
    difference: timedelta = at - seen_from
    return format_timedelta(
        difference, add_direction=True, locale=LOCALES[language()], threshold=1.2
    )


def phone(value: object) -> str:
    """Return +852 9123 4567; what is no number is shown as it is."""
    text = str(value or "")
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    return phonenumbers.format_number(
        parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL
    )


def masked_phone(value: object) -> str:
    """Return +852 •••• 4567, for roles that may not see contact data."""
    text = str(value or "")
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return BULLETS if text else ""
    return f"+{parsed.country_code} {BULLETS} {str(parsed.national_number)[-4:]}"


def masked_email(value: object) -> str:
    """Return a••••@example.com, for roles that may not see contact data."""
    text = str(value or "")
    name, at, host = text.rpartition("@")
    if not (name and at):
        return BULLETS if text else ""
    return f"{name[0]}{BULLETS}@{host}"


def _local_day(on: date | datetime) -> date:
    if isinstance(on, datetime):
        return timezone.localtime(on).date() if timezone.is_aware(on) else on.date()
    return on
