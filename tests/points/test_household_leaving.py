"""Leaving a household: by rule, by closing, and by a merge."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, transaction

from members.services import close_member
from points.errors.households import LeaverHolds
from points.errors.merges import DifferentHouseholds
from points.models import Account, HouseholdMembership, Lot
from points.selectors.households import household_of, membership_of, spendable_by
from points.selectors.proof import verify_books
from points.services.holds import HoldWish, place_hold
from points.services.households import leave_household
from points.services.merges.asking import MergeWish, ask_merge
from points.services.merges.undoing import undo_merge
from points.services.redemptions import reverse_redemption
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_household,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    next_number,
    redeem,
    set_programme,
    transfer,
)
from tests.points.books import available as available_at, differences, everything

pytestmark = pytest.mark.django_db
LATER = NOON + timedelta(hours=1)


def available(member, at=LATER):
    return available_at(member, at)


def leave(member, *, reason="moved out", at=LATER):
    membership = membership_of(member.pk)
    return leave_household(membership=membership, reason=reason, at=at, actor=CLERK)


def spent_and_given_back(spender, cost):
    """What came over to spend it stays with the spender when it is given back."""
    redemption = redeem(spender, make_reward(cost=cost))
    reverse_redemption(redemption=redemption, reason="no", at=NOON, actor=CLERK)


def three_who_mixed_their_points():
    """Anna has 30 of her own and 50 of Ben; Cleo has 10 and 20 of Anna's first lot."""
    anna, ben, cleo = make_member(), make_member(), make_member()
    give_points(anna, 20, at=NOON - timedelta(days=200))
    make_household(anna, ben, cleo)
    spent_and_given_back(cleo, 20)
    give_points(anna, 30, at=NOON - timedelta(days=50))
    give_points(ben, 50, at=NOON - timedelta(days=100))
    give_points(cleo, 10, at=NOON - timedelta(days=10))
    redemption = redeem(anna, make_reward(cost=70))
    reverse_redemption(redemption=redemption, reason="no", at=NOON, actor=CLERK)
    return anna, ben, cleo


@pytest.mark.parametrize(
    ("rule", "left", "moved"),
    [
        # Before: Anna has 100 (20 and 30 of her own, 50 of Ben), Cleo 10.
        ("own", (50, 50, 10), (50, 0)),
        ("stay", (0, 100, 10), (100, 0)),
        ("lies", (100, 0, 10), (0, 0)),
    ],
)
def test_anna_leaves_with_points_of_ben(rule, left, moved):
    set_programme(expiry_months=12, household_leaving=rule)
    three = anna, ben, _cleo = three_who_mixed_their_points()
    assert [available(each) for each in three] == [100, 0, 10]

    gone = leave(anna)

    assert tuple(available(each) for each in three) == left
    assert (gone.points_back, gone.points_along) == moved
    assert (gone.rule, gone.reason, gone.left_by) == (rule, "moved out", str(CLERK))
    assert spendable_by(anna.pk, at=LATER) == left[0]
    assert spendable_by(ben.pk, at=LATER) == left[1] + left[2]
    assert differences(LATER) == []


@pytest.mark.parametrize(
    ("rule", "left"), [("own", (30, 0)), ("stay", (30, 0)), ("lies", (0, 30))]
)
def test_ben_leaves_and_anna_has_his_points(rule, left):
    set_programme(household_leaving=rule)
    anna, ben, cleo = make_member(), make_member(balance=30), make_member()
    make_household(anna, ben, cleo)
    spent_and_given_back(anna, 30)
    leave(anna)
    # By the first two rules the points are back before he leaves himself.
    set_programme(household_leaving="own")
    leave(ben)
    assert (available(ben), available(anna)) == left
    assert differences(LATER) == []


def test_what_the_leaver_earned_comes_along_with_its_dates_and_origin():
    set_programme(expiry_months=12)
    anna, ben = make_member(), make_member()
    entry = give_points(ben, 30, at=NOON - timedelta(days=30))
    own = Lot.objects.get(account=ben.pk)
    make_household(anna, ben)
    spent_and_given_back(anna, 30)
    gone = leave(ben)
    assert (gone.points_back, gone.points_along) == (0, 30)
    back = Lot.objects.get(account=ben.pk, is_open=True)
    assert (back.expires_at, back.origin_id) == (own.expires_at, entry.pk)
    assert (available(anna), available(ben)) == (0, 30)


def test_a_gift_is_the_receivers_own_wherever_it_began():
    anna, ben, cleo = make_member(balance=40), make_member(), make_member()
    make_household(anna, ben, cleo)
    transfer(anna, ben, 40)
    spent_and_given_back(cleo, 40)
    leave(cleo)
    assert [available(each) for each in (anna, ben, cleo)] == [0, 40, 0]
    leave(anna)
    assert [available(each) for each in (anna, ben, cleo)] == [0, 40, 0]


def test_points_that_went_around_go_back_to_who_earned_them():
    anna, ben, cleo = make_member(), make_member(balance=40), make_member()
    make_household(anna, ben, cleo)
    spent_and_given_back(anna, 40)
    spent_and_given_back(cleo, 40)
    leave(cleo)
    assert [available(each) for each in (anna, ben, cleo)] == [0, 40, 0]
    assert differences(LATER) == []


