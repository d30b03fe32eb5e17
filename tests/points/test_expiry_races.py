"""Dates of lots that move while others spend, sweep or buy; and the twins without locks."""

import threading
from collections import Counter
from datetime import datetime, timedelta

import pytest
from django.db.models import Min, Q

from points.expiry_policies.after import AfterATime
from points.models import Account, DateChange, Entry, Lot
from points.services import expiry, posting, purchases
from points.services.expiry import expire_points
from points.services.expiry_settings import set_sliding
from points.services.purchases import post_purchases
from points.services.redatings import moving
from points.services.redatings.moving import start_moving
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_reward,
    make_rule,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import available, differences
from tests.points.test_redatings import count, run
from tests.races import Meeting, at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)


def next_expiries() -> list[tuple[datetime | None, datetime | None]]:
    """Return when points expire next, as the accounts say and as their lots say."""
    lots = Min("lots__expires_at", filter=Q(lots__is_open=True))
    rows = Account.objects.annotate(of_lots=lots)
    return list(rows.values_list("next_expiry_at", "of_lots"))


def spent_during_a_redating(clients: int, done: threading.Event) -> Counter[str]:
    """Spend the lot that expires first, while all lots are to last longer."""
    set_programme(expiry_months=12)
    member, reward = make_member(), make_reward(cost=10)
    for days in range(clients + 1):
        give_points(member, 10, at=NOON - timedelta(days=days))
    redating = count(AfterATime(24))
    start_moving(redating=redating, at=NOON, actor=CLERK)

    def move() -> None:
        run()
        done.set()

    return at_once(move, *[lambda: redeem(member, reward)] * clients)


def test_spending_during_a_redating_keeps_the_dates_right():
    ends = spent_during_a_redating(4, threading.Event())

    assert ends == {"done": 5}
    [(said, found)] = next_expiries()
    assert said == found > NOON + timedelta(days=700)
    assert differences() == []


def test_without_the_lock_spending_forgets_the_new_dates(monkeypatch):
    without_lock(monkeypatch)
    done = threading.Event()
    meeting = Meeting(monkeypatch, clients=2)
    meeting.before(posting, "write_debits", until=done)
    meeting.before(moving, "lock_accounts")

    spent_during_a_redating(1, done)

    [(said, found)] = next_expiries()
    assert said != found


def bought_as_points_expire(bought: threading.Event) -> tuple[int, int]:
    """Return how many lots were extended by a purchase, and how many expired."""
    set_programme(expiry_months=12)
    set_sliding(activities=["purchase"], actor=CLERK)
    member = make_member()
    give_points(member, 10, at=NOON)
    end = NOON.replace(year=NOON.year + 1)
    in_time = end - timedelta(seconds=1)
    asked = new_purchase(member, amount_minor=100, at=in_time)

    def buy() -> None:
        post_purchases(purchases=[asked], at=in_time, actor=CLERK)
        bought.set()

    assert at_once(buy, lambda: expire_points(at=end)) == {"done": 2}
    extended = DateChange.objects.filter(account=member.pk).count()
    expired = Entry.objects.filter(account=member.pk, kind="expire").count()
    assert available(member, end) == 1 + 10 * (1 - expired)
    return extended, expired


def test_points_are_extended_or_expire_but_not_both():
    make_rule()
    outcomes = {bought_as_points_expire(threading.Event()) for _ in range(4)}

    assert outcomes <= {(1, 0), (0, 1)}
    assert differences(NOON.replace(year=NOON.year + 1)) == []


def test_without_the_lock_points_that_were_extended_expire(monkeypatch):
    make_rule()
    without_lock(monkeypatch)
    bought = threading.Event()
    meeting = Meeting(monkeypatch, clients=2)
    meeting.before(expiry, "post_debits", until=bought)
    meeting.before(purchases, "extend_lots")

    assert bought_as_points_expire(bought) == (1, 1)
    assert Lot.objects.filter(is_open=False, expires_at__gt=NOON).exists()
