"""`manage.py rebuild_rollups [--refresh-only]`: the figures of the reports, now."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from reports.services.rollups import check_everything, refresh_rollups


class Command(BaseCommand):
    """Bring the rollups up to date; then recompute everything and compare."""

    help = (
        "Bring the figures of the reports up to date, recompute all of them from the "
        "facts, put right what differs, and exit with 1 if anything did."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--refresh-only",
            action="store_true",
            help="Take in what has changed and compare nothing.",
        )

    def handle(self, *_args: str, **options: Any) -> None:
        members, is_complete = 0, False
        while not is_complete:
            now = timezone.now()  # noqa: TID251 -- a command reads the clock
            done = refresh_rollups(at=now)
            members, is_complete = members + done.members, done.is_complete
        self.stdout.write(f"Refreshed {members} members.")
        if options["refresh_only"]:
            return
        now = timezone.now()  # noqa: TID251 -- a command reads the clock
        wrong = check_everything(at=now)
        self.stdout.write(f"Rows that differed from the full rebuild: {wrong}.")
        if wrong:
            sys.exit(1)
