"""Compile the translations, on a machine without gettext too."""

from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand

from loyalty_site.catalogs import compile_catalogs


class Command(BaseCommand):
    """`manage.py compile_catalogs`."""

    help = "Compile every .po file that is newer than its .mo file."

    def handle(self, *_args: object, **_options: object) -> None:
        written = sum(compile_catalogs(Path(path)) for path in settings.LOCALE_PATHS)
        self.stdout.write(f"{written} catalogues compiled.")
