"""Holds of many at once; without the lock only the constraint saves the points."""

from collections import Counter
from datetime import timedelta

import pytest

from points.models import Account, Hold
from points.services import holds
from points.services.confirming import confirm_hold
from points.services.holds import HoldWish, expire_holds, place_hold
from tests.factories import CLERK, NOON, make_member, next_number
from tests.points.books import available, differences
from tests.points.test_races import at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)
QUARTER = timedelta(minutes=15)


def hold(member, points=60):
    number = next_number()
    wish = HoldWish(QUARTER, points=points, source="till", source_id=f"r-{number}")
    key = f"k-{number}"
    return place_hold(member=member, wish=wish, key=key, at=NOON, actor=CLERK)


def many_hold_the_same_points(clients: int = 6) -> tuple[Counter[str], int]:
    member = make_member(balance=100)
    ends = at_once(*[lambda: hold(member)] * clients)
    return ends, Account.objects.get(pk=member.pk).held


def test_points_are_held_once_however_many_ask():
    ends, held = many_hold_the_same_points()

    assert (ends, held) == ({"done": 1, "InsufficientPoints": 5}, 60)
    assert differences() == []


def test_without_the_lock_points_are_held_twice(monkeypatch):
    without_lock(monkeypatch)

    assert max(many_hold_the_same_points()[1] for _ in range(5)) > 100


def test_a_hold_confirmed_by_many_is_confirmed_once():
    member = make_member(balance=100)
    placed = hold(member)

    def confirm():
        confirm_hold(hold=placed, at=NOON, actor=CLERK)

    assert at_once(*[confirm] * 6) == {"done": 1, "HoldSettled": 5}
    assert (available(member), differences()) == (40, [])


def test_sweeping_and_confirming_at_once_free_the_points_once(monkeypatch):
    members = [make_member(balance=100) for _ in range(6)]
    placed = [hold(member) for member in members]
    monkeypatch.setattr(holds, "HOLDS_PER_CHUNK", 2)
    end = NOON + QUARTER
    confirms = [
        lambda each=each: confirm_hold(hold=each, at=end, actor=CLERK)
        for each in placed
    ]
    sweeps = [lambda: expire_holds(at=end)] * 2

    ends = at_once(*confirms, *sweeps)

    assert ends == {"HoldExpired": 6, "done": 2}
    assert set(Hold.objects.values_list("state", flat=True)) == {"expired"}
    assert set(Account.objects.values_list("held", flat=True)) == {0}
    assert differences(end) == []
