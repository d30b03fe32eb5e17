"""Make the rollups of the touched members equal to the facts; the one way there is.

A refresh, the first fill and the full check all go through `reaggregate`.
"""

from typing import Any

from django.db import connection
from psycopg.sql import SQL, Composable, Identifier, Literal

from reports.services.cubes import CUBES, EVERYBODY, TOUCHED, Cube
from reports.services.grains import GRAINS, Grain

SAMPLE_ROWS = 20
_LOCK = 0x5045_5245  # Any number that nobody else locks.


def execute(statement: Composable, params: dict[str, Any] | None = None) -> int:
    """Run a statement in the current transaction; return how many rows it wrote."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        count: int = cursor.rowcount
    return count


def rows_of(
    statement: Composable, params: dict[str, Any] | None = None
) -> list[tuple[Any, ...]]:
    """Run a query in the current transaction and return its rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def begin_alone() -> None:
    """Wait until no other process changes rollups, up to the end of the transaction."""
    execute(SQL("SET LOCAL lock_timeout = '60s'"))
    execute(SQL("SELECT pg_advisory_xact_lock({})").format(Literal(_LOCK)))
    # Many rows once: compiling the plan costs more than it saves, and sorts fit.
    execute(SQL("SET LOCAL jit = off"))
    execute(SQL("SET LOCAL work_mem = '128MB'"))


def touch(members: Composable, params: dict[str, Any] | None = None) -> int:
    """Put the selected `member_id`s into the temporary table `touched`."""
    execute(SQL("DROP TABLE IF EXISTS pg_temp.touched"))
    count = execute(
        SQL(
            "CREATE TEMPORARY TABLE touched ON COMMIT DROP AS "
            "SELECT DISTINCT member_id FROM ({}) chosen"
        ).format(members),
        params,
    )
    execute(SQL("ANALYZE touched"))
    return count


def reaggregate(*, zone: str) -> dict[str, list[tuple[Any, ...]]]:
    """Recompute the touched members and return, by table, a sample of what changed.

    Tables that were right are left out. The cubes move by the difference.
    """
    for cube in CUBES:
        _keep(cube, "before")
    changed = {grain.table: _renew(grain, zone) for grain in GRAINS}
    for cube in CUBES:
        _keep(cube, "after")
        _move(cube)
    return {table: rows for table, rows in changed.items() if rows}


def put_right(*, zone: str) -> dict[str, list[tuple[Any, ...]]]:
    """Recompute only those of the touched members whose rows are wrong.

    Returns what `reaggregate` does. Where everything is right, nothing but the facts
    and the rows at the member's grain is read.
    """
    wrong = {member for grain in GRAINS for member in _members_wrong(grain, zone)}
    if not wrong:
        return {}
    touch(SQL("SELECT unnest(%(ids)s::bigint[]) AS member_id"), {"ids": list(wrong)})
    return reaggregate(zone=zone)


def _members_wrong(grain: Grain, zone: str) -> list[int]:
    _fill_fresh(grain, zone)
    rows = rows_of(
        SQL(
            "(SELECT {columns} FROM fresh EXCEPT ALL SELECT {columns} FROM {table} "
            "WHERE {touched}) UNION ALL (SELECT {columns} FROM {table} WHERE {touched} "
            "EXCEPT ALL SELECT {columns} FROM fresh)"
        ).format(columns=grain.all_columns, table=grain.name, touched=TOUCHED)
    )
    place = (grain.key + grain.columns).index("member_id")
    return [row[place] for row in rows]


def _fill_fresh(grain: Grain, zone: str) -> None:
    _temporary("fresh", SQL("SELECT {} FROM {} LIMIT 0").format(*_columns_of(grain)))
    execute(SQL("INSERT INTO fresh {}").format(grain.fresh), {"zone": zone})
    execute(SQL("ANALYZE fresh"))


