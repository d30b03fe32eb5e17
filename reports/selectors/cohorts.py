"""Cohorts by the month of the first order, and the members in them."""

from datetime import date
from decimal import Decimal

from django.db import connection
from django.db.models import DateField, Exists, F, Func, OuterRef, QuerySet

from reports.models import CohortCube, MemberDay, MemberSummary
from reports.statistics.cohorts import CohortMonth

_GAP = """
SELECT days FROM (
    SELECT days, sum(gaps) OVER (ORDER BY days) AS up_to, sum(gaps) OVER () AS total
    FROM reports_ordergap
) shares
WHERE up_to >= %(share)s * total ORDER BY days LIMIT 1
"""


def cohort_months() -> list[CohortMonth]:
    """Return all months of all cohorts, the oldest first."""
    names = ("cohort", "month", "active", "last_active", "came_again")
    rows = CohortCube.objects.order_by("cohort", "month").values_list(*names)
    return [CohortMonth(*row) for row in rows]


def gap_days(share: Decimal) -> int | None:
    """Return the days within which that share of all repeat orders came."""
    with connection.cursor() as cursor:
        cursor.execute(_GAP, {"share": share})
        row = cursor.fetchone()
    return int(row[0]) if row else None


def members_of_cohorts(first: date, last: date) -> QuerySet[MemberSummary]:
    """Return the members whose first order was in these months, both inclusive."""
    rows = MemberSummary.objects.filter(cohort__range=(first, last))
    return rows.select_related("member")


def with_order_in_period(
    members: QuerySet[MemberSummary], period: int
) -> QuerySet[MemberSummary]:
    """Return those who ordered in the month `period` months after their cohort's."""
    return members.filter(
        Exists(
            MemberDay.objects.filter(
                member=OuterRef("member"),
                orders__gt=0,
                day__gte=_months_later(OuterRef("cohort"), period),
                day__lt=_months_later(OuterRef("cohort"), period + 1),
            )
        )
    )


def with_order_since_period(
    members: QuerySet[MemberSummary], period: int
) -> QuerySet[MemberSummary]:
    """Return those who ordered in that month or after it."""
    return members.filter(last_on__gte=_months_later(F("cohort"), period))


def with_second_day_at_once(
    members: QuerySet[MemberSummary],
) -> QuerySet[MemberSummary]:
    """Return those who came again in the month of their first order."""
    return members.filter(
        Exists(
            MemberDay.objects.filter(
                member=OuterRef("member"),
                orders__gt=0,
                day__gt=OuterRef("first_on"),
                day__lt=_months_later(OuterRef("cohort"), 1),
            )
        )
    )


def _months_later(day: F, months: int) -> Func:
    return Func(
        day,
        template=f"(%(expressions)s + make_interval(months => {months:d}))::date",
        output_field=DateField(),
    )
