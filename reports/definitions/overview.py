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
from reports.models import Recurrence
from reports.selectors import days as selectors
from reports.selectors.scores import answers_by, score_rows, touchpoints
from reports.selectors.state import first_day
from reports.statistics.nps import NpsCounts, counts_of_scores
from reports.statistics.proportions import Rate
from reports.windows import AsOf, Months, month_key, month_of_key

CHART_MONTHS = 13


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
    months: tuple[MonthFigures, ...]
    first_day: date | None
    touchpoint: Text

    @property
    def is_empty(self) -> bool:
        """Whether nothing had happened by the end of the period."""
        return self.first_day is None or self.first_day >= self.now.period.end


class Overview(Report[OverviewParams, OverviewResult]):
    """Members, activity, sales, points and NPS of a period."""

    slug = "overview"
    title = _("Overview")
    question = _("How is the programme doing?")
    url_name = "reports:report-list"
    metrics = OVERVIEW

    def form(self, given: Mapping[str, Sequence[str]], as_of: AsOf) -> OverviewForm:
        """Default to the last month that is over, or the first one with data."""
        start = first_day() or as_of.today
        months = list(months_between(start, as_of.today))
        default = max(add_months(as_of.month, -1), start.replace(day=1))
        return OverviewForm(
            given,
            defaults={
                "from": month_key(default),
                "to": month_key(default),
                "compare": Comparison.PREVIOUS.value,
            },
            months=months,
        )

    def compute(self, params: OverviewParams, as_of: AsOf) -> OverviewResult:
        """Read the cubes once and sum them for each period."""
        reader = _Reader(as_of)
        period = params.months.period(as_of)
        back = params.compare.months_back(params.months)
        earlier = params.months.same_days_earlier(back, as_of) if back else None
        start = first_day()
        now, *before = reader.figures([period, *([earlier] if earlier else [])])
        has_before = earlier and start and earlier.end > start
        return OverviewResult(
            params=params,
            as_of=as_of,
            now=now,
            before=before[0] if has_before else None,
            months=reader.months(params.months.last, start or as_of.today),
            first_day=start,
            touchpoint=reader.touchpoint,
        )

    def finding(self, result: OverviewResult) -> str:
        """Say who was active, and how sales compare."""
        now, before = result.now, result.before
        words = {
            "active": formats.number(now.active),
            "members": formats.number(now.present),
            "sales": formats.money(now.totals.spend_minor, result.as_of.currency),
        }
        sentence = gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s."
        )
        if before and before.totals.spend_minor:
            change = Fraction(now.totals.spend_minor, before.totals.spend_minor) - 1
            words["change"] = formats.percent(_decimal(abs(change)))
            sentence = _sales_sentence(change)
        return sentence % words

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


class _Reader:
    """The cubes, read once for a page."""

    def __init__(self, as_of: AsOf) -> None:
        self._as_of = as_of
        self._book = selectors.day_book()
        self._scores = score_rows()
        by_touchpoint = answers_by(self._scores, lambda row: row.touchpoint_id)
        sizes = {key: sum(group.values()) for key, group in by_touchpoint.items()}
        self._touchpoint_id = max(sizes, key=lambda key: sizes[key], default=None)
        names = {each.pk: str(each) for each in touchpoints()}
        self.touchpoint = names.get(self._touchpoint_id, "")  # type: ignore[call-overload]

    def figures(self, periods: Sequence[Period]) -> list[Figures]:
        active = selectors.members_active(Recurrence.What.ACTIVITY, periods)
        buyers = selectors.members_active(Recurrence.What.ORDER, periods)
        return [
            self._figures(*each) for each in zip(periods, active, buyers, strict=True)
        ]

    def _figures(self, period: Period, active: int, buyers: int) -> Figures:
        opening = self._book.before(period.start)
        closing = self._book.before(period.end)
        return Figures(
            period=period,
            members=closing.enrolled - closing.closed,
            present=closing.enrolled - opening.closed,
            active=active,
            buyers=buyers,
            totals=self._book.between(period.start, period.end),
            opening=opening.points,
            outstanding=closing.points,
            nps=self._nps(period),
        )

    def _nps(self, period: Period) -> NpsCounts:
        """Scores count by month of the answer; months of one touchpoint only."""
        months = set(months_between(period.start, period.end - date.resolution))
        rows = (
            row
            for row in self._scores
            if row.touchpoint_id == self._touchpoint_id and row.month in months
        )
        groups = answers_by(rows, lambda _row: None)
        return counts_of_scores(groups.get(None, {}))

    def months(self, last: date, first_day: date) -> tuple[MonthFigures, ...]:
        start = max(add_months(last, 1 - CHART_MONTHS), first_day.replace(day=1))
        months = list(months_between(start, min(last, self._as_of.month)))
        periods = [Months(month, month).period(self._as_of) for month in months]
        active = selectors.members_active(Recurrence.What.ACTIVITY, periods)
        return tuple(
            MonthFigures(
                month=month,
                is_partial=not self._as_of.is_over(month),
                active=count,
                totals=self._book.between(period.start, period.end),
                outstanding=self._book.before(period.end).points,
            )
            for month, period, count in zip(months, periods, active, strict=True)
        )


def _sales_sentence(change: Fraction) -> str:
    if change > 0:
        return gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s more than in the period compared with."
        )
    if change < 0:
        return gettext(
            "%(active)s of %(members)s members were active; sales came to %(sales)s, "
            "%(change)s less than in the period compared with."
        )
    return gettext(
        "%(active)s of %(members)s members were active; sales came to %(sales)s, "
        "as in the period compared with."
    )


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
        ("nps", lambda each: exact(each.nps.score)),
        ("nps_answers", lambda each: each.nps.n),
    ]


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
