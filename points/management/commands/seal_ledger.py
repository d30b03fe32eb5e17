"""`manage.py seal_ledger`: seal what was committed, and print the roots."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from loyalty_site.lib.periods import day_of
from points.selectors.programme import current_programme
from points.services.seal_files import keep_roots, root_lines
from points.services.sealing import seal_ledger


class Command(BaseCommand):
    """Seal, keep the day's roots where the settings say, and print them."""

    help = "Seals the ledger and prints the roots, to be kept outside the database."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Seal until nothing is left that is sure to be complete."""
        now = timezone.now()  # noqa: TID251 -- a command reads the clock
        rows = 0
        while sealed := seal_ledger(at=now):
            rows += sealed
        today = day_of(now, current_programme().zone)
        keep_roots(on=today)
        self.stderr.write(f"{rows} rows sealed.")
        for line in root_lines(today):
            self.stdout.write(line)
