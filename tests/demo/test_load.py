"""The sample data: the real baskets, whole, once, with books that add up."""

import io
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
import time_machine
from django.core.management import CommandError, call_command

from loyalty_site.apiaccess.models import ApiKey
from members.models import Member
from points.models import Entry, Purchase
from reports.demo import history, load
from reports.demo.baskets import FILE, LAST_DAY, read_baskets, shift_for
from reports.demo.people import person_of
from surveys.models import Invitation, Response, Wave
from tests.factories import make_member

NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
HOUSEHOLDS = 12


def load_demo_data(**options):
    out = io.StringIO()
    call_command("load_demo_data", stdout=out, households=HOUSEHOLDS, **options)
    return out.getvalue()


@pytest.fixture
def loaded(transactional_db, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        yield load_demo_data()


def test_the_year_moves_by_whole_weeks_and_ends_yesterday():
    for today in (date(2026, 11, 16) + timedelta(days=n) for n in range(14)):
        shift = shift_for(today)
        last = read_baskets(
            today=today, zone=ZoneInfo("Asia/Hong_Kong"), households=500
        )
        days = {
            each.bought_at.astimezone(ZoneInfo("Asia/Hong_Kong")).date()
            for each in last
        }
        assert shift.days % 7 == 0
        # The shops were closed on Christmas Day.
        yesterday = today - timedelta(days=1)
        is_christmas = yesterday - shift == date(2017, 12, 25)
        assert max(days) == yesterday - timedelta(days=is_christmas)
        assert 0 <= (LAST_DAY + shift - yesterday).days < 7


def test_people_are_the_same_each_time_and_reach_nobody():
    people = [person_of(rank, born_before=date(2026, 1, 1)) for rank in range(500)]

    assert people == [person_of(r, born_before=date(2026, 1, 1)) for r in range(500)]
    mails = [each.profile.email for each in people if each.profile.email]
    phones = [each.profile.phone for each in people if each.profile.phone]
    assert len(set(mails)) == len(mails)
    assert len(set(phones)) == len(phones)
    assert {each.rsplit("@", 1)[1] for each in mails} == {
        "example.org",
        "example.com",
        "example.net",
    }
    assert {each.profile.language for each in people} == {"en", "zh-hans", "zh-hant"}


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


def test_the_books_add_up(loaded):
    call_command("verify", stdout=io.StringIO())

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


def test_an_interrupted_load_goes_on_and_comes_to_the_same(
    transactional_db, settings, tmp_path
):
    settings.VAR_DIR = tmp_path

    def stop(done, total):
        if done == total * 9 // 10:
            raise KeyboardInterrupt

    with time_machine.travel(NOW, tick=False):
        with pytest.raises(KeyboardInterrupt):
            load.load_demo(households=HOUSEHOLDS, now=NOW, on_day=stop)
        assert not load.is_loaded()
        text = load_demo_data()

    assert load.is_loaded()
    assert f"{HOUSEHOLDS} members" in text
    call_command("verify", stdout=io.StringIO())
    assert Purchase.objects.count() == Entry.objects.filter(kind="earn").count()


def test_beside_other_members_it_asks_for_force(db):
    make_member()
    with pytest.raises(CommandError, match="--force"):
        load_demo_data()
    assert Member.objects.count() == 1


@pytest.mark.parametrize("households", [0, 501])
def test_the_number_of_households_has_bounds(db, households):
    with pytest.raises(CommandError, match="500"):
        call_command("load_demo_data", households=households)


def test_the_key_is_kept_where_only_the_owner_reads_it(loaded, settings):
    path = settings.VAR_DIR / "demo-api-key"

    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text().strip() in loaded
    assert ApiKey.objects.get().prefix == path.read_text()[:10]


def test_without_trying_out_no_known_password_and_no_key(
    transactional_db, settings, tmp_path, django_user_model
):
    settings.TRYOUT = False
    settings.VAR_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        load_demo_data()

    assert not django_user_model.objects.exists()
    assert not ApiKey.objects.exists()
