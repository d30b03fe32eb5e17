"""How rows become bytes, and seals a chain; an auditor's program would do the same.

Form 1: a row is the text of its columns as PostgreSQL writes a composite value, instants
as microseconds since 1970, in UTF-8; its hash is SHA-256. The content of a seal is the
SHA-256 of the hashes of its rows in the order of their ids. The root is the SHA-256 of the
root before, 32 zero bytes at first, a line about the seal, and the content.
"""

from collections.abc import Iterator
from hashlib import sha256
from struct import iter_unpack
from typing import NamedTuple

FORM = 1
FIRST_ROOT = bytes(32)
MARK_HASH_BYTES = 4


def _micros(column: str) -> str:
    return f"(extract(epoch FROM {column}) * 1000000)::bigint"


# The columns of a row that never change; those of a lot that do have rows of their own
# that say so.
COLUMNS = {
    "entry": ", ".join(
        [
            "id, account_id, kind, points, debt, qualifying",
            *map(_micros, ("occurred_at", "qualifies_at", "posted_at")),
            "source, source_id, key, actor, reason, reverses_id, trace",
        ]
    ),
    "lot": "id, account_id, entry_id, points, priority, origin_id",
    "allocation": "id, account_id, entry_id, lot_id, points",
}
ROW_HASHES = {
    table: f"""
SELECT id, sha256(convert_to(ROW({columns})::text, 'UTF8')) AS hash
FROM points_{table}"""  # noqa: S608 -- put together from constants
    for table, columns in COLUMNS.items()
}


class Stretch(NamedTuple):
    """What a seal is about: rows of a table, both ends inclusive."""

    table: str
    number: int
    first_id: int
    last_id: int
    rows: int


def root_of(before: bytes, stretch: Stretch, content: bytes) -> bytes:
    """Return the root of a seal that follows the root `before`."""
    about = " ".join(str(each) for each in (FORM, *stretch))
    return sha256(before + about.encode() + b"\n" + content).digest()


def marks_of(first_id: int, marks: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield (id, beginning of the hash) of each row."""
    for place, beginning in iter_unpack(">i4s", marks):
        yield first_id + place, beginning
