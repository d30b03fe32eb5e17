"""What a point is worth on a day, by the versions in the books."""

from datetime import date
from decimal import Decimal

from reports.models import Valuation


def point_value_on(day: date) -> Decimal | None:
    """Return the value of a point in major units; None before the first version."""
    versions = Valuation.objects.filter(valid_from__lte=day)
    return (
        versions.order_by("valid_from", "pk")
        .values_list("point_value", flat=True)
        .last()
    )
