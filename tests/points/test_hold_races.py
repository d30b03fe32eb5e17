"""Holds of many at once; without the lock only the constraint saves the points."""

from collections import Counter
from datetime import timedelta

import pytest

from loyalty_site.lib.actors import staff_actor
from points.models import Account, Hold, PointsPayment, Redemption
from points.services import confirming, holds, undoing
from points.services.confirming import approve_hold, confirm_hold
from points.services.holds import HoldWish, expire_holds, place_hold, refuse_hold
from points.services.purchases import post_purchase
from points.services.undoing import undo_last
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    make_rule,
    new_purchase,
    next_number,
)
from tests.points.books import available, differences
from tests.races import Meeting, at_once, without_lock

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
    Meeting(monkeypatch, clients=6).after(holds, "_reserve")

    assert many_hold_the_same_points() == ({"done": 6}, 360)


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


def confirmed_while_its_time_ends() -> Counter[str]:
    placed = hold(make_member(balance=100))
    return at_once(
        lambda: confirm_hold(hold=placed, at=NOON, actor=CLERK),
        lambda: expire_holds(at=NOON + QUARTER),
    )


def test_a_hold_is_confirmed_or_over_but_not_both():
    ends = sum((confirmed_while_its_time_ends() for _ in range(4)), Counter())

    assert set(ends) <= {"done", "HoldExpired"}
    assert ends["done"] + ends["HoldExpired"] == 8
    confirmed = Hold.objects.filter(state="confirmed").count()
    assert confirmed == 4 - ends["HoldExpired"] == PointsPayment.objects.count()
    assert set(Account.objects.values_list("held", flat=True)) == {0}
    assert differences(NOON + QUARTER) == []


def test_without_its_locks_a_hold_is_confirmed_and_over(monkeypatch):
    without_lock(monkeypatch)
    meeting = Meeting(monkeypatch, clients=2)
    monkeypatch.setattr(
        confirming, "held_at", lambda placed, _at: Hold.objects.get(pk=placed.pk)
    )
    meeting.after(confirming, "held_at")
    meeting.before(holds, "_free")

    ends = confirmed_while_its_time_ends()

    assert ends["HoldExpired"] == 0
    assert ends["IntegrityError"] or differences(NOON + QUARTER)


def test_of_many_who_decide_at_once_one_is_heard():
    reward = make_reward(cost=60)
    reward.needs_approval = True
    reward.save()
    member = make_member(balance=100)
    wish = HoldWish(QUARTER, reward=reward)
    placed = place_hold(member=member, wish=wish, key="k", at=NOON, actor=CLERK)
    boss = staff_actor("boss")

    def approve():
        approve_hold(hold=placed, at=NOON, actor=boss)

    def refuse():
        refuse_hold(hold=placed, reason="No", at=NOON, actor=boss)

    ends = at_once(*[approve, refuse] * 3)

    assert ends == {"done": 1, "HoldSettled": 5}
    is_had = Redemption.objects.count() == 1
    assert Hold.objects.get().state == ("confirmed" if is_had else "refused")
    assert (available(member), differences()) == (40 if is_had else 100, [])


def many_undo_the_same_purchase(clients: int = 6) -> Counter[str]:
    member = make_member(balance=100)
    bought = new_purchase(member, source="counter")
    posted = post_purchase(purchase=bought, at=NOON, actor=CLERK)

    def undo():
        undo_last(member=member, public_id=posted.public_id, at=NOON, actor=CLERK)

    return at_once(*[undo] * clients)


def test_a_purchase_is_undone_once_however_many_ask():
    make_rule()
    assert many_undo_the_same_purchase() == {"done": 1, "NothingToUndo": 5}
    assert differences() == []


def test_without_the_lock_several_believe_that_they_undid_it(monkeypatch):
    make_rule()
    without_lock(monkeypatch)
    Meeting(monkeypatch, clients=6).after(undoing, "last_done")
    assert many_undo_the_same_purchase()["done"] > 1
