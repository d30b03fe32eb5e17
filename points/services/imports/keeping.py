"""Keeping the file of an import: whole or not at all, readable by the program alone."""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from points.imports.errors import FileNotReadable
from points.imports.files import FileFacts, Utf8Watch, facts_of, watched


class KeptFile(NamedTuple):
    """What is known of a file that was kept; `path` is below VAR_DIR."""

    path: str
    facts: FileFacts


def keep_file(
    *, public_id: UUID, blocks: Iterable[bytes], delimiter: str = ""
) -> KeptFile:
    """Write the file down under the id of its import.

    Raises FileNotReadable when it is too large, empty, not UTF-8 or without a header;
    then nothing is kept.
    """
    path = _folder() / f"{public_id}.csv"
    try:
        facts = _write(path, blocks, delimiter)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return KeptFile(str(path.relative_to(settings.VAR_DIR)), facts)


def kept_file(path: str) -> Path:
    """Return where the file is; raises FileNotReadable when it is gone."""
    found = Path(settings.VAR_DIR, path)
    if not (path and found.is_file()):
        raise FileNotReadable(_("The file is no longer here. Upload it again."))
    return found


def forget_file(path: str) -> None:
    """Delete the file; one that is gone already is no matter."""
    Path(settings.VAR_DIR, path).unlink(missing_ok=True)


def _folder() -> Path:
    folder = Path(settings.VAR_DIR, "imports")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _write(path: Path, blocks: Iterable[bytes], delimiter: str) -> FileFacts:
    watch = Utf8Watch()
    with path.open("wb") as file:
        path.chmod(0o600)
        for block in watched(blocks, watch):
            file.write(block)
            if watch.size > settings.UPLOAD_MAX_BYTES:
                raise FileNotReadable(
                    _("The file is larger than %(limit)s MB. Split it.")
                    % {"limit": settings.UPLOAD_MAX_BYTES // 1_000_000}
                )
    return facts_of(path, watch=watch, delimiter=delimiter)
