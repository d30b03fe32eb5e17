"""The hot statements of the engine: prepared by the server, outside the ORM.

They run on the connection, and so in the transaction, that Django holds.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor
from psycopg.rows import TupleRow

# Above this many rows a plan made for the actual number is worth its planning.
PREPARED_ROWS = 500


def run(
    statement: str, params: Mapping[str, Any], *, rows: int = 1
) -> list[tuple[Any, ...]]:
    """Execute the statement and return its rows; `rows` is about how many go in."""
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor: Cursor[TupleRow] = Cursor(database.connection)
        cursor.execute(
            statement, params, prepare=None if rows < PREPARED_ROWS else False
        )
        # Asking for the description would build an object for every column.
        return [] if cursor.rownumber is None else cursor.fetchall()


def as_json(rows: list[dict[str, Any]]) -> str:
    """Return rows as JSON text for `json_to_recordset`."""
    return _encoder.encode(rows)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    message = f"{type(value).__name__} does not belong in a posting."
    raise TypeError(message)


_encoder = json.JSONEncoder(
    default=_plain, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
