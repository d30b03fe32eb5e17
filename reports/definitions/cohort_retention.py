"""Cohort retention: of those who first bought in a month, how many came back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import add_months
from reports.definitions.base import (
    Behind,
    Column,
    MemberColumn,
    Report,
    Table,
    exact,
    percents,
)
from reports.definitions.meanings import COHORTS
from reports.errors import NoSuchFigure
from reports.forms.cohorts import CohortForm, CohortParams
from reports.selectors import cohorts as selectors
from reports.statistics.cohorts import (
    CohortMonth,
    CohortRow,
    Maturity,
    MeanCell,
    Mode,
    by_cohort,
    grid,
    members_back,
    weighted_mean,
)
from reports.statistics.proportions import Rate
from reports.statistics.suppression import NO_HEADLINE_BELOW
from reports.windows import AsOf, Months, month_key, month_of_key, months_from

MATURE_SHARE = Decimal("0.9")
LINE_MONTHS = 3
FINDING_COHORTS = 3
PERIOD_DIGITS = 3


@dataclass(frozen=True)
class CohortData:
    """All cohorts, as of an instant."""

    as_of: AsOf
    months: list[CohortMonth]

    @property
    def sizes(self) -> dict[date, int]:
        """The members of each cohort, the oldest first."""
        return {each.cohort: each.active for each in self.months if not each.period}

    def between(self, months: Months) -> list[CohortMonth]:
        """The cohorts of these months."""
        return [m for m in self.months if months.first <= m.cohort <= months.last]

    def worth_a_line(self, since: date) -> list[date]:
        """The first and the latest large cohort with enough months for a line."""
        reached = add_months(self.as_of.month, -LINE_MONTHS)
        large = [
            cohort
            for cohort, size in self.sizes.items()
            if size >= NO_HEADLINE_BELOW and since <= cohort < reached
        ]
        return [*large[:1], *large[1:][-1:]]


@dataclass(frozen=True)
class CohortResult:
    """The grid, its mean, and in how many days most repeat orders come."""

    params: CohortParams
    as_of: AsOf
    rows: tuple[CohortRow, ...]
    mean: tuple[MeanCell | None, ...]
    mature_days: int | None
    first_cohort: date | None

    @property
    def periods(self) -> range:
        """The columns of the grid."""
        return range(len(self.mean))


class CohortRetention(Report[CohortData, CohortParams, CohortResult]):
    """Monthly cohorts by the first valid order, calendar months."""

    slug = "cohort-retention"
    title = _("Cohort retention")
    question = _("Do members come back?")
    url_name = "reports:cohorts"
    metrics = COHORTS

    def read(self, as_of: AsOf) -> CohortData:
        """All cohorts: a few thousand cells after ten years."""
        return CohortData(as_of, selectors.cohort_months())

    def form(self, given: Mapping[str, Sequence[str]], data: CohortData) -> CohortForm:
        """Default to the latest cohort and those of the year before it."""
        sizes = data.sizes
        last = max(sizes, default=data.as_of.month)
        first = max(add_months(last, -12), min(sizes, default=last))
        defaults: dict[str, str | Sequence[str]] = {
            "from": month_key(first),
            "to": month_key(last),
            "mode": Mode.ON.value,
            "show": "percent",
            "periods": "12",
            "line": [month_key(month) for month in data.worth_a_line(first)],
        }
        return CohortForm(given, defaults=defaults, cohorts=list(sizes))

    def compute(self, params: CohortParams, data: CohortData) -> CohortResult:
        """Build the grid; months after the present one are blank."""
        is_rolling = params.mode is Mode.ON_OR_AFTER
        gap = selectors.gap_days(MATURE_SHARE) if is_rolling else None
        reached = months_from(params.months.first, data.as_of.month)
        periods = range(min(params.periods, max(reached, 0)) + 1)
        rows = grid(
            data.between(params.months), params.mode, periods, Maturity(data.as_of, gap)
        )
        return CohortResult(
            params=params,
            as_of=data.as_of,
            rows=rows,
            mean=tuple(weighted_mean(rows, each) for each in periods) if rows else (),
            mature_days=gap,
            first_cohort=min(data.sizes, default=None),
        )

    def finding(self, result: CohortResult) -> str:
        """Say how many come back after a month, and as far as there is a mean."""
        reached = [cell for cell in result.mean[1:] if cell]
        # One old cohort alone says little of how far members go in general.
        later = [c for c in reached if c.cohorts >= FINDING_COHORTS] or reached[:1]
        if not later:
            return gettext("No cohort has a complete month after its first one yet.")
        first, last = later[0], later[-1]
        words = {
            "percent": _percent(first.rate),
            "later_percent": _percent(last.rate),
            "first": formats.month(first.first),
            "last": formats.month(first.last),
            "months": last.period,
        }
        if len(later) == 1:
            return (
                gettext(
                    "Of the members who first ordered from %(first)s to %(last)s, "
                    "%(percent)s ordered in the month after."
                )
                if result.params.mode is Mode.ON
                else gettext(
                    "Of the members who first ordered from %(first)s to %(last)s, "
                    "%(percent)s ordered in the month after or later."
                )
            ) % words
        return _long_finding(result.params.mode, last.period) % words

    def tables(self, result: CohortResult) -> tuple[Table, ...]:
        """One row per cell; then the mean."""
        return _cell_table(result), _mean_table(result)

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Members of `from` to `to` who came back in `period` by `mode`."""
        first = month_of_key(query.get("from", ""))
        last = month_of_key(query.get("to", query.get("from", "")))
        period = query.get("period", "0")
        mode = query.get("mode", Mode.ON)
        is_number = period.isascii() and period.isdigit()
        if not (first and last and is_number and len(period) <= PERIOD_DIGITS):
            raise NoSuchFigure
        if mode not in set(Mode) or add_months(first, int(period)) > as_of.month:
            raise NoSuchFigure
        return _behind(Months(first, last), Mode(mode), int(period))


