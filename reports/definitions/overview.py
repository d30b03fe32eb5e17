"""Overview: how the programme is doing, in ten figures and by month."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.exports import Cell
from loyalty_site.lib.money import from_minor
from loyalty_site.lib.periods import Period, add_months, months_between
from reports.definitions.base import (
    Behind,
    Column,
    Report,
    Table,
    Text,
    exact,
)
from reports.definitions.meanings import OVERVIEW
from reports.definitions.overview_members import behind_figure
from reports.errors import NoSuchFigure
from reports.forms.overview import Comparison, OverviewForm, OverviewParams
from reports.models.cubes import Recurrence
from reports.selectors import days as selectors
from reports.selectors.days import Asked
from reports.selectors.scores import Cubes, answers_by, cubes, touchpoints
from reports.statistics.nps import NpsCounts, counts_of_scores
from reports.statistics.proportions import Rate
from reports.statistics.suppression import HIDDEN_BELOW
from reports.windows import AsOf, Months, month_key, month_of_key

CHART_MONTHS = 13
What = Recurrence.What


@dataclass(frozen=True)
class Figures:
    """The figures of one period; points here are >= 0 where the ledger says so.

    `redeemed` and `expired` are points that left, net of reversals; `net_issued` is
    what was issued less what was clawed back.
    """

    period: Period
    members: int
    present: int
    active: int
    buyers: int
    totals: selectors.Totals
    opening: int
    outstanding: int
    nps: NpsCounts

    @property
    def net_issued(self) -> int:
        """Points issued, less those clawed back."""
        return self.totals.issued + self.totals.clawed_back

    @property
    def redeemed(self) -> int:
        """Points redeemed, less those given back."""
        return -self.totals.redeemed

    @property
    def expired(self) -> int:
        """Points expired."""
        return -self.totals.expired

    @property
    def active_rate(self) -> Rate:
        """Active members of those enrolled at any time in the period."""
        return Rate(min(self.active, self.present), self.present)

    @property
    def redemption_rate(self) -> Fraction | None:
        """Points redeemed for each point issued; above 1 where stock is burnt."""
        if self.net_issued <= 0:
            return None
        return Fraction(self.redeemed, self.net_issued)


@dataclass(frozen=True)
class MonthFigures:
    """A month of the chart."""

    month: date
    is_partial: bool
    active: int
    totals: selectors.Totals
    outstanding: int


@dataclass(frozen=True)
class OverviewResult:
    """The period, what it is compared with, and the months up to it."""

    params: OverviewParams
    as_of: AsOf
    now: Figures
    before: Figures | None
    earlier: Months | None
    months: tuple[MonthFigures, ...]
    first_day: date | None
    touchpoint: Text

    @property
    def is_empty(self) -> bool:
        """Whether nothing had happened by the end of the period."""
        return self.first_day is None or self.first_day >= self.now.period.end


@dataclass(frozen=True)
class OverviewData:
    """All days, all scores, and the names of the touchpoints."""

    as_of: AsOf
    book: selectors.DayBook
    cubes: Cubes
    touchpoint_names: Mapping[int, str]

    @property
    def touchpoint(self) -> str:
        """The touchpoint whose score stands for the programme."""
        main_id = self.cubes.main_touchpoint_id
        return self.touchpoint_names.get(main_id, "") if main_id else ""

    def chart_months(self, last: date) -> list[date]:
        """The months up to `last` that the charts show; none before the first day."""
        first = self.book.first_day or self.as_of.today
        start = max(add_months(last, 1 - CHART_MONTHS), first.replace(day=1))
        return list(months_between(start, min(last, self.as_of.month)))

    def figures(self, period: Period, active: int, buyers: int) -> Figures:
        """The figures of a period, whose active members were counted before."""
        opening = self.book.before(period.start)
        closing = self.book.before(period.end)
        return Figures(
            period=period,
            members=closing.enrolled - closing.closed,
            present=closing.enrolled - opening.closed,
            active=active,
            buyers=buyers,
            totals=self.book.between(period.start, period.end),
            opening=opening.points,
            outstanding=closing.points,
            nps=self._nps(period),
        )

    def month(self, month: date, active: int) -> MonthFigures:
        """A month of the charts."""
        period = Months(month, month).period(self.as_of)
        return MonthFigures(
            month=month,
            is_partial=not self.as_of.is_over(month),
            active=active,
            totals=self.book.between(period.start, period.end),
            outstanding=self.book.before(period.end).points,
        )

    def _nps(self, period: Period) -> NpsCounts:
        """Scores count by month of the answer, at one touchpoint."""
        months = set(months_between(period.start, period.end - date.resolution))
        main_id = self.cubes.main_touchpoint_id
        rows = (
            row
            for row in self.cubes.scores
            if row.touchpoint_id == main_id and row.month in months
        )
        return counts_of_scores(answers_by(rows, lambda _row: 0).get(0, {}))


class Overview(Report[OverviewData, OverviewParams, OverviewResult]):
    """Members, activity, sales, points and NPS of a period."""

    slug = "overview"
    title = _("Overview")
    question = _("How is the programme doing?")
    url_name = "reports:report-list"
    metrics = OVERVIEW

    def read(self, as_of: AsOf) -> OverviewData:
        """All days, and the scores."""
        return OverviewData(
            as_of, selectors.day_book(), cubes(), {t.pk: str(t) for t in touchpoints()}
        )

    def form(
        self, given: Mapping[str, Sequence[str]], data: OverviewData
    ) -> OverviewForm:
        """Default to the last month that is over, or the first one with data."""
        as_of = data.as_of
        start = data.book.first_day or as_of.today
        default = max(add_months(as_of.month, -1), start.replace(day=1))
        return OverviewForm(
            given,
            defaults={
                "from": month_key(default),
                "to": month_key(default),
                "compare": Comparison.PREVIOUS.value,
            },
            months=list(months_between(start, as_of.today)),
        )

    def compute(self, params: OverviewParams, data: OverviewData) -> OverviewResult:
        """Sum the days of each period; count its active members once."""
        as_of, start = data.as_of, data.book.first_day
        periods = [params.months.period(as_of)]
        if back := params.compare.months_back(params.months):
            periods.append(params.months.same_days_earlier(back, as_of))
        shown = data.chart_months(params.months.last)
        monthly = [Months(month, month).period(as_of) for month in shown]
        # Only the same days of an earlier period may end inside a month.
        windows = [
            (period, index == 0 or not params.months.is_partial(as_of))
            for index, period in enumerate(periods)
        ]
        active = selectors.members_active(
            [Asked(What.ACTIVITY, *window) for window in windows]
            + [Asked(What.ACTIVITY, period, is_whole=True) for period in monthly]
            + [Asked(What.ORDER, *window) for window in windows]
        )
        by_month = active[len(periods) : len(periods) + len(shown)]
        figures = [
            data.figures(period, active[index], active[index - len(periods)])
            for index, period in enumerate(periods)
        ]
        has_before = len(periods) > 1 and start and periods[1].end > start
        return OverviewResult(
            params=params,
            as_of=as_of,
            now=figures[0],
            before=figures[1] if has_before else None,
            earlier=params.months.earlier(back) if back else None,
            months=tuple(map(data.month, shown, by_month)),
            first_day=start,
            touchpoint=data.touchpoint,
        )

    def finding(self, result: OverviewResult) -> str:
        """Say who was active, and how sales compare."""
        now, before, earlier = result.now, result.before, result.earlier
        words = {
            "active": formats.number(now.active),
            "members": formats.number(now.present),
            "sales": formats.money(now.totals.spend_minor, result.as_of.currency),
        }
        if not (before and earlier and before.totals.spend_minor):
            return (
                gettext(
                    "%(active)s of %(members)s members were active; "
                    "sales came to %(sales)s."
                )
                % words
            )
        change = Fraction(now.totals.spend_minor, before.totals.spend_minor) - 1
        words["change"] = formats.percent(_decimal(abs(change)))
        words["before"] = earlier.label
        is_partial = result.params.months.is_partial(result.as_of)
        return _sales_sentence(change, is_partial=is_partial) % words

    def tables(self, result: OverviewResult) -> tuple[Table, ...]:
        """The figures of both periods; then the months."""
        return _figure_table(result), _month_table(result)

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Members behind `figure` in the days from `start` up to `end`."""
        figure = query.get("figure", "")
        first = month_of_key(query.get("from", ""))
        last = month_of_key(query.get("to", query.get("from", "")))
        if not first or not last or last < first:
            raise NoSuchFigure
        return behind_figure(figure, Months(first, last), as_of)


