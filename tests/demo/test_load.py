"""The sample data: the real baskets, whole, once, with books that add up."""

import io
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command

from loyalty_site.apiaccess.models import ApiKey
from members.models import Member
from points.models import Entry, Purchase
from reports.demo import load
from reports.demo.baskets import LAST_DAY, read_baskets, shift_for
from reports.demo.people import person_of
from tests.demo.conftest import HOUSEHOLDS, NOW, load_demo_data
from tests.factories import make_member


def test_the_year_moves_by_whole_weeks_and_ends_yesterday():
    for today in (date(2026, 11, 16) + timedelta(days=n) for n in range(7)):
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
    call_command("verify", "--workers=1", stdout=io.StringIO())
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


def test_without_trying_out_no_known_password_and_no_key(
    transactional_db, settings, tmp_path, django_user_model
):
    settings.TRYOUT = False
    settings.VAR_DIR = tmp_path
    with time_machine.travel(NOW, tick=False):
        load_demo_data()

    assert not django_user_model.objects.exists()
    assert not ApiKey.objects.exists()
