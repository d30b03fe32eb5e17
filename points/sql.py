"""The hot statements of the engine: prepared by the server, outside the ORM.

They run on the connection, and so in the transaction, that Django holds.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from typing import Any
from uuid import UUID
from zlib import crc32

from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import Cursor
from psycopg.rows import TupleRow

# Above this many rows a plan made for the actual number is worth its planning, and a
# table is read faster than a document.
PREPARED_ROWS = 500
Rows = Sequence[tuple[Any, ...]]
# The plan for one id is the same for every id, so the server keeps it; that for an array
# depends on its length and is made anew each time.
ONE, MANY = "= %(ids)s", "= ANY(%(ids)s::bigint[])"


@dataclass(frozen=True)
class Given:
    """Rows that a statement is given; written into it, they read as a table.

    `columns` are names with types, as in `"account_id bigint, key text"`. A few rows go
    as a JSON document, so that the statement can be prepared; many are copied first.
    """

    name: str
    columns: str

    def __str__(self) -> str:
        return (
            f"json_to_recordset(%({self.name})s::json) AS {self.name}({self.columns})"
        )

    @cached_property
    def names(self) -> list[str]:
        """The names of the columns."""
        return [column.split()[0] for column in self.columns.split(",")]

    @cached_property
    def table(self) -> str:
        """The session's own table, another one for other columns."""
        return f"pg_temp.{self.name}_{crc32(self.columns.encode()):x}"

    @property
    def copied(self) -> str:
        """What stands in the statement instead, where the rows are copied."""
        return f"{self.table} AS {self.name}"

    def as_json(self, rows: Rows) -> str:
        """Return the rows as the document."""
        return _encoder.encode(
            [dict(zip(self.names, row, strict=True)) for row in rows]
        )

    def copy(self, cursor: Cursor[TupleRow], rows: Rows) -> None:
        """Write the rows into the session's own table."""
        cursor.execute(
            f"CREATE TEMPORARY TABLE IF NOT EXISTS {self.table} ({self.columns})"
        )
        cursor.execute(f"TRUNCATE {self.table}")
        with cursor.copy(f"COPY {self.table} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)


def run(
    statement: str,
    params: Mapping[str, Any] | None = None,
    given: Mapping[Given, Rows] | None = None,
    *,
    rows: int = 1,
) -> list[tuple[Any, ...]]:
    """Execute the statement and return its rows; `rows` is about how many go in.

    They come in binary, which reads faster; jsonb comes as what it holds.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    with database.wrap_database_errors:
        cursor: Cursor[TupleRow] = Cursor(database.connection)
        values = dict(params or {})
        for table, its_rows in (given or {}).items():
            rows = max(rows, len(its_rows))
            if len(its_rows) < PREPARED_ROWS:
                values[table.name] = table.as_json(its_rows)
            else:
                table.copy(cursor, its_rows)
                statement = statement.replace(str(table), table.copied)
        cursor.execute(
            statement,
            values,
            prepare=None if rows < PREPARED_ROWS else False,
            binary=True,
        )
        # Asking for the description would build an object for every column.
        return [] if cursor.rownumber is None else cursor.fetchall()


def run_for(
    ids: Collection[int], statement: str, params: Mapping[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Execute a statement in which `{are_asked}` stands behind the column of the ids."""
    if len(ids) == 1:
        [only] = ids
        return run(statement.format(are_asked=ONE), {"ids": only, **(params or {})})
    return run(
        statement.format(are_asked=MANY),
        {"ids": list(ids), **(params or {})},
        rows=len(ids),
    )


def as_json(value: object) -> str:
    """Return a value as JSON text, for a column of text that is cast."""
    return _encoder.encode(value)


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Decimal | UUID):
        return str(value)
    message = f"{type(value).__name__} does not belong in a posting."
    raise TypeError(message)


_encoder = json.JSONEncoder(
    default=_plain, separators=(",", ":"), ensure_ascii=False, check_circular=False
)
