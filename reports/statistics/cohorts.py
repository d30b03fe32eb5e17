"""The grid of cohorts: who came back so many months after the first order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loyalty_site.lib.periods import add_months
from reports.statistics.proportions import Rate
from reports.statistics.suppression import HIDDEN_BELOW, NO_HEADLINE_BELOW
from reports.windows import AsOf, months_from


class Mode(StrEnum):
    """What counts as having come back in a period."""

    ON = "on"
    ON_OR_AFTER = "on-or-after"
    AGAIN = "again"


@dataclass(frozen=True)
class CohortMonth:
    """What the members of a cohort did in one month."""

    cohort: date
    month: date
    active: int
    last_active: int
    came_again: int

    @property
    def period(self) -> int:
        """Months after the first order."""
        return months_from(self.cohort, self.month)


@dataclass(frozen=True)
class Cell:
    """Members of a cohort who came back in the month `period` months later."""

    cohort: date
    period: int
    month: date
    rate: Rate
    is_partial: bool

    @property
    def is_hidden(self) -> bool:
        """Whether the base is too small for a percentage."""
        return self.rate.whole < HIDDEN_BELOW

    @property
    def is_weak(self) -> bool:
        """Whether the percentage stands on few members."""
        return self.rate.whole < NO_HEADLINE_BELOW


@dataclass(frozen=True)
class CohortRow:
    """A cohort with its cells; a cell that cannot be observed yet is None."""

    cohort: date
    size: int
    came_again: int
    cells: tuple[Cell | None, ...]


@dataclass(frozen=True)
class MeanCell:
    """The weighted mean over the cohorts up to `last` that have reached the period."""

    period: int
    rate: Rate
    cohorts: int
    first: date
    last: date


@dataclass(frozen=True)
class Maturity:
    """Which months are not finished: they are drawn, but in no mean.

    With `gap_days` a month counts only after so many days: members may yet return.
    """

    as_of: AsOf
    gap_days: int | None = None

    def is_partial(self, month: date, period: int) -> bool:
        """Whether the number of that month may still change."""
        if not self.as_of.is_over(month):
            return True
        if self.gap_days is None or not period:
            return False
        return month > self.as_of.today - timedelta(days=self.gap_days)


def by_cohort(months: Iterable[CohortMonth]) -> dict[date, list[CohortMonth]]:
    """Return the months of each cohort, the oldest cohort first."""
    groups: dict[date, list[CohortMonth]] = defaultdict(list)
    for each in months:
        groups[each.cohort].append(each)
    return dict(sorted(groups.items()))


def members_back(months: Sequence[CohortMonth], mode: Mode, period: int) -> int:
    """Return the members of one cohort who came back, by what counts."""
    month = add_months(months[0].cohort, period)
    if mode is Mode.ON_OR_AFTER:
        return sum(each.last_active for each in months if each.month >= month)
    if mode is Mode.AGAIN:
        return sum(each.came_again for each in months if each.month == month)
    return sum(each.active for each in months if each.month == month)


def grid(
    months: Iterable[CohortMonth], mode: Mode, periods: range, maturity: Maturity
) -> tuple[CohortRow, ...]:
    """Return a row for each cohort, with a cell for each period up to the present."""
    return tuple(
        _row(cohort, each, mode, periods, maturity)
        for cohort, each in by_cohort(months).items()
    )


def _row(  # noqa: PLR0917 -- one caller, all of them different
    cohort: date,
    months: Sequence[CohortMonth],
    mode: Mode,
    periods: range,
    maturity: Maturity,
) -> CohortRow:
    size = members_back(months, Mode.ON, 0)
    cells = (
        _cell(cohort, period, Rate(members_back(months, mode, period), size), maturity)
        for period in periods
    )
    again = members_back(months, Mode.AGAIN, 0)
    return CohortRow(cohort, size, again, tuple(cells))


def _cell(cohort: date, period: int, rate: Rate, maturity: Maturity) -> Cell | None:
    month = add_months(cohort, period)
    if month > maturity.as_of.month:
        return None
    return Cell(cohort, period, month, rate, maturity.is_partial(month, period))


def weighted_mean(rows: Sequence[CohortRow], period: int) -> MeanCell | None:
    """Return the mean over the cohorts that have fully reached the period."""
    cells = [
        cell
        for row in rows
        if (cell := row.cells[period]) is not None and not cell.is_partial
    ]
    if not cells:
        return None
    rate = Rate(
        sum(cell.rate.part for cell in cells), sum(cell.rate.whole for cell in cells)
    )
    return MeanCell(period, rate, len(cells), cells[0].cohort, cells[-1].cohort)
