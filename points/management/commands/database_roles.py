"""`manage.py database_roles`: give the program's roles what they may do, and no more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction

from points.database_roles import CHANGEABLE, TABLES, Roles, Tables, statements


class Command(BaseCommand):
    """Print the SQL, or run it as the owner; run it again after each migration."""

    help = (
        "Prints, or applies, the grants of the database roles for web, worker, reports."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the names of the roles."""
        parser.add_argument("--app", default="perennial_app")
        parser.add_argument("--reports", default="perennial_reports")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--apply", action="store_true", help="run it, as the owner")
        what.add_argument(
            "--check", action="store_true", help="look at the role that is used here"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Read which tables there are, and say what each role may do with them."""
        if options["check"]:
            self._check()
            return
        roles = Roles(options["app"], options["reports"])
        connection.ensure_connection()
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TABLES)
            rows = cursor.fetchall()
            tables = Tables(
                tuple(name for name, _only in rows),
                frozenset(name for name, is_only in rows if is_only),
            )
            database = connection.settings_dict["NAME"]
            for each in statements(roles, tables, database=database):
                text = each.as_string(connection.connection)
                if options["apply"]:
                    cursor.execute(text)
                else:
                    self.stdout.write(f"{text};")
        if options["apply"]:
            self.stdout.write(
                f"{roles.app} and {roles.reports} may do what they should:"
                f" {len(tables.append_only)} of {len(tables.everything)} tables are"
                " only added to."
            )

    def _check(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            only_added = [name for name, is_only in cursor.fetchall() if is_only]
            cursor.execute(CHANGEABLE, {"tables": only_added})
            [(role, changeable)] = cursor.fetchall()
        if changeable:
            message = (
                f"{role} could change {len(changeable)} tables that are only added to,"
                f" such as {changeable[0]}. Connect as the app role: see"
                " docs/howto/database-roles.md."
            )
            raise CommandError(message)
        self.stdout.write(f"{role} can only add to {len(only_added)} tables.")
