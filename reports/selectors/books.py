"""The books: lines and vintages of all members, and the members behind them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import add, or_
from typing import Any

from django.db.models import (
    BigIntegerField,
    Exists,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from loyalty_site.lib.periods import add_months
from reports.models import (
    BookCube,
    MemberBook,
    MemberSummary,
    MemberVintage,
    Valuation,
    VintageCube,
)
from reports.models.books import VINTAGE_KEY, VINTAGE_POINTS, BookLine
from reports.statistics.books import BUCKETS, NEVER, NO_END, BookRow, State, VintageRow
from reports.statistics.worth import Price

_LEFT = reduce(add, map(F, VINTAGE_POINTS))


def prices() -> list[Price]:
    """Return what points are worth, in the order in which versions hold."""
    names = ("valid_from", "point_value", "redemption_rate")
    rows = Valuation.objects.order_by("valid_from", "pk").values_list(*names)
    return [Price(*row) for row in rows]


@dataclass(frozen=True)
class Books:
    """All lines and vintages; `sold_minor` is what was posted as sales, by month.

    `balance` and `debt` are what the accounts said when their entries were read.
    """

    rows: list[BookRow]
    vintages: list[VintageRow]
    sold_minor: dict[date, int]
    balance: int
    debt: int

    @property
    def first_month(self) -> date | None:
        """The first month in which anything was posted."""
        return min((row.month for row in self.rows), default=None)


def books() -> Books:
    """Read the cubes: some lines a month, and some hundred vintages a year."""
    rows: list[BookRow] = []
    sold: dict[date, int] = {}
    accounts = {BookLine.BALANCE.value: 0, BookLine.DEBT.value: 0}
    names = ("month", "line", "points_in", "points_out", "amount_minor")
    for month, line, came, went, amount in BookCube.objects.values_list(*names):
        if line in accounts:
            accounts[line] += came - went
        elif line == BookLine.SOLD:
            sold[month] = amount
        else:
            rows.append(BookRow(month, line, came, went))
    vintages = VintageCube.objects.values_list(*VINTAGE_KEY, *VINTAGE_POINTS)
    return Books(
        rows,
        [VintageRow(*each) for each in vintages],
        sold,
        accounts[BookLine.BALANCE.value],
        accounts[BookLine.DEBT.value],
    )


# Members behind the numbers ---------------------------------------------------


def with_line(
    line: str, first: date, last: date, *, is_in: bool | None = None
) -> QuerySet[MemberSummary]:
    """Return members with that line in the months; `value` is what it moved.

    `is_in` asks for one direction only: what came, or what went.
    """
    lines = MemberBook.objects.filter(
        member=OuterRef("member"), month__range=(first, last), line=line
    )
    moved: Any = Sum("points_in") - Sum("points_out")
    if is_in is not None:
        lines = lines.filter(Q(points_in__gt=0) if is_in else Q(points_out__gt=0))
        moved = Sum("points_in") if is_in else -Sum("points_out")
    total = lines.order_by().values("member").annotate(total=moved).values("total")
    return (
        MemberSummary.objects.filter(Exists(lines))
        .annotate(value=_or_zero(total))
        .select_related("member")
    )


def with_points_left(month: date, condition: Q) -> QuerySet[MemberSummary]:
    """Return members with points left at the month's end in vintages like that."""
    vintages = MemberVintage.objects.filter(
        condition, member=OuterRef("member"), month__lte=month
    )
    left = Sum(_LEFT)
    total = vintages.order_by().values("member").annotate(total=left).values("total")
    return (
        MemberSummary.objects.filter(Exists(vintages))
        .annotate(value=_or_zero(total))
        .exclude(value=0)
        .select_related("member")
    )


def _or_zero(total: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(total), 0, output_field=BigIntegerField())


def with_issued(issued: date, figure: str, month: date) -> QuerySet[MemberSummary]:
    """Return members with points issued in that month; `value` is the figure of them.

    `figure` is one of `net`, `redeemed`, `expired` and `left`, as they are so far in
    the running `month`.
    """
    vintages = MemberVintage.objects.filter(
        member=OuterRef("member"), issued_month=issued, month__lte=month
    )
    over = in_states([State.OVER], month, is_over=False)
    value = {
        "net": Sum(F("issued") + F("taken_back") + F("other")),
        "redeemed": -Sum("redeemed"),
        "expired": Coalesce(Sum(_LEFT, filter=over), 0) - Sum("expired"),
        "left": Sum(_LEFT) - Coalesce(Sum(_LEFT, filter=over), 0),
    }[figure]
    total = vintages.order_by().values("member").annotate(total=value).values("total")
    return (
        MemberSummary.objects.filter(Exists(vintages))
        .annotate(value=_or_zero(total))
        .exclude(value=0)
        .select_related("member")
    )


def in_states(states: Iterable[State], month: date, *, is_over: bool) -> Q:
    """Return the condition that vintages are in one of the states at the month's end."""
    last_dead = month if is_over else add_months(month, -1)
    lives = Q(expiry_month__gt=last_dead)
    conditions = {
        State.OVER: Q(expiry_month__lte=last_dead),
        State.PENDING: lives & Q(effective_month__gt=month),
        State.ACTIVE: lives & Q(effective_month__lte=month),
    }
    return reduce(or_, (conditions[state] for state in states))


def in_bucket(slug: str, month: date) -> Q:
    """Return the condition that vintages are in the bucket; KeyError for no bucket."""
    if slug == NO_END:
        return Q(expiry_month=NEVER)
    bucket = BUCKETS[slug]
    if slug.startswith("age"):
        young = Q(issued_month__lte=add_months(month, -bucket.first))
        if bucket.last is None:
            return young
        return young & Q(issued_month__gte=add_months(month, -bucket.last))
    # What ends in a running month is in the first bucket.
    is_next = bucket.first == 1
    soon = Q() if is_next else Q(expiry_month__gte=add_months(month, bucket.first))
    if bucket.last is None:
        return soon & ~Q(expiry_month=NEVER)
    return soon & Q(expiry_month__lte=add_months(month, bucket.last))
