"""Revenue from points after IFRS 15: the schedule by month, and the journal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.exports import Row
from loyalty_site.lib.money import from_minor, round_minor
from loyalty_site.lib.periods import add_months, months_between
from reports.definitions.base import Behind, Column, Report, Table, Text
from reports.definitions.book_meanings import REVENUE
from reports.definitions.points_members import behind_line
from reports.errors import NoSuchFigure
from reports.forms.points import PointsForm, PointsParams
from reports.selectors import books as selectors
from reports.selectors.accounts import account_codes
from reports.statistics.journal import Cause, JournalLine, journal
from reports.statistics.revenue import Facts, Position, RevenueMonth, schedule
from reports.statistics.worth import Price
from reports.windows import AsOf, Months, month_key, month_of_key

DEFAULT_MONTHS = 12
CAUSES: dict[Cause, Text] = {
    Cause.DEFERRED: _("Price of sales deferred for points"),
    Cause.REVERSED: _("Deferral reversed with points taken back"),
    Cause.REDEEMED: _("Revenue of points redeemed"),
    Cause.BROKEN: _("Revenue of points that nobody redeemed"),
    Cause.PROVISION: _("Points given as gifts, change of the provision"),
}


@dataclass(frozen=True)
class RevenueData:
    """All lines and vintages, prices, and the codes of the accounts."""

    as_of: AsOf
    books: selectors.Books
    prices: list[Price]
    codes: dict[str, str]


@dataclass(frozen=True)
class RevenueResult:
    """The months with their positions, and the journal of those that are over."""

    params: PointsParams
    as_of: AsOf
    months: tuple[RevenueMonth, ...]
    journal: tuple[JournalLine, ...]
    codes: dict[str, str]
    first_month: date | None
    is_priced: bool

    @property
    def moved(self) -> Position:
        """What came in the whole period."""
        if not self.months:
            return Position()
        return self.months[-1].closing.since(self.months[0].opening)

    @property
    def sold_minor(self) -> int:
        """The price of the sales of the period."""
        return sum(each.allocation.sold_minor for each in self.months)


class Revenue(Report[RevenueData, PointsParams, RevenueResult]):
    """The price of sales split between goods and points, and when it is earned."""

    slug = "revenue"
    title = _("Revenue from points")
    question = _("How much of the sales is deferred for points, and when is it earned?")
    url_name = "reports:revenue"
    metrics = REVENUE

    def read(self, as_of: AsOf) -> RevenueData:
        """All vintages and sales by month: a few thousand rows after ten years."""
        return RevenueData(
            as_of, selectors.books(), selectors.prices(), account_codes()
        )

    def form(self, given: Mapping[str, Sequence[str]], data: RevenueData) -> PointsForm:
        """Default to the year that ended last month, or what there is of it."""
        this = data.as_of.month
        start = data.books.first_month or this
        last = max(add_months(this, -1), start)
        first = max(add_months(last, 1 - DEFAULT_MONTHS), start)
        return PointsForm(
            given,
            defaults={"from": month_key(first), "to": month_key(last)},
            months=list(months_between(start, this)),
        )

    def compute(self, params: PointsParams, data: RevenueData) -> RevenueResult:
        """Build the schedule; the journal has no month that is not over."""
        as_of = data.as_of
        facts = Facts(
            vintages=data.books.vintages,
            sold_minor=data.books.sold_minor,
            prices=data.prices,
            currency=as_of.currency,
            over_until=add_months(as_of.month, -1),
        )
        months = schedule(facts, [m for m in params.months if m <= as_of.month])
        return RevenueResult(
            params=params,
            as_of=as_of,
            months=tuple(months),
            journal=tuple(journal(m for m in months if as_of.is_over(m.month))),
            codes=data.codes,
            first_month=data.books.first_month,
            is_priced=bool(data.prices),
        )

    def finding(self, result: RevenueResult) -> str:
        """Say what was deferred, what was earned, and what is still to come."""
        moved, currency = result.moved, result.as_of.currency
        closing = result.months[-1].closing if result.months else Position()
        return gettext(
            "Of sales of %(sold)s, %(deferred)s was deferred for points; %(earned)s was "
            "earned as points were redeemed or ended, and %(left)s is still to be earned."
        ) % {
            "sold": formats.money(result.sold_minor, currency),
            "deferred": formats.money(moved.deferred, currency),
            "earned": formats.money(moved.redeemed + moved.broken, currency),
            "left": formats.money(closing.liability, currency),
        }

    def tables(self, result: RevenueResult) -> tuple[Table, ...]:
        """The schedule by month; then the journal."""
        return _schedule_table(result), _journal_table(result)

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Members who earned the points that a month's sales deferred a price for."""
        month = month_of_key(query.get("from", ""))
        if month is None or month > as_of.month:
            raise NoSuchFigure
        return behind_line("earn", Months(month, month))


def _schedule_table(result: RevenueResult) -> Table:
    columns = (
        ("month", _("Month")),
        ("sales", _("Sales posted")),
        ("points", _("Points issued")),
        ("points_alone", _("Stand-alone price of the points")),
        ("to_goods", _("Allocated to goods")),
        ("to_points", _("Allocated to points")),
        ("opening", _("Opening")),
        ("deferred", _("Deferred")),
        ("reversed", _("Reversed")),
        ("redeemed", _("Earned by redemption")),
        ("broken", _("Earned by breakage")),
        ("closing", _("Closing")),
        ("gift_provision", _("Provision for gifts")),
        ("state", _("State")),
    )
    return Table(
        "schedule",
        _("Schedule by month"),
        tuple(Column(*column) for column in columns),
        [_schedule_row(each, result.as_of) for each in result.months],
    )


def _schedule_row(each: RevenueMonth, as_of: AsOf) -> Row:
    split, moved = each.allocation, each.moved
    amounts = (
        round_minor(split.points_alone),
        split.sold_minor - moved.deferred,
        moved.deferred,
        each.opening.liability,
        moved.deferred,
        -moved.reversed,
        -moved.redeemed,
        -moved.broken,
        each.closing.liability,
        each.closing.provision,
    )
    return (
        month_key(each.month),
        from_minor(split.sold_minor, as_of.currency),
        split.points,
        *(from_minor(amount, as_of.currency) for amount in amounts),
        "complete" if as_of.is_over(each.month) else "partial",
    )


def _journal_table(result: RevenueResult) -> Table:
    currency = result.as_of.currency
    return Table(
        "journal",
        _("Journal lines"),
        (
            Column("date", _("Date")),
            Column("account", _("Account")),
            Column("debit", _("Debit")),
            Column("credit", _("Credit")),
            Column("text", _("Text")),
        ),
        [
            (
                line.on,
                result.codes[line.account],
                from_minor(line.debit_minor, currency) if line.debit_minor else None,
                from_minor(line.credit_minor, currency) if line.credit_minor else None,
                str(CAUSES[line.cause]),
            )
            for line in result.journal
        ],
    )
