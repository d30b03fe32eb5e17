"""As of when the rollups hold the facts."""

from zoneinfo import ZoneInfo

from django.db.models import OuterRef, Subquery, Sum

from points.models import Programme
from reports.errors import NotFilledYet
from reports.models import RollupAlarm, RollupState
from reports.windows import AsOf


def current_as_of() -> AsOf:
    """Return the instant that the rollups stand for; NotFilledYet before the first."""
    wrong = (
        RollupAlarm.objects.filter(at=OuterRef("checked_at"))
        .order_by()
        .values("at")
        .annotate(rows=Sum("rows_wrong"))
        .values("rows")
    )
    found = (
        RollupState.objects.filter(pk=1)
        .annotate(
            currency=Subquery(Programme.objects.values("currency")[:1]),
            wrong=Subquery(wrong),
        )
        .values_list("as_of", "time_zone", "currency", "checked_at", "wrong")
        .first()
    )
    if found is None:
        raise NotFilledYet
    at, zone, currency, checked_at, rows_wrong = found
    if at is None:
        raise NotFilledYet
    return AsOf(at, ZoneInfo(zone), currency, checked_at, rows_wrong or 0)