def _renew(grain: Grain, zone: str) -> list[tuple[Any, ...]]:
    """Replace the rows that differ; rows that are right are not written."""
    _fill_fresh(grain, zone)
    gone = rows_of(
        SQL(
            "DELETE FROM {table} old WHERE {touched} AND NOT EXISTS "
            "(SELECT FROM fresh WHERE ({new_key}) = ({old_key})) RETURNING member_id"
        ).format(
            table=grain.name,
            touched=TOUCHED,
            new_key=_keys(grain, "fresh"),
            old_key=_keys(grain, "old"),
        )
    )
    written = rows_of(
        SQL(
            "INSERT INTO {table} ({columns}) SELECT {columns} FROM fresh "
            "EXCEPT SELECT {columns} FROM {table} WHERE {touched} "
            "ON CONFLICT ({key}) DO UPDATE SET {changes} RETURNING member_id"
        ).format(
            table=grain.name,
            columns=grain.all_columns,
            touched=TOUCHED,
            key=_keys(grain),
            changes=SQL(", ").join(
                SQL("{0} = excluded.{0}").format(Identifier(column))
                for column in grain.columns
            ),
        )
    )
    return gone + written


def _columns_of(grain: Grain) -> tuple[Composable, Composable]:
    return grain.all_columns, grain.name


def _keys(grain: Grain, *table: str) -> Composable:
    return SQL(", ").join(Identifier(*table, column) for column in grain.key)


def _keep(cube: Cube, when: str) -> None:
    empty = SQL("SELECT {} FROM {} LIMIT 0").format(cube.columns, cube.name)
    kept = f"{cube.table}_{when}"
    _temporary(kept, empty)
    rows = cube.of(TOUCHED, suffix=f"_{when}")
    execute(SQL("INSERT INTO {} {}").format(Identifier(kept), rows))


def _move(cube: Cube) -> None:
    """Add what the touched members add now, less what they added before."""
    sums = [Identifier(name) for name in cube.sums]
    _temporary(
        "moved",
        SQL(
            "SELECT {keys}, {totals} FROM (SELECT {columns} FROM {after} UNION ALL "
            "SELECT {keys}, {negated} FROM {before}) both_sides "
            "GROUP BY {keys} HAVING {any_moved}"
        ).format(
            keys=cube.keys,
            columns=cube.columns,
            totals=SQL(", ").join(SQL("sum({0}) AS {0}").format(s) for s in sums),
            negated=SQL(", ").join(SQL("-{}").format(s) for s in sums),
            before=Identifier(f"{cube.table}_before"),
            after=Identifier(f"{cube.table}_after"),
            any_moved=SQL(" OR ").join(SQL("sum({}) <> 0").format(s) for s in sums),
        ),
    )
    execute(
        SQL(
            "INSERT INTO {table} AS cube ({columns}) SELECT {columns} FROM moved "
            "ON CONFLICT ({keys}) DO UPDATE SET {added}"
        ).format(
            table=cube.name,
            columns=cube.columns,
            keys=cube.keys,
            added=SQL(", ").join(
                SQL("{0} = cube.{0} + excluded.{0}").format(s) for s in sums
            ),
        )
    )
    execute(
        SQL(
            "DELETE FROM {table} WHERE ({keys}) IN (SELECT {keys} FROM moved) "
            "AND {all_zero}"
        ).format(
            table=cube.name,
            keys=cube.keys,
            all_zero=SQL(" AND ").join(SQL("{} = 0").format(s) for s in sums),
        )
    )


def rebuild_cube(cube: Cube) -> list[tuple[Any, ...]]:
    """Make the cube what everybody's rows add up to; return the rows that differed."""
    _temporary(
        "whole", SQL("SELECT {} FROM {} LIMIT 0").format(cube.columns, cube.name)
    )
    execute(SQL("INSERT INTO whole {}").format(cube.of(EVERYBODY)))
    different = rows_of(
        SQL(
            "(SELECT {columns} FROM whole EXCEPT SELECT {columns} FROM {table}) "
            "UNION ALL "
            "(SELECT {columns} FROM {table} EXCEPT SELECT {columns} FROM whole)"
        ).format(columns=cube.columns, table=cube.name)
    )
    if different:
        execute(SQL("DELETE FROM {}").format(cube.name))
        execute(
            SQL("INSERT INTO {table} ({columns}) SELECT {columns} FROM whole").format(
                table=cube.name, columns=cube.columns
            )
        )
    return different


def _temporary(name: str, query: Composable) -> None:
    """Make a temporary table; a transaction may hold several refreshes."""
    execute(SQL("DROP TABLE IF EXISTS pg_temp.{}").format(Identifier(name)))
    execute(
        SQL("CREATE TEMPORARY TABLE {} ON COMMIT DROP AS {}").format(
            Identifier(name), query
        )
    )
