"""What happened on the days of a period: sums of the day cube, members counted once."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from django.db import connection
from django.db.models import (
    BigIntegerField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from loyalty_site.lib.periods import Period
from reports.models import DayCube, MemberDay, MemberSummary, Recurrence

POINTS = ("issued", "clawed_back", "adjusted", "redeemed", "expired")


@dataclass(frozen=True)
class Totals:
    """Sums over days; points are signed as in the ledger."""

    enrolled: int = 0
    closed: int = 0
    orders: int = 0
    spend_minor: int = 0
    redemptions: int = 0
    issued: int = 0
    clawed_back: int = 0
    adjusted: int = 0
    redeemed: int = 0
    expired: int = 0

    @property
    def points(self) -> int:
        """What all movements of points come to."""
        return sum(getattr(self, name) for name in POINTS)


COLUMNS = tuple(field.name for field in fields(Totals))


class DayBook:
    """All days of the day cube, read once."""

    def __init__(self, rows: Sequence[tuple[Any, ...]]) -> None:
        self._rows = rows

    @property
    def first_day(self) -> date | None:
        """The first day on which anything happened."""
        return self._rows[0][0] if self._rows else None

    def between(self, start: date, end: date) -> Totals:
        """Return the sums from `start` up to, but not including, `end`."""
        inside = [row[1:] for row in self._rows if start <= row[0] < end]
        return Totals(*map(sum, zip(*inside, strict=True))) if inside else Totals()

    def before(self, day: date) -> Totals:
        """Return the sums of everything before `day`."""
        return self.between(date.min, day)


def day_book() -> DayBook:
    """Read the day cube: a few hundred rows a year."""
    return DayBook(list(DayCube.objects.order_by("day").values_list("day", *COLUMNS)))


_ACTIVE = """
SELECT period.place, coalesce(sum(happened.members), 0)::bigint
FROM unnest(%(whats)s::text[], %(starts)s::date[], %(ends)s::date[]) WITH ORDINALITY
    AS period (what, first_day, after, place)
LEFT JOIN reports_recurrence happened
    ON happened.what = period.what AND happened.day >= period.first_day
    AND happened.day < period.after AND happened.previous_day < period.first_day
GROUP BY period.place ORDER BY period.place
"""
Asked = tuple[Recurrence.What, Period]


def members_active(asked: Sequence[Asked]) -> list[int]:
    """Return, for each (what, period), the members who did it then, counted once."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ACTIVE,
            {
                "whats": [what.value for what, _period in asked],
                "starts": [period.start for _what, period in asked],
                "ends": [period.end for _what, period in asked],
            },
        )
        return [members for _place, members in cursor.fetchall()]


# Members behind the numbers ---------------------------------------------------


def members_on(day: date) -> QuerySet[MemberSummary]:
    """Return the member base before `day`: enrolled before it, not closed by then."""
    still_open = Q(closed_on=None) | Q(closed_on__gte=day)
    rows = MemberSummary.objects.filter(still_open, enrolled_on__lt=day)
    return rows.select_related("member")


def members_with(period: Period, condition: Q) -> QuerySet[MemberSummary]:
    """Return members with a day in the period for which the condition holds."""
    happened = MemberDay.objects.filter(
        condition,
        member=OuterRef("member"),
        day__gte=period.start,
        day__lt=period.end,
    )
    rows = MemberSummary.objects.filter(Exists(happened))
    return rows.select_related("member")


def with_sum(
    members: QuerySet[MemberSummary], column: str, period: Period
) -> QuerySet[MemberSummary]:
    """Add `value`: the sum of a column over the member's days of the period."""
    total = (
        MemberDay.objects.filter(
            member=OuterRef("member"), day__gte=period.start, day__lt=period.end
        )
        .order_by()
        .values("member")
        .annotate(total=Sum(column))
        .values("total")
    )
    return members.annotate(
        value=Coalesce(Subquery(total), 0, output_field=BigIntegerField())
    )


def with_balance(day: date) -> QuerySet[MemberSummary]:
    """Return members with points left before `day`; `value` is how many."""
    total = (
        MemberDay.objects.filter(member=OuterRef("member"), day__lt=day)
        .order_by()
        .values("member")
        .annotate(total=sum((Sum(name) for name in POINTS[1:]), Sum(POINTS[0])))
        .values("total")
    )
    rows = MemberSummary.objects.annotate(
        value=Coalesce(Subquery(total), 0, output_field=BigIntegerField())
    )
    return rows.exclude(value=0).select_related("member")
