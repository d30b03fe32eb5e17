"""Compiling the translations without gettext's own programs."""

from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogs(locale: Path) -> int:
    """Write the .mo beside every .po that is newer; return how many were written."""
    written = 0
    for source in sorted(locale.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        with source.open("rb") as readable:
            catalog = read_po(readable)
        # Renamed into place: another process may be reading the old one.
        fresh = target.with_suffix(".mo.new")
        with fresh.open("wb") as writable:
            write_mo(writable, catalog)
        fresh.rename(target)
        written += 1
    return written
