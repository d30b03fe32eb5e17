"""Redemption and breakage by month of issue, told by the months that have matured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext, gettext_lazy as _, ngettext

from loyalty_site.lib import formats
from loyalty_site.lib.periods import add_months, months_between
from reports.definitions.base import Behind, Column, MemberColumn, Report, Table, Text
from reports.definitions.book_meanings import BREAKAGE
from reports.definitions.points import PointsData
from reports.errors import NoSuchFigure
from reports.forms.points import PointsForm, PointsParams
from reports.selectors import books as selectors
from reports.statistics.breakage import Estimate, IssueMonth, estimate, issue_months
from reports.statistics.worth import Price, price_at_end_of
from reports.windows import AsOf, Months, month_key, month_of_key

DEFAULT_MONTHS = 24
FIGURES: dict[str, Text] = {
    "net": _("Points issued, less those taken back"),
    "redeemed": _("Points redeemed"),
    "expired": _("Points expired"),
    "left": _("Points left"),
}


@dataclass(frozen=True)
class BreakageResult:
    """The months of issue, what the matured ones tell, and what the books expect."""

    params: PointsParams
    as_of: AsOf
    months: tuple[IssueMonth, ...]
    estimate: Estimate | None
    price: Price | None
    first_month: date | None

    @property
    def has_end(self) -> bool:
        """Whether any of the points end at all."""
        return any(each.has_end for each in self.months)


class Breakage(Report[PointsData, PointsParams, BreakageResult]):
    """A triangle of what was redeemed, by month of issue and months since."""

    slug = "breakage"
    title = _("Redemption and breakage")
    question = _("How many of the points issued are redeemed in the end?")
    url_name = "reports:breakage"
    metrics = BREAKAGE

    def read(self, as_of: AsOf) -> PointsData:
        """All vintages: a few thousand rows after ten years."""
        return PointsData(as_of, selectors.books(), selectors.prices())

    def form(self, given: Mapping[str, Sequence[str]], data: PointsData) -> PointsForm:
        """Default to the months of issue of two years."""
        this = data.as_of.month
        start = data.books.first_month or this
        first = max(add_months(this, 1 - DEFAULT_MONTHS), start)
        return PointsForm(
            given,
            defaults={"from": month_key(first), "to": month_key(this)},
            months=list(months_between(start, this)),
        )

    def compute(self, params: PointsParams, data: PointsData) -> BreakageResult:
        """Follow the points of each month up to now."""
        this, wanted = data.as_of.month, params.months
        months = tuple(
            each
            for each in issue_months(data.books.vintages, this, is_over=False)
            if wanted.first <= each.month <= wanted.last
        )
        return BreakageResult(
            params=params,
            as_of=data.as_of,
            months=months,
            estimate=estimate(months),
            price=price_at_end_of(this, data.prices),
            first_month=data.books.first_month,
        )

    def finding(self, result: BreakageResult) -> str:
        """Say what the matured months tell, and what the books expect."""
        found = result.estimate
        if found is None:
            return _without_estimate(result)
        words = {
            "percent": percent(found.rate),
            "breakage": percent(found.breakage),
            "months": formats.number(found.months),
        }
        told = (
            ngettext(
                "Of the points of the %(months)s month that has matured, %(percent)s "
                "were redeemed; %(breakage)s never will be.",
                "Of the points of the %(months)s months that have matured, %(percent)s "
                "were redeemed; %(breakage)s never will be.",
                found.months,
            )
            % words
        )
        if result.price is None:
            return told
        expected = gettext("The books expect %(percent)s to be redeemed.") % {
            "percent": formats.percent(result.price.redemption_rate)
        }
        return formats.sentences(told, expected)

    def tables(self, result: BreakageResult) -> tuple[Table, ...]:
        """The months of issue; then the triangle, a row a cell."""
        return _month_table(result), _triangle_table(result)

    def behind(self, query: Mapping[str, str], as_of: AsOf) -> Behind:
        """Members behind `figure` of the points issued in the month `from`."""
        month = month_of_key(query.get("from", ""))
        figure = query.get("figure", "")
        if month is None or month > as_of.month or figure not in FIGURES:
            raise NoSuchFigure
        return _behind(month, figure, as_of)


def percent(share: Fraction) -> str:
    """Return a share as a percentage."""
    return formats.percent(decimal(share))


def decimal(share: Fraction) -> Decimal:
    """Return a share as a Decimal, with more digits than anybody reads."""
    return Decimal(share.numerator) / Decimal(share.denominator)


def _without_estimate(result: BreakageResult) -> str:
    if result.months and not result.has_end:
        return gettext(
            "Points do not end, so no month matures and no breakage can be told."
        )
    return gettext(
        "No month has matured yet: members can still spend some points of each."
    )


def _month_table(result: BreakageResult) -> Table:
    return Table(
        "months",
        _("Months of issue"),
        (
            Column("month", _("Month of issue")),
            Column("net_issued", _("Issued, net")),
            Column("redeemed", _("Redeemed")),
            Column("expired", _("Expired")),
            Column("left", _("Left")),
            Column("redemption_rate", _("Redemption rate")),
            Column("state", _("State")),
        ),
        [
            (
                month_key(each.month),
                each.net,
                each.redeemed,
                each.expired,
                each.left,
                None if each.rate is None else decimal(each.rate),
                "mature" if each.is_mature else "open",
            )
            for each in result.months
        ],
    )


def _triangle_table(result: BreakageResult) -> Table:
    return Table(
        "triangle",
        _("Redeemed by months since the issue"),
        (
            Column("month", _("Month of issue")),
            Column("months_after", _("Months after")),
            Column("redeemed_share", _("Share redeemed")),
        ),
        [
            (month_key(each.month), after, decimal(share))
            for each in result.months
            for after, share in enumerate(each.shares)
        ],
    )


def _behind(month: date, figure: str, as_of: AsOf) -> Behind:
    months = issue_months(selectors.books().vintages, as_of.month, is_over=False)
    found = next((each for each in months if each.month == month), None)
    total = getattr(found, figure) if found else 0
    return Behind(
        title=gettext("%(figure)s, %(months)s")
        % {"figure": FIGURES[figure], "months": Months(month, month).label},
        rows=selectors.with_issued(month, figure, as_of.month),
        order_by="member",
        columns=(
            MemberColumn(_("Member"), "member", "member"),
            MemberColumn(FIGURES[figure], "value", "number"),
            MemberColumn(_("Last order"), "last_on", "day"),
        ),
        total=total,
        total_text=gettext("%(total)s points in all.")
        % {"total": formats.number(total)},
    )
