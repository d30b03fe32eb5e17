"""What each role of the database may do, as SQL.

The owner runs migrations. `app` is what web and worker connect as: it adds to the ledger
and to histories, and can change or take away nothing there. `reports` reads, but no secrets.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psycopg import sql

# Whoever reads for reports has no business with these.
SECRETS = frozenset(
    {
        "accounts_user",
        "account_emailaddress",
        "account_emailconfirmation",
        "apiaccess_apikey",
        "apiaccess_apikeyevent",
        "apiaccess_keyedrequest",
        "apiaccess_loggedrequest",
        "django_session",
        "mfa_authenticator",
        "points_lotterysecret",
        "webhooks_endpoint",
        "webhooks_endpointevent",
    }
)


@dataclass(frozen=True)
class Tables:
    """The tables of the program: all of them, and those that are only added to."""

    everything: tuple[str, ...]
    append_only: frozenset[str]


@dataclass(frozen=True)
class Roles:
    """The names of the roles."""

    app: str
    reports: str


TABLES = """
SELECT c.relname,
  EXISTS (SELECT FROM pg_trigger t WHERE t.tgrelid = c.oid
    AND t.tgname LIKE 'pgtrigger%%is_append_only%%')
  OR EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid
    AND a.attname = 'pgh_id' AND NOT a.attisdropped)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
ORDER BY 1
"""

CHANGEABLE = """
SELECT current_user, coalesce(array_agg(name ORDER BY name), '{}') FROM (
  SELECT name FROM unnest(%(tables)s::text[]) name
  WHERE has_table_privilege(name, 'UPDATE') OR has_table_privilege(name, 'DELETE')
    OR has_table_privilege(name, 'TRUNCATE')
) changeable
"""


def statements(
    roles: Roles, tables: Tables, *, database: str
) -> Iterator[sql.Composed]:
    """Yield what makes the roles and gives them what they may do; safe to repeat."""
    for role in (roles.app, roles.reports):
        yield _made(role)
        yield _all_revoked(role)
        yield _sql("GRANT CONNECT ON DATABASE {} TO {}", database, role)
        yield _sql("GRANT USAGE ON SCHEMA public TO {}", role)
    # Many rows are copied into a table of the session first.
    yield _sql("GRANT TEMPORARY ON DATABASE {} TO {}", database, roles.app)
    yield _sql("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}", roles.app)
    changeable = [each for each in tables.everything if each not in tables.append_only]
    added = sorted(tables.append_only)
    yield _granted("SELECT, INSERT, UPDATE, DELETE", changeable, roles.app)
    yield _granted("SELECT, INSERT", added, roles.app)
    # Imports refresh the planner's statistics; before 17 only an owner can.
    yield sql.SQL(
        "DO $$ BEGIN IF current_setting('server_version_num')::int >= 170000 THEN"
        " GRANT MAINTAIN ON ALL TABLES IN SCHEMA public TO {}; END IF; END $$"
    ).format(sql.Identifier(roles.app))
    readable = [each for each in tables.everything if each not in SECRETS]
    yield _granted("SELECT", readable, roles.reports)


def _made(role: str) -> sql.Composed:
    return sql.SQL(
        "DO $$ BEGIN CREATE ROLE {} NOSUPERUSER NOCREATEDB NOCREATEROLE;"
        " EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    ).format(sql.Identifier(role))


def _all_revoked(role: str) -> sql.Composed:
    return sql.SQL(
        "REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {0};"
        " REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {0};"
        " REVOKE CREATE ON SCHEMA public FROM {0}"
    ).format(sql.Identifier(role))


def _granted(what: str, tables: Iterable[str], role: str) -> sql.Composed:
    names = sql.SQL(", ").join(sql.Identifier(each) for each in tables)
    return sql.SQL("GRANT {} ON {} TO {}").format(
        sql.SQL(what), names, sql.Identifier(role)
    )


def _sql(text: str, *names: str) -> sql.Composed:
    return sql.SQL(text).format(*map(sql.Identifier, names))