def _sales_sentence(change: Fraction, *, is_partial: bool) -> str:
    if change > 0:
        whole = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s more than in %(before)s."
        )
        part = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s more than in the same days of %(before)s."
        )
    elif change < 0:
        whole = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s less than in %(before)s."
        )
        part = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s less than in the same days of %(before)s."
        )
    else:
        whole = part = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "as in %(before)s."
        )
    return part if is_partial else whole


def _figure_table(result: OverviewResult) -> Table:
    currency = result.as_of.currency
    both = [result.now, result.before]
    return Table(
        "figures",
        _("Figures"),
        (
            Column("figure", _("Figure")),
            Column("value", _("Value")),
            Column("compared", _("Compared with")),
        ),
        [
            (name, *(read(each) if each else None for each in both))
            for name, read in _figure_readers(currency)
        ],
    )


def _figure_readers(currency: str) -> list[tuple[str, Callable[[Figures], Cell]]]:
    return [
        ("from", lambda each: each.period.start),
        ("until", lambda each: each.period.end - date.resolution),
        ("members", lambda each: each.members),
        ("active_members", lambda each: each.active),
        ("members_with_orders", lambda each: each.buyers),
        ("orders", lambda each: each.totals.orders),
        ("sales", lambda each: from_minor(each.totals.spend_minor, currency)),
        ("points_opening", lambda each: each.opening),
        ("points_issued", lambda each: each.totals.issued),
        ("points_clawed_back", lambda each: each.totals.clawed_back),
        ("points_adjusted", lambda each: each.totals.adjusted),
        ("points_redeemed", lambda each: each.totals.redeemed),
        ("points_expired", lambda each: each.totals.expired),
        ("points_outstanding", lambda each: each.outstanding),
        ("redemption_rate_percent", lambda each: _percent_of(each.redemption_rate)),
        ("nps", lambda each: _score_of(each.nps)),
        ("nps_answers", lambda each: each.nps.n),
    ]


