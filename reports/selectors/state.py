"""As of when the rollups hold the facts, and from when there are any."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Min

from points.selectors.programme import current_programme
from reports.errors import NotFilledYet
from reports.models import CohortCube, DayCube, NpsCube, RollupAlarm, RollupState
from reports.windows import AsOf


def current_as_of() -> AsOf:
    """Return the instant that the rollups stand for; NotFilledYet before the first."""
    state = RollupState.objects.filter(pk=1).first()
    if state is None or state.as_of is None:
        raise NotFilledYet
    return AsOf(state.as_of, ZoneInfo(state.time_zone), current_programme().currency)


def last_check() -> tuple[datetime, int] | None:
    """Return when the rollups were last checked in full, and the rows put right then."""
    state = RollupState.objects.filter(pk=1).first()
    if state is None or state.checked_at is None:
        return None
    alarms = RollupAlarm.objects.filter(at=state.checked_at)
    return state.checked_at, sum(alarms.values_list("rows_wrong", flat=True))


def first_day() -> date | None:
    """Return the first day on which anything happened."""
    day: date | None = DayCube.objects.aggregate(first=Min("day"))["first"]
    return day


def cohort_months() -> list[date]:
    """Return the months in which a member had a first order, oldest first."""
    months = CohortCube.objects.order_by("cohort").values_list("cohort", flat=True)
    return list(months.distinct())


def score_months() -> list[date]:
    """Return the months with answers, oldest first."""
    return list(
        NpsCube.objects.order_by("month").values_list("month", flat=True).distinct()
    )
