"""Transfers at once: the accounts' locks, and the twin without them."""

from collections import Counter

import pytest

from points.models import Transfer
from points.selectors.adjustment_limits import Limit
from points.services import posting, transfers
from points.services.transfers import Gift, transfer_points
from tests.factories import CLERK, NOON, make_member, next_number, transfer
from tests.points.books import available, differences
from tests.races import Meeting, at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)


def many_give_the_same_points(clients: int = 8) -> Counter[str]:
    sender, receiver = make_member(balance=30), make_member()
    return at_once(*[lambda: transfer(sender, receiver, 30)] * clients)


def test_points_are_given_once_however_many_ask():
    ends = many_give_the_same_points()

    assert ends == {"done": 1, "InsufficientPoints": 7}
    assert differences() == []


def test_without_the_lock_only_the_constraint_saves_the_points(monkeypatch):
    without_lock(monkeypatch)
    Meeting(monkeypatch, clients=8).before(posting, "write_debits")

    ends = many_give_the_same_points()

    assert ends == {"done": 1, "IntegrityError": 7}
    assert differences() == []


def test_two_members_who_give_to_each_other_do_not_wait_for_each_other():
    first, second = make_member(balance=50), make_member(balance=50)
    there = lambda: transfer(first, second, 10)  # noqa: E731
    back = lambda: transfer(second, first, 10)  # noqa: E731

    ends = at_once(*[there, back] * 4)

    assert ends == {"done": 8}
    assert (available(first), available(second)) == (50, 50)
    assert differences() == []


def a_day_used_up_at_once(clients: int = 6) -> int:
    pairs = [(make_member(balance=50), make_member()) for _ in range(clients)]

    def give(sender, receiver):
        transfer_points(
            gift=Gift(sender, receiver, 50),
            key=f"race-{next_number()}",
            at=NOON,
            actor=CLERK,
            limit=Limit(None, 100),
        )

    at_once(*[lambda p=pair: give(*p) for pair in pairs])
    return Transfer.objects.count()


def test_many_pages_of_one_person_share_the_limit_of_the_day():
    assert a_day_used_up_at_once() == 2


def test_without_the_persons_lock_the_day_is_overdrawn(monkeypatch):
    monkeypatch.setattr(transfers, "lock_person", lambda _purpose, _actor: None)
    Meeting(monkeypatch, clients=6).after(transfers, "points_transferred_by")

    assert a_day_used_up_at_once() > 2
