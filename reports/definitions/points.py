"""The books of points: the roll-forward of months, and what is outstanding."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext, gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.money import from_minor
from loyalty_site.lib.periods import add_months, months_between
from points.rules.lines import shares_of
from reports.definitions.base import Behind, Column, Report, Table, Text
from reports.definitions.book_meanings import POINTS
from reports.definitions.points_members import behind_figure
from reports.forms.points import PointsForm, PointsParams
from reports.selectors import books as selectors
from reports.statistics.books import (
    AgedRow,
    Group,
    Holding,
    Outstanding,
    RollForward,
    left_after,
    outstanding,
    roll_forward,
)
from reports.statistics.worth import Price, liability_minor, price_at_end_of
from reports.windows import AsOf, month_key

DEFAULT_MONTHS = 12
NOTHING_LEFT = Outstanding((), (), 0)


@dataclass(frozen=True)
class PointsData:
    """All lines and vintages, as of an instant."""

    as_of: AsOf
    books: selectors.Books
    prices: list[Price]


@dataclass(frozen=True)
class BookMonth:
    """A month of the period: how the points moved, and what was left at its end."""

    month: date
    is_partial: bool
    moved: RollForward
    left: Outstanding
    price: Price | None
    liability_minor: int | None


@dataclass(frozen=True)
class PointsResult:
    """The months, all of them together, and whether the books tie to the ledger.

    `closing_now` is the closing of everything posted so far, and `balance` and `debt`
    what the accounts said when it was read.
    """

    params: PointsParams
    as_of: AsOf
    period: RollForward
    months: tuple[BookMonth, ...]
    first_month: date | None
    closing_now: int
    balance: int
    debt: int

    @property
    def last(self) -> BookMonth | None:
        """The last month that has come."""
        return self.months[-1] if self.months else None

    @property
    def left(self) -> Outstanding:
        """What is outstanding at the end of the period."""
        return self.last.left if self.last else NOTHING_LEFT

    @property
    def difference(self) -> int:
        """By how much the entries differ from the balances; 0 where the books tie."""
        return self.closing_now - self.balance

    @property
    def owed(self) -> int:
        """What members owed at the end: the lots hold it, the balances lack it."""
        return self.left.in_lots - self.period.closing

    @property
    def is_empty(self) -> bool:
        """Whether nothing was posted up to the end of the period."""
        last = self.params.months.last
        return self.first_month is None or last < self.first_month


class Points(Report[PointsData, PointsParams, PointsResult]):
    """Roll-forward by month of posting, and the ageing of what is outstanding."""

    slug = "points"
    title = _("Points and liability")
    question = _("How many points came and went, and what do we owe for them?")
    url_name = "reports:points"
    metrics = POINTS

    def read(self, as_of: AsOf) -> PointsData:
        """All lines and vintages: a few thousand rows after ten years."""
        return PointsData(as_of, selectors.books(), selectors.prices())

    def form(self, given: Mapping[str, Sequence[str]], data: PointsData) -> PointsForm:
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

    def compute(self, params: PointsParams, data: PointsData) -> PointsResult:
        """Roll the points forward month by month; no month is after the present."""
        rows, months = data.books.rows, params.months
        shown = [month for month in months if month <= data.as_of.month]
        left = left_after(data.books.vintages, shown)
        return PointsResult(
            params=params,
            as_of=data.as_of,
            period=roll_forward(rows, months.first, months.last),
            months=tuple(
                _book_month(data, month, holdings) for month, holdings in left.items()
            ),
            first_month=data.books.first_month,
            closing_now=sum(row.points_in - row.points_out for row in rows),
            balance=data.books.balance,
            debt=data.books.debt,
        )

    def finding(self, result: PointsResult) -> str:
        """Say what came, what went, what is left, and what we owe for it."""
        period = result.period
        moved = gettext(
            "%(issued)s points were issued and %(redeemed)s redeemed; members hold "
            "%(closing)s, %(change)s than at the start."
        ) % {
            "issued": formats.number(period.total(Group.ISSUED)),
            "redeemed": formats.number(-period.total(Group.REDEEMED)),
            "closing": formats.number(period.closing),
            "change": _more_or_less(period.closing - period.opening),
        }
        if result.last is None or result.last.liability_minor is None:
            return moved
        owed = formats.money(result.last.liability_minor, result.as_of.currency)
        worth = gettext("The liability is %(amount)s.") % {"amount": owed}
        return formats.sentences(moved, worth)

    def tables(self, result: PointsResult) -> tuple[Table, ...]:
        """The months; each kind of movement; both ageing tables."""
        return (
            _month_table(result),
            _move_table(result),
            _aged_table("age", _("By age"), result, result.left.by_age),
            _aged_table("expiry", _("By time left"), result, result.left.by_expiry),
        )

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Members behind a line of the months, or a bucket at the end of one."""
        return behind_figure(query, as_of)


