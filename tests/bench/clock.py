"""The only place of the benchmarks that reads the clock."""

import sys
from datetime import datetime

from django.utils import timezone


def now() -> datetime:
    """Return this instant."""
    return timezone.now()  # noqa: TID251 -- a command reads the clock


def say(text: str) -> None:
    """Tell how far the run is."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()
