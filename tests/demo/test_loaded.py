"""The sample data as it stands after one load: the real baskets, books that add up."""

import io
import json
from datetime import date
from pathlib import Path

import duckdb
import time_machine
from django.conf import settings
from django.core.management import call_command

from loyalty_site.apiaccess.models import ApiKey
from members.models import Member
from points.models import Entry, Purchase
from reports.demo import history
from reports.demo.baskets import FILE, shift_for
from surveys.models import Invitation, Response, Wave
from tests.demo.conftest import HOUSEHOLDS, NOW, load_demo_data


def test_the_purchases_are_those_of_the_file(loaded):
    [rows] = duckdb.sql(
        "SELECT count(*), count(DISTINCT household), sum(round(amount * 100))::bigint "
        f"FROM read_csv_auto('{FILE}') WHERE rank < {HOUSEHOLDS} "
        # 22 November is a Sunday: the last day of the data is left out.
        "AND bought_at < '2017-12-31'"
    ).fetchall()
    posted = Purchase.objects.filter(source=history.SOURCE)

    assert rows == (
        posted.count(),
        posted.values("member").distinct().count(),
        sum(posted.values_list("amount_minor", flat=True)),
    )


def test_the_retention_report_counts_what_the_file_holds(loaded):
    shift = shift_for(date(2026, 11, 22)).days
    expected = duckdb.sql(
        f"""
        WITH visit AS (
            SELECT household,
                   date_trunc('month', bought_at + INTERVAL {shift} DAY) AS month
            FROM read_csv_auto('{FILE}')
            WHERE rank < {HOUSEHOLDS} AND bought_at < '2017-12-31'
        ), first AS (
            SELECT household, min(month) AS cohort FROM visit GROUP BY household
        )
        SELECT strftime(cohort, '%Y-%m'), strftime(month, '%Y-%m'),
               count(DISTINCT household)
        FROM visit JOIN first USING (household) GROUP BY ALL
        """
    ).fetchall()
    out = io.StringIO()
    call_command("report", "cohort-retention", format="json", stdout=out)
    cells = json.loads(out.getvalue())["tables"]["cells"]

    shown = {(each["cohort"], each["month"], each["members"]) for each in cells}
    assert {each for each in shown if each[2]} == set(expected)


def test_the_books_add_up(loaded):
    with time_machine.travel(NOW, tick=False):
        call_command("verify", "--workers=1", stdout=io.StringIO())

    kinds = set(Entry.objects.values_list("kind", flat=True))
    assert {"earn", "redeem", "expire", "bonus"} <= kinds
    assert not Entry.objects.filter(occurred_at__gt=NOW).exists()


def test_one_wave_is_over_and_one_waits_for_the_worker(loaded):
    over, running = Wave.objects.order_by("period")

    assert (over.period, over.state, over.is_generated) == ("2026-10", "closed", True)
    assert (running.period, running.state) == ("2026-11", "open")
    assert running.invitations.filter(state=Invitation.State.QUEUED).exists()
    assert not Response.objects.filter(is_generated=False).exists()


def test_a_second_load_changes_nothing(loaded):
    before = (Member.objects.count(), Entry.objects.count(), ApiKey.objects.count())

    assert "already" in load_demo_data()
    assert before == (
        Member.objects.count(),
        Entry.objects.count(),
        ApiKey.objects.count(),
    )


def test_the_key_is_kept_where_only_the_owner_reads_it(loaded):
    path = Path(settings.VAR_DIR) / "demo-api-key"

    assert path.stat().st_mode & 0o777 == 0o600
    assert str(path) in loaded
    assert ApiKey.objects.get().prefix == path.read_text()[:10]
