"""Telling PostgreSQL how much there is now, right after much was written.

Autovacuum would do so a minute later; until then plans are made for empty tables.
"""

from django.db import OperationalError, connection, transaction

STAGED = ("points_importrow",)
POSTED = (
    "members_identifier",
    "members_member",
    "points_account",
    "points_entry",
    "points_lot",
    "points_purchase",
)
WORTH_IT_ROWS = 1_000


def refresh_statistics(tables: tuple[str, ...], *, rows: int) -> None:
    """Analyse the tables after `rows` were written; do without when one is busy."""
    if rows < WORTH_IT_ROWS:
        return
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(tables)}")
    except OperationalError:
        return
