"""Periods of reports: whole months of the programme, the last of them perhaps so far."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import Period, add_months, day_of

ONE_DAY = timedelta(days=1)
MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
FIRST_YEAR, LAST_YEAR = 1900, 2999


@dataclass(frozen=True)
class AsOf:
    """The instant up to which facts are counted, and how they are read.

    `checked_at` is when all of it was last compared with the ledger, and `rows_wrong`
    how many rows differed then.
    """

    at: datetime
    zone: ZoneInfo
    currency: str = ""
    checked_at: datetime | None = None
    rows_wrong: int = 0

    @property
    def today(self) -> date:
        """The business day that is not over yet."""
        return day_of(self.at, self.zone)

    @property
    def month(self) -> date:
        """The month that is not over yet."""
        return self.today.replace(day=1)

    def is_over(self, month: date) -> bool:
        """Whether every day of the month has been counted."""
        return month < self.month


@dataclass(frozen=True)
class Months:
    """Months from that of `first` to that of `last`, both inclusive, as first days."""

    first: date
    last: date

    @property
    def count(self) -> int:
        """Number of months."""
        return months_from(self.first, self.last) + 1

    def __iter__(self) -> Iterator[date]:
        return (add_months(self.first, index) for index in range(self.count))

    def is_partial(self, as_of: AsOf) -> bool:
        """Whether the last month is not over."""
        return not as_of.is_over(self.last)

    def period(self, as_of: AsOf) -> Period:
        """Return the days counted so far; none of them is after today."""
        end = min(add_months(self.last, 1), as_of.today + ONE_DAY)
        return Period(self.first, max(end, self.first))

    @property
    def label(self) -> str:
        """The months in words: Nov 2026, or Jan 2026 to Nov 2026."""
        words = {"first": formats.month(self.first), "last": formats.month(self.last)}
        if self.count == 1:
            return words["first"]
        return gettext("%(first)s to %(last)s") % words

    def earlier(self, months: int) -> "Months":
        """Return as many months, `months` before."""
        return Months(add_months(self.first, -months), add_months(self.last, -months))

    def same_days_earlier(self, months: int, as_of: AsOf) -> Period:
        """Return the period `months` before, cut at the same day where this one is."""
        whole = self.earlier(months)
        end = add_months(whole.last, 1)
        if self.is_partial(as_of):
            end = min(end, add_months(as_of.today, -months) + ONE_DAY)
        return Period(whole.first, max(end, whole.first))


def months_from(first: date, last: date) -> int:
    """Return how many months `last` is after `first`."""
    return (last.year - first.year) * 12 + last.month - first.month


def month_key(month: date) -> str:
    """Return 2026-11, as addresses and exports write months."""
    return f"{month:%Y-%m}"


def month_of_key(key: str) -> date | None:
    """Return the month written like 2026-11, or None for anything else."""
    match = MONTH.fullmatch(key)
    if not match or not FIRST_YEAR <= int(match[1]) <= LAST_YEAR:
        return None
    return date(int(match[1]), int(match[2]), 1)
