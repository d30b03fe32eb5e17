"""Periods of a window, counted by number; days are days of the programme's zone."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from loyalty_site.lib.periods import (
    add_days_at,
    add_months,
    add_months_at,
    day_of,
    start_of_day,
)

MONTHS_OF = {"year": 12, "half_year": 6, "quarter": 3, "month": 1, "anniversary": 12}
ANNIVERSARY, LIFETIME = "anniversary", "lifetime"
ROLLING_MONTHS, ROLLING_DAYS = "rolling_months", "rolling_days"


@dataclass(frozen=True)
class Window:
    """Over which time counters run; `length` is of the rolling kinds only."""

    kind: str
    zone: ZoneInfo
    length: int = 12
    start_month: int = 1

    @property
    def is_periodic(self) -> bool:
        """Whether the window has periods, one after the other."""
        return self.kind in MONTHS_OF

    @property
    def is_calendar(self) -> bool:
        """Whether its periods begin for everybody at the same time."""
        return self.is_periodic and self.kind != ANNIVERSARY

    def rolling_start(self, at: datetime) -> datetime | None:
        """Return the instant after which activity counts at `at`; None is always."""
        if self.kind == ROLLING_MONTHS:
            return add_months_at(at, -self.length, self.zone)
        if self.kind == ROLLING_DAYS:
            return add_days_at(at, -self.length, self.zone)
        return None

    def rolling_end(self, at: datetime) -> datetime | None:
        """Return when activity of `at` leaves the window; None is never."""
        if self.kind == ROLLING_MONTHS:
            return add_months_at(at, self.length, self.zone)
        if self.kind == ROLLING_DAYS:
            return add_days_at(at, self.length, self.zone)
        return None

    def number_at(self, at: datetime, joined_at: datetime) -> int:
        """Return the number of the period that holds `at`; the next one is one more."""
        day = day_of(at, self.zone)
        if self.kind == ANNIVERSARY:
            joined = day_of(joined_at, self.zone)
            years = day.year - joined.year
            return years - (day < add_months(joined, 12 * years))
        months = day.year * 12 + day.month - self.start_month
        return months // MONTHS_OF[self.kind]

    def start_of(self, number: int, joined_at: datetime) -> datetime:
        """Return the first instant of a period; it ends where the next one starts."""
        if self.kind == ANNIVERSARY:
            joined = day_of(joined_at, self.zone)
            return start_of_day(add_months(joined, 12 * number), self.zone)
        months = number * MONTHS_OF[self.kind] + self.start_month - 1
        first = date(months // 12, months % 12 + 1, 1)
        return start_of_day(first, self.zone)