def _book_month(
    data: PointsData, month: date, holdings: Iterable[Holding]
) -> BookMonth:
    is_over = data.as_of.is_over(month)
    left = outstanding(holdings, month, is_over=is_over)
    price = price_at_end_of(month, data.prices)
    return BookMonth(
        month,
        is_partial=not is_over,
        moved=roll_forward(data.books.rows, month, month),
        left=left,
        price=price,
        liability_minor=liability_minor(left.points, price, data.as_of.currency),
    )


def _more_or_less(change: int) -> str:
    points = formats.number(abs(change))
    if change < 0:
        return gettext("%(points)s less") % {"points": points}
    return gettext("%(points)s more") % {"points": points}


def _month_table(result: PointsResult) -> Table:
    columns = (
        ("month", _("Month")),
        ("opening", _("Opening")),
        ("issued", _("Issued")),
        ("reversed", _("Reversed")),
        ("redeemed", _("Redeemed")),
        ("expired", _("Expired")),
        ("other", _("Other")),
        ("closing", _("Closing")),
        ("outstanding_active", _("Active")),
        ("outstanding_pending", _("Pending")),
        ("point_value", _("Value of a point")),
        ("redemption_rate", _("Expected redemption rate")),
        ("liability", _("Liability")),
        ("state", _("State")),
    )
    currency = result.as_of.currency
    return Table(
        "months",
        _("Roll-forward by month"),
        tuple(Column(*column) for column in columns),
        [
            (
                month_key(each.month),
                each.moved.opening,
                *(each.moved.total(group) for group in Group),
                each.moved.closing,
                each.left.active,
                each.left.pending,
                each.price.point_value if each.price else None,
                each.price.redemption_rate if each.price else None,
                None
                if each.liability_minor is None
                else from_minor(each.liability_minor, currency),
                "partial" if each.is_partial else "complete",
            )
            for each in result.months
        ],
    )


def _move_table(result: PointsResult) -> Table:
    return Table(
        "movements",
        _("Movements of the period"),
        (
            Column("line", _("Line")),
            Column("kind", _("Kind")),
            Column("points", _("Points")),
        ),
        [
            ("opening", "", result.period.opening),
            *((move.group, move.name, move.points) for move in result.period.moves),
            ("closing", "", result.period.closing),
        ],
    )


@dataclass(frozen=True)
class WorthRow:
    """A row of an ageing table and its part of the liability."""

    row: AgedRow
    liability_minor: int | None


def with_worth(result: PointsResult, rows: Sequence[AgedRow]) -> list[WorthRow]:
    """Give each row its part of the liability; the parts add up to the whole."""
    whole = result.last.liability_minor if result.last else None
    if whole is None:
        return [WorthRow(row, None) for row in rows]
    parts = shares_of(whole, [row.points for row in rows])
    return [WorthRow(*each) for each in zip(rows, parts, strict=True)]


def _aged_table(
    name: str, title: Text, result: PointsResult, rows: Sequence[AgedRow]
) -> Table:
    currency = result.as_of.currency
    return Table(
        name,
        title,
        (
            Column("bucket", _("Bucket")),
            Column("active", _("Active")),
            Column("pending", _("Pending")),
            Column("points", _("Points")),
            Column("liability", _("Liability")),
        ),
        [
            (
                each.row.slug,
                each.row.active,
                each.row.pending,
                each.row.points,
                None
                if each.liability_minor is None
                else from_minor(each.liability_minor, currency),
            )
            for each in with_worth(result, rows)
        ],
    )
