"""`manage.py verify`: prove the books, and name the rows where they are wrong."""

import json
import os
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from points.selectors.proof import verify_books

# Each has a connection, and memory of its own at the server.
MOST_WORKERS = 4


class Command(BaseCommand):
    """Prove the books; exits 1 on any difference."""

    help = (
        "Proves that balances, lots, entries and tiers agree, and names what does not."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take `--json` and `--workers`."""
        parser.add_argument("--json", action="store_true", help="print JSON lines")
        parser.add_argument(
            "--workers",
            type=int,
            default=min(os.cpu_count() or 1, MOST_WORKERS),
            help="how many checks read at the same time (default: %(default)s)",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run the checks and print each as it ends."""
        if options["workers"] < 1:
            message = "There must be one worker at least."
            raise CommandError(message)
        now = timezone.now()  # noqa: TID251 -- a command reads the clock
        differences = 0
        for finding in verify_books(at=now, workers=options["workers"]):
            differences += finding.differences
            if options["json"]:
                self.stdout.write(json.dumps(asdict(finding), default=str))
                continue
            mark = self.style.SUCCESS("ok") if not finding.differences else "WRONG"
            self.stdout.write(f"{mark:>5}  {finding.title} ({finding.seconds:.1f} s)")
            for row in finding.rows:
                self.stdout.write(f"       {row}")
        if differences:
            message = f"{differences} differences were found."
            raise CommandError(message)
        if not options["json"]:
            self.stdout.write("0 differences.")
