"""Days, months and half-open periods, read in a named time zone."""

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Period:
    """Dates from `start` up to, but not including, `end`."""

    start: date
    end: date

    def as_datetimes(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the first instant inside and the first instant after, in UTC."""
        return start_of_day(self.start, zone), start_of_day(self.end, zone)

    @property
    def days(self) -> int:
        """Number of days in the period."""
        return (self.end - self.start).days


def start_of_day(day: date, zone: ZoneInfo) -> datetime:
    """Return the first instant of `day` in `zone`, in UTC."""
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)


def day_of(at: datetime, zone: ZoneInfo) -> date:
    """Return the calendar day of an instant in `zone`."""
    return at.astimezone(zone).date()


def month_of(day: date) -> Period:
    """Return the calendar month that holds `day`."""
    start = day.replace(day=1)
    return Period(start, add_months(start, 1))


def last_days(count: int, *, before: date) -> Period:
    """Return the `count` days that end the day before `before`."""
    return Period(before - timedelta(days=count), before)


def months_between(first: date, last: date) -> Iterator[date]:
    """Yield the first day of every month from that of `first` to that of `last`."""
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later; the month's end clamps: 31 Jan + 1 = 28 Feb."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def first_day_after_months(day: date, months: int) -> date:
    """Return the first day after the block of `months` months of its year (1, 3, 6, 12)."""
    first_month = (day.month - 1) // months * months + 1
    return add_months(date(day.year, first_month, 1), months)


def first_day_after_month(day: date, month: int) -> date:
    """Return the first day after that month of the calendar, the next that ends after `day`."""
    year = day.year if day.month <= month else day.year + 1
    return add_months(date(year, month, 1), 1)


def add_months_at(at: datetime, months: int, zone: ZoneInfo) -> datetime:
    """Return the instant `months` later at the same wall time in `zone`, in UTC.

    A wall time that a clock change skips moves forward by the length of the gap; one
    that happens twice is the first of the two.
    """
    local = at.astimezone(zone)
    return _same_time_on(add_months(local.date(), months), local, zone)


def add_days_at(at: datetime, days: int, zone: ZoneInfo) -> datetime:
    """Return the instant `days` later at the same wall time in `zone`, in UTC.

    Around a change of the clock as `add_months_at`.
    """
    local = at.astimezone(zone)
    return _same_time_on(local.date() + timedelta(days=days), local, zone)


def _same_time_on(day: date, local: datetime, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, local.time(), tzinfo=zone).astimezone(UTC)
