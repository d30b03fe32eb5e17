"""How much of what was issued is redeemed, told by the months whose life has ended.

Young points say nothing of how many will be redeemed in the end: their members still
have time. So only matured months are estimated from: those of which no point can be
spent any more, because each one was used, taken back or has expired.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from loyalty_site.lib.periods import add_months
from reports.statistics.books import NEVER, Holding, State, VintageRow, state_of
from reports.windows import months_from

# Fewer months say too little of how much they differ.
MONTHS_FOR_A_RANGE = 6
# Two-sided 95% points of Student's distribution, by degrees of freedom.
_T = (
    *("12.706", "4.303", "3.182", "2.776", "2.571", "2.447", "2.365", "2.306"),
    *("2.262", "2.228", "2.201", "2.179", "2.160", "2.145", "2.131", "2.120"),
    *("2.110", "2.101", "2.093", "2.086", "2.080", "2.074", "2.069", "2.064"),
    *("2.060", "2.056", "2.052", "2.048", "2.045", "2.042"),
)
_T_OF_MANY = "1.960"


@dataclass(frozen=True)
class IssueMonth:
    """The points issued in a month and what became of them, all >= 0.

    `net` is what was issued less what was taken back or moved; `shares` is the part of
    it that was redeemed up to so many months after, as far as they have come.
    """

    month: date
    net: int
    redeemed: int
    expired: int
    left: int
    has_end: bool
    shares: tuple[Fraction, ...]

    @property
    def is_mature(self) -> bool:
        """Whether nothing of it can be spent any more."""
        return self.net > 0 and self.left == 0

    @property
    def rate(self) -> Fraction | None:
        """The part that was redeemed in the end; None while it may still change."""
        return Fraction(self.redeemed, self.net) if self.is_mature else None


@dataclass(frozen=True)
class Estimate:
    """The ultimate redemption rate: matured months by their points, and its range."""

    rate: Fraction
    low: Decimal | None
    high: Decimal | None
    months: int
    points: int

    @property
    def breakage(self) -> Fraction:
        """The part that is never redeemed."""
        return 1 - self.rate


def issue_months(
    rows: Iterable[VintageRow], month: date, *, is_over: bool
) -> list[IssueMonth]:
    """Return the months of issue up to `month`, the oldest first, as at its end."""
    by_issue: dict[date, list[VintageRow]] = defaultdict(list)
    for row in rows:
        if row.month <= month:
            by_issue[row.issued_month].append(row)
    return [
        _issue_month(issued, by_issue[issued], month, is_over=is_over)
        for issued in sorted(by_issue)
    ]


def _issue_month(
    issued: date, rows: Sequence[VintageRow], month: date, *, is_over: bool
) -> IssueMonth:
    net = sum(row.issued + row.taken_back + row.other for row in rows)
    redeemed = -sum(row.redeemed for row in rows)
    over = sum(
        row.points
        for row in rows
        if state_of(_as_holding(row), month, is_over=is_over) is State.OVER
    )
    return IssueMonth(
        month=issued,
        net=net,
        redeemed=redeemed,
        # What has ended counts as expired, written off or not.
        expired=over - sum(row.expired for row in rows),
        left=sum(row.points for row in rows) - over,
        has_end=any(row.expiry_month < NEVER for row in rows),
        shares=_shares(issued, rows, net, month),
    )


def _as_holding(row: VintageRow) -> Holding:
    return Holding(
        row.issued_month, row.origin, row.effective_month, row.expiry_month, row.points
    )


def _shares(
    issued: date, rows: Sequence[VintageRow], net: int, month: date
) -> tuple[Fraction, ...]:
    if net <= 0:
        return ()
    shares = []
    for months in range(months_from(issued, month) + 1):
        until = add_months(issued, months)
        redeemed = -sum(row.redeemed for row in rows if row.month <= until)
        shares.append(Fraction(redeemed, net))
    return tuple(shares)


def estimate(months: Iterable[IssueMonth]) -> Estimate | None:
    """Return the rate of the matured months together, each by its points.

    Months whose points never end are left out: those of them that are used up are not
    like those that are not. The range treats each month as one observation of a ratio,
    because points of one month are spent by the same people on the same days.
    Source: ratio estimator of cluster sampling, Cochran 1977, 2.11.
    """
    ended = [each for each in months if each.is_mature and each.has_end]
    points = sum(each.net for each in ended)
    if not points:
        return None
    rate = Fraction(sum(each.redeemed for each in ended), points)
    low, high = _range_of(ended, rate, points)
    return Estimate(rate, low, high, len(ended), points)


def _range_of(
    ended: Sequence[IssueMonth], rate: Fraction, points: int
) -> tuple[Decimal | None, Decimal | None]:
    count = len(ended)
    if count < MONTHS_FOR_A_RANGE:
        return None, None
    squares = sum((each.redeemed - rate * each.net) ** 2 for each in ended)
    variance = Fraction(count, count - 1) * squares / points**2
    factor = Decimal(_T[count - 2] if count - 2 < len(_T) else _T_OF_MANY)
    half = factor * (Decimal(variance.numerator) / variance.denominator).sqrt()
    middle = Decimal(rate.numerator) / rate.denominator
    return max(middle - half, Decimal(0)), min(middle + half, Decimal(1))
