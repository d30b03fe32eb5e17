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
SELECT place, (
    CASE WHEN is_whole THEN (
        SELECT coalesce(sum(members), 0) FROM reports_monthrecurrence
        WHERE what = period.what AND month >= first_day AND month < after
            AND previous_month < first_day
    ) ELSE (
        SELECT coalesce(sum(members), 0) FROM reports_recurrence
        WHERE what = period.what AND day >= first_day AND day < after
            AND previous_day < first_day
    ) END
)::bigint
FROM unnest(
    %(whats)s::text[], %(starts)s::date[], %(ends)s::date[], %(are_whole)s::boolean[]
) WITH ORDINALITY AS period (what, first_day, after, is_whole, place)
ORDER BY place
"""


@dataclass(frozen=True)
class Asked:
    """A question: who did it in these days; `is_whole` where they are whole months.

    A month that is not over is whole too, as far as it has come.
    """

    what: Recurrence.What
    period: Period
    is_whole: bool


def members_active(asked: Sequence[Asked]) -> list[int]:
    """Return for each question the members who did it, each counted once."""
    with connection.cursor() as cursor:
        cursor.execute(
            _ACTIVE,
            {
                "whats": [each.what.value for each in asked],
                "starts": [each.period.start for each in asked],
                "ends": [each.period.end for each in asked],
                "are_whole": [each.is_whole for each in asked],
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
