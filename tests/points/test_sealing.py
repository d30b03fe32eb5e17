"""What was sealed cannot change unseen: not a row, not a seal, not the chain."""

import time
from datetime import date, timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections

from points.models import Entry, Seal
from points.selectors.seal_proof import broken_seals
from points.services import sealing
from points.services.seal_files import keep_roots, kept_roots
from points.services.sealing import seal_ledger
from tests.factories import NOON, give_points, make_member, make_reward, redeem
from tests.points.books import differences

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 15)
# What is written in a test's transaction is never committed, and so never sure to be
# complete; one test commits.
AS_IF_OVER = sealing.SEEN.replace("pg_snapshot_xmax", "pg_snapshot_xmin")


@pytest.fixture
def ledger(db, request, monkeypatch):
    """Six entries: five bonuses of one member, and a redemption."""
    if "transactional_db" not in request.fixturenames:
        assert AS_IF_OVER != sealing.SEEN
        monkeypatch.setattr(sealing, "SEEN", AS_IF_OVER)
    member = make_member()
    entries = [give_points(member, 10 + n, at=NOON) for n in range(5)]
    redeem(member, make_reward(cost=25), at=NOON + timedelta(hours=1))
    return member, entries


def behind_the_triggers(statement: str, *values: object) -> None:
    """Do what the owner of the database could do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = origin")


def seal_all() -> int:
    return seal_ledger(at=NOON)


def seal_when_sure() -> int:
    """Seal as soon as no transaction of the server's other databases is going on."""
    for _try in range(100):
        if rows := seal_all():
            return rows
        time.sleep(0.2)
    return 0


