"""Send a wave of a survey, or say whom it would ask."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.errors import DomainError
from surveys.models import SkippedInvite, Survey
from surveys.selectors.audience import audience_plan
from surveys.services.waves import open_wave


class Command(BaseCommand):
    """`send_survey SLUG --period NAME [--dry-run]`; one wave per period, ever."""

    help = "Send a wave of a survey; the same period is sent once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Name the survey and the period."""
        parser.add_argument("slug")
        parser.add_argument("--period", help="for example 2026-11; default: today")
        parser.add_argument("--dry-run", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002 -- Django's
        """Open the wave; workers send its mails."""
        survey = Survey.objects.filter(slug=options["slug"]).first()
        if survey is None:
            message = f"There is no survey called “{options['slug']}”."
            raise CommandError(message)
        now = timezone.now()  # noqa: TID251 -- a command reads the clock
        plan = audience_plan(survey=survey, at=now)
        self.stdout.write(f"{plan.invited} members would get the mail.")
        for reason, count in sorted(plan.skipped.items()):
            self.stdout.write(f"{count} left out: {SkippedInvite.Reason(reason).label}")
        if options["dry_run"]:
            return
        try:
            wave = open_wave(
                survey=survey,
                period=options["period"] or f"{timezone.localdate(now)}",
                sends_from=now,
                at=now,
                actor=system_actor("send_survey"),
            )
        except DomainError as refusal:
            raise CommandError(str(refusal.sentence)) from refusal
        self.stdout.write(f"Wave {wave.label} is open: {wave.get_absolute_url()}")
