"""Ledgers of earlier versions are carried along."""

from importlib import import_module

import pytest
from django.db import connection

from points.models import Entry
from tests.factories import make_member, make_purchase, make_rule
from tests.points.books import differences

pytestmark = pytest.mark.django_db
renaming = import_module("points.migrations.0008_earnings_follow_their_purchase")


def run(statements: str) -> None:
    with connection.cursor() as cursor:
        # What is deferred until the commit would keep the table from being altered.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(statements)


def test_earnings_of_an_earlier_version_are_found_again():
    make_rule()
    purchase = make_purchase(make_member(), source="till", source_id="R-1")
    run(renaming.BACKWARD)
    assert Entry.objects.get().key == "earn:till:R-1"
    assert differences() != []

    run(renaming.FORWARD)

    assert Entry.objects.get().key == f"earn:{purchase.public_id}"
    assert differences() == []


def test_the_ledger_is_closed_again_afterwards():
    make_rule()
    make_purchase(make_member())
    run(renaming.FORWARD)
    with pytest.raises(Exception, match="append_only"):
        Entry.objects.update(points=1)
