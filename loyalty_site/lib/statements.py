"""Statements that a till waits for: prepared by the server, outside the ORM.

They run on the connection, and so in the transaction, that Django holds.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.rows import TupleRow


def fetch(
    statement: str, values: Sequence[Any] | Mapping[str, Any]
) -> list[tuple[Any, ...]]:
    """Execute the statement and return its rows; without rows, an empty list."""
    connection.ensure_connection()
    with connection.wrap_database_errors:
        cursor: Cursor[TupleRow] = Cursor(connection.connection)
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []
