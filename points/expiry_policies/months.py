"""Names of months, for forms and sentences."""

from django.utils.dates import MONTHS

MONTH_CHOICES = list(MONTHS.items())


def month_name(month: int) -> str:
    """Return the month's name in the reader's language."""
    return str(MONTHS[month])
