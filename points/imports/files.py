"""Looking at a whole file once: its digest, its encoding, its header."""

import csv
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from points.imports.encoding import refuse_as_not_utf8, refuse_other_formats
from points.imports.errors import FileNotReadable

BLOCK_BYTES = 1 << 20
LONGEST_HEADER_BYTES = 64_000
MOST_COLUMNS = 500
BOM = b"\xef\xbb\xbf"
DELIMITERS = (",", ";", "\t", "|")
LONGEST_CHARACTER = 4  # bytes of UTF-8
_SAMPLE_BYTES = 120


@dataclass(frozen=True)
class FileFacts:
    """What is known of a file that can be read; `lines` counts line breaks."""

    sha256: str
    size: int
    lines: int
    header: tuple[str, ...]
    delimiter: str
    data_offset: int


class Utf8Watch:
    """Sees a file go by in blocks and refuses it at the first byte that is not UTF-8."""

    def __init__(self) -> None:
        self.lines = 0
        self.size = 0
        self._tail = b""
        self._sha256 = hashlib.sha256()

    def see(self, block: bytes) -> None:
        """Take the next block; raises FileNotReadable, which names the line."""
        if not self.size:
            refuse_other_formats(block[:4096])
        self._sha256.update(block)
        self._check(self._tail + block, is_last=False)
        self.size += len(block)

    def finish(self) -> str:
        """Return the SHA-256 of all that was seen, in hex."""
        if not self.size:
            refuse_other_formats(b"")
        self._check(self._tail, is_last=True)
        return self._sha256.hexdigest()

    def _check(self, data: bytes, *, is_last: bool) -> None:
        try:
            data.decode()
        except UnicodeDecodeError as error:
            is_cut = error.reason == "unexpected end of data" and not is_last
            if not is_cut or len(data) - error.start >= LONGEST_CHARACTER:
                raise self._refusal(data, error.start) from error
            good, self._tail = data[: error.start], data[error.start :]
        else:
            good, self._tail = data, b""
        self.lines += good.count(b"\n")

    def _refusal(self, data: bytes, start: int) -> FileNotReadable:
        line = self.lines + data.count(b"\n", 0, start) + 1
        begin = data.rfind(b"\n", 0, start) + 1
        sample = data[max(begin, start - _SAMPLE_BYTES) : start + _SAMPLE_BYTES]
        end = sample.find(b"\n", start - max(begin, start - _SAMPLE_BYTES))
        return refuse_as_not_utf8(sample if end < 0 else sample[:end], line=line)


def watched(blocks: Iterable[bytes], watch: Utf8Watch) -> Iterator[bytes]:
    """Pass the blocks on, each seen by `watch` first."""
    for block in blocks:
        if block:
            watch.see(block)
            yield block


def blocks_of(path: Path) -> Iterator[bytes]:
    """Yield the file in blocks."""
    with path.open("rb") as file:
        while block := file.read(BLOCK_BYTES):
            yield block


def facts_of(path: Path, *, watch: Utf8Watch, delimiter: str = "") -> FileFacts:
    """Return what is known of a file that `watch` has seen whole.

    An empty `delimiter` is found in the header. Raises FileNotReadable.
    """
    sha256 = watch.finish()
    with path.open("rb") as file:
        header, found, offset = read_header(file, delimiter=delimiter)
    return FileFacts(
        sha256=sha256,
        size=watch.size,
        lines=watch.lines,
        header=header,
        delimiter=found,
        data_offset=offset,
    )


def read_header(
    file: BinaryIO, *, delimiter: str = ""
) -> tuple[tuple[str, ...], str, int]:
    """Return the column names, the delimiter and where the rows begin."""
    raw = file.readline(LONGEST_HEADER_BYTES + 1)
    if len(raw) > LONGEST_HEADER_BYTES:
        raise FileNotReadable(
            _("Line 1 is too long to be a header. It must name the columns.")
        )
    text = raw.removeprefix(BOM).decode().rstrip("\r\n")
    if "\r" in text:
        raise FileNotReadable(
            _(
                "The lines of the file end in the old Macintosh way. "
                "Open it in a spreadsheet and save it as “CSV UTF-8”."
            )
        )
    delimiter = delimiter or max(DELIMITERS, key=text.count)
    names = _names_in(text, delimiter)
    _refuse_bad_names(names)
    return names, delimiter, len(raw)


def _names_in(text: str, delimiter: str) -> tuple[str, ...]:
    try:
        rows = list(csv.reader([text], delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise FileNotReadable(
            _(
                "Line 1 has a quotation mark that is not closed. It must name the columns."
            )
        ) from error
    return tuple(name.strip() for name in rows[0]) if rows else ()


def _refuse_bad_names(names: tuple[str, ...]) -> None:
    if not any(names):
        raise FileNotReadable(_("Line 1 is blank. It must name the columns."))
    if any("\0" in name for name in names):
        raise FileNotReadable(
            _("Line 1 holds a NUL character. Save the file as “CSV UTF-8”.")
        )
    if len(names) > MOST_COLUMNS:
        raise FileNotReadable(
            _("Line 1 names %(found)s columns; at most %(limit)s can be read.")
            % {"found": len(names), "limit": MOST_COLUMNS}
        )
    doubled = sorted({name for name in names if name and names.count(name) > 1})
    if doubled:
        raise FileNotReadable(
            _("Line 1 names the column “%(name)s” twice. Give each a name of its own.")
            % {"name": doubled[0]}
        )
