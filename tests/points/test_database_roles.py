"""Each role does its work, and is refused what it must not do."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from points.models import Entry
from points.services.purchases import post_purchases
from points.services.refunds import RefundWish, refund_purchase
from points.services.sealing import seal_ledger
from points.services.tiers import recompute_all_tiers
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    new_purchase,
    purchase_of,
    redeem,
)
from tests.points.books import differences

pytestmark = pytest.mark.django_db
APP, REPORTS = "perennial_test_app", "perennial_test_reports"


@pytest.fixture
def roles(db):
    """Both roles, gone again with the test's transaction."""
    call_command("database_roles", "--apply", "--app", APP, "--reports", REPORTS)


@contextmanager
def connected_as(role: str) -> Iterator[None]:
    """Do something with what that role may do, and nothing of the owner's."""
    with connection.cursor() as cursor:
        cursor.execute(f"SET ROLE {role}")
        try:
            yield
        finally:
            cursor.execute("RESET ROLE")


def refused(statement: str, role: str) -> str:
    with (
        connected_as(role),
        pytest.raises(ProgrammingError) as refusal,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    return str(refusal.value)


def test_the_app_does_its_work(roles):
    with connected_as(APP):
        make_rule()
        make_tiers(silver=100)
        member = make_member()
        posted = make_purchase(member, amount_minor=15_000)
        wish = RefundWish("till", "b-1", NOON, 5_000)
        refund_purchase(purchase=purchase_of(posted), wish=wish, at=NOON, actor=CLERK)
        redeem(member, make_reward(cost=20))
        recompute_all_tiers(at=NOON)
        # So many are copied into a table of the session.
        many = [new_purchase(member) for _each in range(600)]
        post_purchases(purchases=many, at=NOON, actor=CLERK)
        seal_ledger(at=NOON)
        assert differences() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE points_entry SET points = 5",
        "DELETE FROM points_allocation",
        "TRUNCATE points_tierchange",
        "UPDATE points_seal SET rows = 1",
        "UPDATE members_memberevent SET full_name = 'X'",
        "DELETE FROM points_programmeevent",
        "TRUNCATE points_purchase",
        "ALTER TABLE points_entry DISABLE TRIGGER ALL",
        "DROP TABLE points_entry",
        "CREATE TABLE own (id int)",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_can_only_add(roles, statement):
    give_points(make_member(), 5, at=NOON)
    said = refused(statement, APP)
    assert "permission denied" in said or "must be owner" in said
    assert Entry.objects.get().points == 5


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO points_programme (id) VALUES (2)",
        "UPDATE points_account SET balance = 5",
        "SELECT password FROM accounts_user",
        "SELECT * FROM apiaccess_apikey",
        "SELECT nextval(pg_get_serial_sequence('points_entry', 'id'))",
    ],
)
def test_reports_only_read_and_no_secrets(roles, statement):
    assert "permission denied" in refused(statement, REPORTS)


def test_reports_read_the_ledger(roles):
    give_points(make_member(), 5, at=NOON)
    with connected_as(REPORTS):
        assert Entry.objects.get().points == 5


def test_it_is_safe_to_repeat_and_can_be_printed(roles, capsys):
    call_command("database_roles", "--apply", "--app", APP, "--reports", REPORTS)
    call_command("database_roles", "--app", APP, "--reports", REPORTS)
    printed = capsys.readouterr().out
    assert 'GRANT SELECT, INSERT ON "apiaccess' not in printed
    assert f'TO "{REPORTS}";' in printed


def test_a_check_says_whether_the_role_is_the_right_one(roles, capsys):
    with pytest.raises(CommandError, match="could change"):
        call_command("database_roles", "--check")
    with connected_as(APP):
        call_command("database_roles", "--check")
    assert f"{APP} can only add" in capsys.readouterr().out
