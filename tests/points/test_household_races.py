"""Members of one household at once: the accounts' locks, and the twin without them."""

from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from points.models import HouseholdMembership
from points.selectors.households import membership_of
from points.services import purses
from points.services.households import join_household, leave_household
from tests.factories import (
    CLERK,
    NOON,
    make_household,
    make_member,
    make_reward,
    redeem,
)
from tests.points.books import available, differences
from tests.points.test_races import at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)


def all_spend_the_same_points(clients: int = 6) -> Counter[str]:
    reward = make_reward(cost=30)
    members = [make_member(balance=30), *(make_member() for _ in range(clients - 1))]
    make_household(*members)
    return at_once(*[lambda m=m: redeem(m, reward) for m in members])


def test_points_of_a_household_are_spent_once_however_many_ask():
    ends = all_spend_the_same_points()

    assert ends == {"done": 1, "InsufficientPoints": 5}
    assert differences() == []


def test_without_the_locks_only_the_constraint_saves_the_points(monkeypatch):
    without_lock(monkeypatch)

    ends = sum((all_spend_the_same_points() for _ in range(3)), Counter())

    assert ends["IntegrityError"] > 0


def test_without_the_locks_of_the_others_points_are_made_of_nothing(monkeypatch):
    lock = purses.lock_accounts

    def lock_own(ids):
        accounts = lock(ids[:1])
        [own] = accounts.values()
        return {each: replace(own, member_id=each) for each in ids} | accounts

    monkeypatch.setattr(purses, "lock_accounts", lock_own)

    ends = sum((all_spend_the_same_points() for _ in range(3)), Counter())

    assert ends["done"] > 3 or differences() != []


def test_who_spends_and_who_leaves_come_one_after_the_other():
    for _ in range(3):
        anna, ben = make_member(), make_member(balance=30)
        make_household(anna, ben)
        reward, leaving = make_reward(cost=30), membership_of(ben.pk)
        leave = partial(
            leave_household, membership=leaving, reason="x", at=NOON, actor=CLERK
        )
        ends = at_once(partial(redeem, anna, reward), leave)
        spent = ends["done"] == 2
        assert ends["InsufficientPoints"] == (0 if spent else 1)
        assert (available(anna), available(ben)) == (0, 0 if spent else 30)
    assert differences() == []


def test_the_last_place_goes_to_one_of_many_who_join():
    household = make_household(*(make_member() for _ in range(9)))
    joining = [make_member() for _ in range(4)]
    ends = at_once(
        *[
            lambda m=m: join_household(
                household=household, member=m, at=NOON, actor=CLERK
            )
            for m in joining
        ]
    )
    assert ends == {"done": 1, "HouseholdFull": 3}
    assert HouseholdMembership.objects.count() == 10


def test_two_households_that_want_one_member_get_one():
    wanted = make_member()
    households = [make_household(make_member()) for _ in range(3)]
    ends = at_once(
        *[
            lambda h=h: join_household(household=h, member=wanted, at=NOON, actor=CLERK)
            for h in households
        ]
    )
    assert ends == {"done": 1, "InAnotherHousehold": 2}