def _percent(rate: Rate) -> str:
    return formats.percent(exact(rate.share))


def _long_finding(mode: Mode, months: int) -> str:
    if mode is Mode.ON:
        return ngettext(
            "Of the members who first ordered from %(first)s to %(last)s, %(percent)s "
            "ordered in the month after; %(months)s month on it is %(later_percent)s.",
            "Of the members who first ordered from %(first)s to %(last)s, %(percent)s "
            "ordered in the month after; %(months)s months on it is %(later_percent)s.",
            months,
        )
    return ngettext(
        "Of the members who first ordered from %(first)s to %(last)s, %(percent)s were "
        "still coming back a month later; %(months)s month on it is %(later_percent)s.",
        "Of the members who first ordered from %(first)s to %(last)s, %(percent)s were "
        "still coming back a month later; %(months)s months on it is %(later_percent)s.",
        months,
    )


def _cell_table(result: CohortResult) -> Table:
    return Table(
        "cells",
        _("Cohorts"),
        (
            Column("cohort", _("Cohort")),
            Column("period", _("Months after")),
            Column("month", _("Month")),
            Column("members", _("Members who came back")),
            Column("cohort_size", _("Members of the cohort")),
            Column("percent", _("Percent")),
            Column("percent_low", _("95% from")),
            Column("percent_high", _("95% to")),
            Column("state", _("State")),
        ),
        [
            (
                month_key(cell.cohort),
                cell.period,
                month_key(cell.month),
                cell.rate.part,
                cell.rate.whole,
                *percents(cell.rate),
                "partial" if cell.is_partial else "complete",
            )
            for row in result.rows
            for cell in row.cells
            if cell is not None
        ],
    )


def _mean_table(result: CohortResult) -> Table:
    return Table(
        "mean",
        _("Weighted mean"),
        (
            Column("period", _("Months after")),
            Column("cohorts", _("Cohorts that reached it")),
            Column("members", _("Members who came back")),
            Column("cohort_size", _("Members of the cohorts")),
            Column("percent", _("Percent")),
            Column("percent_low", _("95% from")),
            Column("percent_high", _("95% to")),
        ),
        [
            (
                cell.period,
                cell.cohorts,
                cell.rate.part,
                cell.rate.whole,
                *percents(cell.rate),
            )
            for cell in result.mean
            if cell is not None
        ],
    )


def _behind(months: Months, mode: Mode, period: int) -> Behind:
    everything = selectors.cohort_months()
    cells = by_cohort(
        each for each in everything if months.first <= each.cohort <= months.last
    ).values()
    members = selectors.members_of_cohorts(months.first, months.last)
    if mode is Mode.ON_OR_AFTER:
        members = selectors.with_order_since_period(members, period)
    elif mode is Mode.AGAIN:
        members = selectors.with_second_day_at_once(members)
        period = 0
    else:
        members = selectors.with_order_in_period(members, period)
    return Behind(
        title=_behind_title(months, mode, period),
        rows=members,
        order_by="member",
        count=sum(members_back(each, mode, period) for each in cells),
        columns=(
            MemberColumn(_("Member"), "member", "member"),
            MemberColumn(_("First order"), "first_on", "day"),
            MemberColumn(_("Last order"), "last_on", "day"),
            MemberColumn(_("Orders"), "orders", "number"),
            MemberColumn(_("Spend to date"), "spend_minor", "money"),
        ),
    )


def _behind_title(months: Months, mode: Mode, period: int) -> str:
    words = {
        "first": formats.month(months.first),
        "last": formats.month(months.last),
        "months": period,
    }
    if mode is Mode.AGAIN:
        sentence = gettext(
            "First ordered from %(first)s to %(last)s and came again in the same month"
        )
    elif period == 0:
        sentence = gettext("First ordered from %(first)s to %(last)s")
    elif mode is Mode.ON:
        sentence = ngettext(
            "First ordered from %(first)s to %(last)s, ordered %(months)s month later",
            "First ordered from %(first)s to %(last)s, ordered %(months)s months later",
            period,
        )
    else:
        sentence = ngettext(
            "First ordered from %(first)s to %(last)s, "
            "still coming back after %(months)s month",
            "First ordered from %(first)s to %(last)s, "
            "still coming back after %(months)s months",
            period,
        )
    return sentence % words