def _score_of(counts: NpsCounts) -> Decimal | None:
    return exact(counts.score) if counts.n >= HIDDEN_BELOW else None


def _month_table(result: OverviewResult) -> Table:
    currency = result.as_of.currency
    names = (
        ("month", _("Month")),
        ("active_members", _("Active members")),
        ("orders", _("Orders")),
        ("sales", _("Sales")),
        ("points_issued", _("Points issued")),
        ("points_clawed_back", _("Points clawed back")),
        ("points_adjusted", _("Points adjusted")),
        ("points_redeemed", _("Points redeemed")),
        ("points_expired", _("Points expired")),
        ("points_outstanding", _("Points outstanding")),
        ("state", _("State")),
    )
    return Table(
        "months",
        _("Months"),
        tuple(Column(*name) for name in names),
        [
            (
                month_key(each.month),
                each.active,
                each.totals.orders,
                from_minor(each.totals.spend_minor, currency),
                *(getattr(each.totals, name) for name in selectors.POINTS),
                each.outstanding,
                "partial" if each.is_partial else "complete",
            )
            for each in result.months
        ],
    )


def _percent_of(share: Fraction | None) -> Decimal | None:
    return None if share is None else exact(float(100 * share))


def _decimal(share: Fraction) -> Decimal:
    return Decimal(share.numerator) / Decimal(share.denominator)
