"""Load the sample data: `manage.py load_demo_data`."""

import os
import sys
import time
from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.demo import demo_sign_ins
from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.errors import DomainError
from members.models import Member
from reports.demo.load import HOUSEHOLDS, is_begun, is_loaded, load_demo

BAR_WIDTH = 30
KEY_NAME = "Demo till"
KEY_FILE = "demo-api-key"


class Progress:
    """A bar on standard error: redrawn on a terminal, a line per tenth elsewhere."""

    def __init__(self, *, is_bar: bool) -> None:
        self.is_bar = is_bar
        self._tenth = -1

    def __call__(self, done: int, total: int) -> None:
        """Show how many days are done."""
        filled = BAR_WIDTH * done // total
        bar = "#" * filled + "." * (BAR_WIDTH - filled)
        text = f"[{bar}] {done * 100 // total:3d} %  day {done} of {total}"
        if self.is_bar:
            sys.stderr.write(f"\r  {text}" + ("\n" if done == total else ""))
        elif (tenth := done * 10 // total) != self._tenth:
            self._tenth = tenth
            sys.stderr.write(f"  {text}\n")
        sys.stderr.flush()


class Command(BaseCommand):
    """Fills an empty database; run again, it does what is left, or nothing."""

    help = "Load a year of real baskets with invented people, surveys and redemptions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--households", type=int, default=HOUSEHOLDS, help="At most 500."
        )
        parser.add_argument(
            "--progress",
            action="store_true",
            help="Redraw a bar also without terminal.",
        )
        parser.add_argument(
            "--force", action="store_true", help="Load beside members that are there."
        )

    def handle(self, *_args: object, **options: int | bool) -> None:
        if is_loaded():
            self.stdout.write("The sample data is there already.")
            return
        if Member.objects.exists() and not (is_begun() or options["force"]):
            message = "There are members already. Use --force to load beside them."
            raise CommandError(message)
        households = int(options["households"])
        if not 1 <= households <= HOUSEHOLDS:
            message = f"--households is a number from 1 to {HOUSEHOLDS}."
            raise CommandError(message)
        now = timezone.now()  # noqa: TID251 -- a command reads the clock
        if settings.TRYOUT:
            demo_sign_ins()
        self._load(households, now, is_bar=bool(options["progress"]))
        if settings.TRYOUT:
            self._make_key(now)

    def _load(self, households: int, now: datetime, *, is_bar: bool) -> None:
        started = time.monotonic()
        progress = Progress(is_bar=is_bar or sys.stderr.isatty())
        try:
            loaded = load_demo(households=households, now=now, on_day=progress)
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        seconds = time.monotonic() - started
        self.stdout.write(
            f"Loaded {loaded.members} members and {loaded.purchases} purchases from "
            f"{loaded.first_day} to {loaded.last_day} in {seconds:.0f} s; "
            f"{loaded.invitations_queued} survey invitations wait for the worker."
        )

    def _make_key(self, now: datetime) -> None:
        """Make an API key for trying out and keep it where only the owner reads it."""
        if ApiKey.objects.filter(name=KEY_NAME).exists():
            return
        new = create_api_key(
            name=KEY_NAME,
            scopes=ApiKey.Scope.values,
            at=now,
            actor=system_actor("demo"),
        )
        path = Path(settings.VAR_DIR) / KEY_FILE
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(
            os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(f"{new.raw}\n")
        self.stdout.write(f"An API key for trying out is in {path}.")
