"""Spans of the calendar that purchases are counted in, by days of the programme."""

from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY, WEEK, MONTH, QUARTER, YEAR = "day", "week", "month", "quarter", "year"
# All that there ever was.
EVER = "ever"
MONTHS_OF_A_QUARTER = 3

SPAN_LABELS: dict[str, str | Promise] = {
    DAY: _("A day"),
    WEEK: _("A week, from Monday"),
    MONTH: _("A calendar month"),
    QUARTER: _("A quarter"),
    YEAR: _("A calendar year"),
}
# A sentence after what a rule gives.
ONCE_IN: dict[str, str | Promise] = {
    DAY: _("Once a day."),
    WEEK: _("Once a week, from Monday."),
    MONTH: _("Once in a calendar month."),
    QUARTER: _("Once in a quarter."),
    YEAR: _("Once in a calendar year."),
}
COUNTED_BY: dict[str, str | Promise] = {
    EVER: "",
    DAY: _("Counted anew each day."),
    WEEK: _("Counted anew each week, from Monday."),
    MONTH: _("Counted anew each month."),
    QUARTER: _("Counted anew each quarter."),
    YEAR: _("Counted anew each year."),
}


def start_of(span: str, day: date) -> date:
    """Return the first day of the day, the ISO week, the month, quarter or year."""
    if span == DAY:
        return day
    if span == WEEK:
        return day - timedelta(days=day.weekday())
    if span == EVER:
        return date.min
    if span == YEAR:
        return day.replace(month=1, day=1)
    if span == QUARTER:
        first = (day.month - 1) // MONTHS_OF_A_QUARTER * MONTHS_OF_A_QUARTER + 1
        return day.replace(month=first, day=1)
    return day.replace(day=1)


def start_before(span: str, start: date, *, times: int = 1) -> date:
    """Return the first day of the span that is `times` spans before that of `start`."""
    for _time in range(times):
        start = start_of(span, start - timedelta(days=1))
    return start


def start_after(span: str, start: date) -> date:
    """Return the first day of the next span; `start` is the first day of one."""
    longest = {DAY: 1, WEEK: 7, MONTH: 31, QUARTER: 92, YEAR: 366}[span]
    return start_of(span, start + timedelta(days=longest))
