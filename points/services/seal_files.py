"""Roots of the seals outside the database: a file with a line for each day and table.

A line reads `2026-11-22 entry 17 9f86d081...`: the day, the table, the number of its last
seal and that seal's root in hexadecimal digits.
"""

import os
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from django.conf import settings
from django.core.mail import send_mail
from django.utils.translation import gettext as _

from points.models import Seal
from points.selectors.seal_proof import KeptRoot

NAME = "perennial-roots-{year}.txt"
FIELDS = 4


def latest_roots() -> list[KeptRoot]:
    """Return the root of each table's last seal."""
    newest = Seal.objects.order_by("table", "-number").distinct("table")
    return [
        KeptRoot(table, number, bytes(root).hex())
        for table, number, root in newest.values_list("table", "number", "root")
    ]


def kept_roots() -> Iterator[KeptRoot]:
    """Yield the roots that were kept outside, the oldest first; none without a folder."""
    folder = settings.SEAL_DIR
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.glob(NAME.format(year="*"))):
        for line in path.read_text(encoding="utf-8").splitlines():
            fields = line.split()
            if len(fields) == FIELDS:
                yield KeptRoot(fields[1], int(fields[2]), fields[3])


def keep_roots(*, on: date) -> list[str]:
    """Keep the roots of a day outside, once a day; return the lines that were written.

    They are in the file, and on its disk, when this returns; then they are mailed to
    whom the settings name.
    """
    lines = list(root_lines(on))
    folder = settings.SEAL_DIR
    if folder is None or not lines:
        return []
    path = folder / NAME.format(year=on.year)
    if path.exists() and f"{on.isoformat()} " in path.read_text(encoding="utf-8"):
        return []
    _append(path, lines)
    if settings.SEAL_MAIL_TO:
        subject = _("Roots of the ledger, %(day)s") % {"day": on.isoformat()}
        send_mail(subject, "\n".join(lines), None, settings.SEAL_MAIL_TO)
    return lines


def root_lines(on: date) -> Iterator[str]:
    """Yield the lines of the roots as they are now."""
    for each in latest_roots():
        yield f"{on.isoformat()} {each.table} {each.number} {each.root}"


def _append(path: Path, lines: Iterable[str]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