def test_pending_points_and_what_others_set_aside_stay():
    make_rule()
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    wish = HoldWish(timedelta(days=1), points=20, source="till", source_id="r")
    spent_and_given_back(anna, 50)
    place_hold(member=anna, wish=wish, key="h", at=NOON, actor=CLERK)
    set_programme(pending_days=10, household_leaving="stay")
    make_purchase(ben, amount_minor=700)
    leave(ben)
    assert (available(anna), available(ben)) == (30, 0)
    assert available(ben, NOON + timedelta(days=11)) == 7
    assert differences(LATER) == []


def test_nobody_leaves_while_points_are_set_aside_and_nothing_is_written():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    wish = HoldWish(timedelta(days=1), points=20, source="till", source_id="r")
    place_hold(member=anna, wish=wish, key="h", at=NOON, actor=CLERK)
    before = everything()
    for way in (
        leave,
        lambda m: close_member(member=m, reason="x", at=LATER, actor=CLERK),
    ):
        with pytest.raises(LeaverHolds, match="set aside for a redemption"):
            way(anna)
    anna.refresh_from_db()
    assert (everything(), anna.is_open) == (before, True)
    assert membership_of(anna.pk) is not None
    leave(anna, at=NOON + timedelta(days=2))


def test_leaving_twice_is_leaving_once():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    spent_and_given_back(anna, 50)
    membership = membership_of(anna.pk)
    for at in (NOON, LATER):
        leave_household(membership=membership, reason="x", at=at, actor=CLERK)
    membership.refresh_from_db()
    assert (membership.left_at, available(ben)) == (NOON, 50)
    with pytest.raises(ProgrammingError), transaction.atomic():
        HouseholdMembership.objects.filter(pk=membership.pk).update(reason="other")


def test_a_membership_that_is_closed_leaves_by_the_rule():
    anna, ben = make_member(balance=20), make_member(balance=50)
    make_household(anna, ben)
    spent_and_given_back(anna, 70)
    close_member(member=anna, reason="asked for it", at=LATER, actor=CLERK)
    gone = HouseholdMembership.objects.get(account=anna.pk)
    assert (gone.cause, gone.reason, gone.points_back) == ("closed", "asked for it", 50)
    assert (available(anna), available(ben)) == (20, 50)
    assert differences(LATER) == []


def merge(kept, gone):
    wish = MergeWish(kept=kept, gone=gone, reason="one person")
    return ask_merge(wish=wish, key=f"m-{next_number()}", at=LATER, actor=CLERK)


def test_who_stays_of_a_merge_takes_the_place_and_gives_it_back_when_it_is_undone():
    anna, ben, twin = make_member(), make_member(balance=50), make_member(balance=5)
    household = make_household(anna, ben)
    spent_and_given_back(anna, 50)
    joined = merge(twin, anna)
    assert (household_of(anna.pk), household_of(twin.pk)) == (None, household)
    assert (available(twin), spendable_by(ben.pk, at=LATER)) == (55, 55)
    assert differences(LATER) == []

    undo_merge(merge=joined, reason="a mistake", at=LATER, actor=CLERK)

    assert (household_of(anna.pk), household_of(twin.pk)) == (household, None)
    leave(anna)
    assert [available(each) for each in (anna, ben, twin)] == [0, 50, 5]
    assert differences(LATER) == []


def test_points_of_others_go_back_through_a_merge():
    anna, ben, twin = make_member(), make_member(balance=50), make_member(balance=5)
    make_household(anna, ben)
    spent_and_given_back(anna, 50)
    merge(twin, anna)
    leave(twin)
    assert (available(twin), available(ben)) == (5, 50)
    assert differences(LATER) == []


def test_two_of_one_household_become_one_member_of_it():
    anna, ben = make_member(balance=20), make_member(balance=50)
    household = make_household(anna, ben)
    merge(anna, ben)
    assert (household_of(anna.pk), household_of(ben.pk)) == (household, None)
    assert spendable_by(anna.pk, at=LATER) == 70
    assert differences(LATER) == []


def test_members_of_two_households_are_not_merged_and_nothing_is_written():
    anna, ben = make_member(balance=20), make_member(balance=50)
    make_household(anna)
    make_household(ben)
    before = everything()
    with pytest.raises(DifferentHouseholds):
        merge(anna, ben)
    assert everything() == before
    assert HouseholdMembership.objects.filter(left_at=None).count() == 2
    assert not Account.objects.filter(is_merged=True).exists()


def found_by_verify():
    findings = [each for each in verify_books(at=LATER) if each.differences]
    return {each.name for each in findings}


@pytest.mark.parametrize(
    ("tamper", "names"),
    [
        (
            lambda m: HouseholdMembership.objects.filter(account=m.pk).update(
                joined_at=NOON + timedelta(minutes=30)
            ),
            {"households-share-among-members"},
        ),
        (
            lambda m: Lot.objects.filter(entry__kind="household_in").update(
                origin=Lot.objects.get(account=m.pk, entry__kind="bonus").entry
            ),
            {"households-move-all-they-take"},
        ),
        (
            lambda m: HouseholdMembership.objects.filter(account=m.pk).update(
                left_at=NOON, cause="left", points_back=7
            ),
            {"leaving-moves-what-it-says"},
        ),
        (
            lambda m: type(m).objects.filter(pk=m.pk).update(closed_at=NOON),
            {"members-are-in-one-household"},
        ),
    ],
)
def test_verify_names_what_is_wrong_with_a_household(tamper, names):
    anna, ben = make_member(balance=5), make_member(balance=50)
    make_household(anna, ben)
    redeem(anna, make_reward(cost=55))
    assert found_by_verify() == set()
    tamper(anna)
    assert found_by_verify() == names
