"""`manage.py api_errors`: print docs/api-errors.md, from the refusals themselves."""

from typing import Any

from django.core.management.base import BaseCommand
from django.urls import get_resolver

from loyalty_site.apiaccess.error_codes import as_markdown


class Command(BaseCommand):
    """Print the table of error codes."""

    help = "Print docs/api-errors.md: every code that the API may answer."

    def handle(self, **_options: Any) -> None:
        """Load every address, and so every refusal; then print."""
        get_resolver().url_patterns  # noqa: B018 -- loads the addresses
        self.stdout.write(as_markdown(), ending="")
