"""Reading single values; each reader returns the value or raises UnreadableError."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

from loyalty_site.lib.money import LARGEST_AMOUNT_MINOR, minor_digits
from points.imports.columns import DateOrder

_PLAIN_AMOUNT = re.compile(r"-?\d{1,20}(?:\.\d{1,20})?")
_GROUPED_AMOUNT = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d{1,20})?")
_PLAIN_UNITS = re.compile(r"\d{1,9}(?:\.\d{1,3}0*)?")
_BETWEEN_CODES = re.compile(r"[,;|\uff0c\u3001\uff1b]")
MOST_CODES, LONGEST_CODE = 20, 80
_USUAL_UNITS = re.compile(r"[0-9]{1,9}")
_LOOSE_DATES = {
    DateOrder.YEAR_FIRST: r"(?P<y>\d{4})[-/.年](?P<m>\d{1,2})[-/.月](?P<d>\d{1,2})日?",
    DateOrder.DAY_FIRST: r"(?P<d>\d{1,2})[-/.](?P<m>\d{1,2})[-/.](?P<y>\d{4})",
    DateOrder.MONTH_FIRST: r"(?P<m>\d{1,2})[-/.](?P<d>\d{1,2})[-/.](?P<y>\d{4})",
}
_CLOCK = r"(?:[ T]+(?P<H>\d{1,2}):(?P<M>\d{2})(?::(?P<S>\d{2}))?)?"
_TWO_WAYS = re.compile(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")
_OLDEST = datetime(1970, 1, 1, tzinfo=UTC)


# Only the width changes. NFKC would also make 52 of 5².
_NARROW = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {0x3000: " "}


class UnreadableError(Exception):
    """The value cannot be taken; `code` is one of the problems' codes."""

    def __init__(self, *, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params: Mapping[str, object] = params


class AmountReader:
    """Reads amounts into minor units of one currency; zero is a visit, and allowed."""

    def __init__(self, currency: str) -> None:
        self._digits = minor_digits(currency)
        fraction = rf"(?:\.(\d{{1,{self._digits}}}))?" if self._digits else "()"
        self._usual = re.compile(rf"(\d{{1,9}}){fraction}", re.ASCII)
        self._scale: int = 10**self._digits

    def read(self, text: str) -> int:
        """Take `1234.5`, `1,234.50` and full-width digits; refuse what is not sure."""
        if usual := self._usual.fullmatch(text):
            whole, part = usual.groups()
            minor = int(whole) * self._scale
            return minor + (int(part.ljust(self._digits, "0")) if part else 0)
        return self._unusual(_narrow(text))

    def _unusual(self, text: str) -> int:
        if not text:
            raise UnreadableError(code="amount_missing")
        text = text.replace("\N{MINUS SIGN}", "-").removeprefix("+")
        if _GROUPED_AMOUNT.fullmatch(text):
            text = text.replace(",", "")
        if not (text.isascii() and _PLAIN_AMOUNT.fullmatch(text)):
            raise UnreadableError(code=_why_no_amount(text))
        amount = Decimal(text).scaleb(self._digits)
        if amount < 0:
            raise UnreadableError(code="amount_negative")
        if amount > LARGEST_AMOUNT_MINOR:
            raise UnreadableError(code="amount_too_large")
        if amount != int(amount):
            raise UnreadableError(code="amount_decimals", digits=self._digits)
        return int(amount)


def _why_no_amount(text: str) -> str:
    if any(unicodedata.category(each) == "Sc" for each in text):
        return "amount_sign"
    if text[0] == "(" and text[-1] == ")":
        return "amount_negative"
    if text.isascii() and text.lstrip("-").isdecimal():
        return "amount_too_large"
    return "amount_unreadable"


class DateReader:
    """Reads dates and times into UTC; those without an offset are in `zone`.

    A date alone is the first instant of that day. A wall time that a clock change
    skips moves forward by the gap; one that happens twice is the first of the two.
    """

    def __init__(self, zone: ZoneInfo, *, order: str, now: datetime) -> None:
        self._zone = zone
        self._order = order
        self._now = now
        clock = f"{_LOOSE_DATES[DateOrder(order)]}{_CLOCK}"
        self._loose = re.compile(clock, re.ASCII)
        # Files are sorted by day more often than not, and days alone repeat.
        self.read = lru_cache(maxsize=4096)(self._read)

    def _read(self, text: str) -> datetime:
        local = _iso(text) or self._unusual(_narrow(text))
        if local.tzinfo is None:
            local = local.replace(tzinfo=self._zone)
        try:
            at = local.astimezone(UTC)
        except OverflowError as error:
            raise UnreadableError(code="date_unreadable") from error
        if at > self._now:
            raise UnreadableError(code="date_future")
        if at < _OLDEST:
            raise UnreadableError(code="date_too_old")
        return at

    def _unusual(self, text: str) -> datetime:
        if not text:
            raise UnreadableError(code="date_missing")
        if found := _iso(text):
            return found
        match = self._loose.fullmatch(text) if text.isascii() or "年" in text else None
        if match is None:
            is_open = self._order == DateOrder.YEAR_FIRST and _TWO_WAYS.match(text)
            raise UnreadableError(
                code="date_ambiguous" if is_open else "date_unreadable"
            )
        parts = {name: int(value or 0) for name, value in match.groupdict().items()}
        try:
            day = date(parts["y"], parts["m"], parts["d"])
            return datetime.combine(day, time(parts["H"], parts["M"], parts["S"]))
        except ValueError as error:
            raise UnreadableError(code="date_unreadable") from error


def _narrow(text: str) -> str:
    """Return the text with full-width characters in their ordinary width."""
    return text.translate(_NARROW).strip()


def _iso(text: str) -> datetime | None:
    """Return an ISO date or time with separators, None for anything else."""
    # fromisoformat also takes 19970101 and 1997-W01-1, which may be something else.
    if text[4:5] != "-" or text[7:8] != "-" or not text.isascii():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def read_units(text: str) -> str | None:
    """Return units from 0 with at most three decimals as digits, None for nothing."""
    if not _USUAL_UNITS.fullmatch(text):
        text = _narrow(text)
        if not text:
            return None
        if not (text.isascii() and _PLAIN_UNITS.fullmatch(text)):
            raise UnreadableError(code="units_unreadable")
    return text


def read_text(text: str, *, limit: int) -> str:
    """Return the text without blanks around it; refuse what no code or number has."""
    text = text.strip()
    if not text.isprintable():
        raise UnreadableError(code="control_character")
    if len(text) > limit:
        raise UnreadableError(code="too_long", limit=limit)
    # A quote in front keeps spreadsheets from running a formula: so does the CSV of bad
    # rows, which comes back mended.
    if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"}:
        return text[1:]
    return text


def read_codes(text: str) -> list[str]:
    """Return the codes between commas, semicolons, bars or their full-width forms."""
    codes = (code.strip() for code in _BETWEEN_CODES.split(text))
    found = list(dict.fromkeys(code for code in codes if code))
    if len(found) > MOST_CODES:
        raise UnreadableError(code="too_many_codes", limit=MOST_CODES)
    return [read_text(code, limit=LONGEST_CODE) for code in found]