def test_everything_is_sealed_once_and_stretches_follow_each_other(ledger, monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_PER_SEAL", 2)
    assert seal_all() == 6 + 5 + 3
    assert seal_all() == 0
    stretches = Seal.objects.filter(table="entry").order_by("number")
    assert [each.rows for each in stretches] == [2, 2, 2]
    assert broken_seals() == []
    member, _entries = ledger
    give_points(member, 1, at=NOON)
    assert seal_all() == 2
    assert [each.number for each in stretches.all()] == [1, 2, 3, 4]
    assert differences() == []


def test_verify_names_the_first_row_that_changed(ledger, monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_PER_SEAL", 2)
    _member, entries = ledger
    seal_all()
    for entry in entries[3:]:
        behind_the_triggers(
            "UPDATE points_entry SET reason = 'gift' WHERE id = %s", entry.pk
        )
    [(row, found, expected)] = broken_seals()
    assert row == f"entry {entries[3].pk}"
    assert found != expected
    assert any(each.startswith(f"entry {entries[3].pk}: ") for each in differences())


@pytest.mark.parametrize(
    ("statement", "row"),
    [
        ("UPDATE points_entry SET occurred_at = occurred_at + interval '1 microsecond' WHERE id = %s", "entry {}"),
        ("UPDATE points_entry SET trace = '{{}}' WHERE id = %s", "entry {}"),
        ("UPDATE points_lot SET points = points + 1, remaining = remaining + 1 WHERE entry_id = %s", "lot {}"),
        ("DELETE FROM points_allocation WHERE lot_id = (SELECT id FROM points_lot WHERE entry_id = %s)", "allocation {}"),
    ],
)  # fmt: skip
def test_each_kind_of_change_is_found(ledger, statement, row):
    seal_all()
    entry = ledger[1][0]
    behind_the_triggers(statement.replace("{{}}", "{}"), entry.pk)
    ids = {
        "entry": entry.pk,
        "lot": entry.lot.pk,
        "allocation": min(
            Seal.objects.filter(table="allocation").values_list("first_id", flat=True)
        ),
    }
    [(found, *_rest)] = broken_seals()
    table = row.split()[0]
    assert found.split()[0] == table
    if table != "allocation":
        assert found == row.format(ids[table])


def copied(entry_id: int, as_id: int) -> str:
    """Return the statement that forges another entry after one that is there."""
    return (
        "INSERT INTO points_entry SELECT (jsonb_populate_record(e, jsonb_build_object("
        f"'id', {as_id}, 'key', 'copy', 'points', 0))).* FROM points_entry e"
        f" WHERE id = {entry_id}"
    )


def next_entry_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('points_entry', 'id'))")
        return cursor.fetchone()[0]


def test_a_row_that_is_put_in_later_is_found(ledger):
    member, entries = ledger
    unused = next_entry_id()
    give_points(member, 1, at=NOON)
    seal_all()
    behind_the_triggers(copied(entries[0].pk, unused))
    [(row, _found, expected)] = broken_seals()
    assert (row, expected) == (f"entry {unused}", "no such row")


def test_what_may_change_on_a_lot_is_not_sealed(ledger):
    seal_all()
    lot = ledger[1][0].lot
    behind_the_triggers(
        "UPDATE points_lot SET expires_at = %s WHERE id = %s",
        NOON + timedelta(days=9),
        lot.pk,
    )
    assert broken_seals() == []


def test_a_seal_that_is_made_anew_breaks_the_chain(ledger, monkeypatch):
    monkeypatch.setattr(sealing, "ROWS_PER_SEAL", 2)
    seal_all()
    behind_the_triggers(
        "UPDATE points_seal SET content = sha256('x') WHERE \"table\" = 'entry'"
        " AND number = 2"
    )
    [(row, *_rest)] = broken_seals()
    assert row == "seal 2 of entry"


def test_a_whole_new_chain_is_not_the_one_that_was_kept(ledger, settings, tmp_path):
    settings.SEAL_DIR = tmp_path
    seal_all()
    assert len(keep_roots(on=TODAY)) == 3
    assert keep_roots(on=TODAY) == []
    assert broken_seals(kept_roots()) == []
    entry = ledger[1][2]
    behind_the_triggers("UPDATE points_entry SET points = 99 WHERE id = %s", entry.pk)
    behind_the_triggers("DELETE FROM points_seal")
    behind_the_triggers("DELETE FROM points_sealhorizon")
    seal_all()
    assert broken_seals() == []
    [(row, *_rest)] = broken_seals(kept_roots())
    assert row == "seal 1 of entry"
    assert any("seal 1 of entry" in each for each in differences())
    with pytest.raises(CommandError):
        call_command("verify", "--json", "--workers=1")


def test_roots_are_mailed_and_printed(ledger, settings, tmp_path, capsys):
    settings.SEAL_DIR, settings.SEAL_MAIL_TO = tmp_path, ["auditor@example.org"]
    call_command("seal_ledger")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in lines] == ["allocation", "entry", "lot"]
    [message] = mail.outbox
    assert message.body.splitlines() == lines
    [file] = tmp_path.iterdir()
    assert file.read_text(encoding="utf-8").splitlines() == lines
    call_command("seal_ledger")
    assert len(mail.outbox) == 1


def test_what_commits_late_is_sealed_late(transactional_db, ledger):
    """An id was given out before the later ones were committed."""
    other = connections.create_connection("default")
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute(
                "SELECT 1 FROM points_account WHERE member_id = %s FOR UPDATE",
                [ledger[0].pk],
            )
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence('points_entry', 'id'))"
            )
            [late_id] = cursor.fetchone()
            newest = give_points(make_member(), 7, at=NOON)
            assert newest.pk > late_id
            # Nothing is sure while the other one is going on.
            assert seal_all() == 0
            assert seal_all() == 0
            cursor.execute(copied(ledger[1][0].pk, late_id))
            cursor.execute("COMMIT")
    finally:
        other.close()
    assert seal_when_sure() > 0
    sealed = Seal.objects.get(table="entry")
    assert sealed.rows == Entry.objects.count()
    assert broken_seals() == []
