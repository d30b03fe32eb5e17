"""`manage.py report_definitions > docs/metrics.md`: what every number means."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from reports.definitions import REPORTS
from reports.definitions.meanings import CONVENTIONS

INTRODUCTION = """# What the numbers of the reports mean

Written by `python manage.py report_definitions`; change `reports/definitions/meanings.py`.
"""


class Command(BaseCommand):
    """Print the definitions of all metrics as Markdown."""

    help = "Print what every number of the reports means, as Markdown."
    requires_system_checks: list[str] = []

    def handle(self, *_args: str, **_options: Any) -> None:
        with translation.override("en"):
            self.stdout.write(definitions_as_markdown(), ending="")


def definitions_as_markdown() -> str:
    """Return the conventions and the metrics of each report."""
    parts = [INTRODUCTION, "\n## For all reports\n"]
    parts += [f"\n**{each.name}.** {each.meaning}\n" for each in CONVENTIONS]
    for report in REPORTS.values():
        parts.append(f"\n## {report.title}: `{report.slug}`\n")
        for metric in report.metrics:
            parts.append(f"\n### {metric.name}\n\n{metric.meaning}\n")
            parts.append(f"\n    {metric.formula}\n" if metric.formula else "")
            parts.append(f"\n`{metric.slug}`, version {metric.version}.\n")
    return "".join(parts)
