"""`manage.py programme`: the programme as a file, out and in, and the file's schema."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from loyalty_site.lib.actors import system_actor
from loyalty_site.lib.errors import DomainError
from points.programme_file.schema import programme_schema
from points.services.programme_file import (
    Loaded,
    load_programme,
    read_programme,
    written_programme,
)


class Command(BaseCommand):
    """Export, load or describe the programme's file."""

    help = "Writes the programme to a JSON file, loads such a file, prints its schema."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take what to do, and with which file."""
        does = parser.add_subparsers(dest="does", required=True)
        export = does.add_parser("export", help="write the programme")
        export.add_argument("file", nargs="?", help="standard output, if left out")
        load = does.add_parser("import", help="load a file, all of it or nothing")
        load.add_argument("file")
        load.add_argument(
            "--dry-run", action="store_true", help="only say what would change"
        )
        does.add_parser("schema", help="print the JSON schema of the file")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do it."""
        if options["does"] == "import":
            self._load(Path(options["file"]), is_trial=options["dry_run"])
            return
        is_schema = options["does"] == "schema"
        document = programme_schema() if is_schema else written_programme()
        text = json.dumps(document, ensure_ascii=False, indent=2)
        if options.get("file"):
            Path(options["file"]).write_text(f"{text}\n", encoding="utf-8")
        else:
            self.stdout.write(text)

    def _load(self, path: Path, *, is_trial: bool) -> None:
        try:
            loaded = load_programme(
                document=read_programme(path.read_text(encoding="utf-8-sig")),
                at=timezone.now(),  # noqa: TID251 -- a command reads the clock
                actor=system_actor("programme.import"),
                is_trial=is_trial,
            )
        except (OSError, UnicodeDecodeError, DomainError) as refusal:
            raise CommandError(str(refusal)) from None
        self._say(loaded)
        if loaded.problems:
            message = f"{len(loaded.problems)} problems; nothing was changed."
            raise CommandError(message)
        done = "would be changed" if is_trial else "changed"
        self.stdout.write(f"{len(loaded.changes)} items {done}.")

    def _say(self, loaded: Loaded) -> None:
        for problem in loaded.problems:
            self.stdout.write(f"{problem.where}: {problem.sentence}")
        for change in loaded.changes:
            sign = "+" if change.is_new else "~"
            self.stdout.write(f"{sign} {change.section} {change.name}".rstrip())
            for field in change.fields:
                self.stdout.write(
                    f"    {field.label}: {field.before or '-'} -> {field.after or '-'}"
                )
