"""Set what points are worth, from a day on."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction

from loyalty_site.lib.actors import Actor
from loyalty_site.lib.periods import add_months, day_of
from points.services.settings_lock import lock_settings
from reports.errors import MonthClosed
from reports.models import Valuation


@dataclass(frozen=True)
class Worth:
    """The value of a point in major units, and the share expected to be redeemed."""

    valid_from: date
    point_value: Decimal
    redemption_rate: Decimal
    note: str = ""


@transaction.atomic
def set_worth(*, worth: Worth, at: datetime, actor: Actor) -> Valuation:
    """Add a version that holds from its day on, and return it; safe to repeat.

    The first version may hold from any day. A later one raises MonthClosed when its day
    is before the last month's first: what was reported stays.
    """
    zone = lock_settings().zone
    latest = Valuation.objects.first()
    if latest and latest.valid_from == worth.valid_from and _is_same(latest, worth):
        return latest
    earliest = add_months(day_of(at, zone).replace(day=1), -1)
    if latest and worth.valid_from < earliest:
        raise MonthClosed(earliest=earliest)
    return Valuation.objects.create(**vars(worth), made_at=at, made_by=str(actor))


def _is_same(known: Valuation, worth: Worth) -> bool:
    return all(getattr(known, name) == value for name, value in vars(worth).items())
