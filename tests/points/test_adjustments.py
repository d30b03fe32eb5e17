"""Points by hand: limits, the second person, repeats, refusals."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, Group
from django.db import IntegrityError, connection, transaction

from loyalty_site.accounts.models import User
from loyalty_site.accounts.services import create_staff
from loyalty_site.lib.actors import staff_actor
from members.services import close_member
from points.errors.posting import (
    AdjustmentDecided,
    InsufficientPoints,
    KeyReused,
    MembershipClosed,
    OwnAdjustment,
)
from points.models import Adjustment, AdjustmentLimit, Entry, Lot
from points.selectors.adjustment_limits import Limit, limit_of, limits_by_role
from points.services.adjustment_limits import change_limits
from points.services.adjustments import (
    Wish,
    approve_adjustment,
    ask_adjustment,
    refuse_adjustment,
)
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    next_number,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
KAY, LEE = staff_actor("kay"), staff_actor("lee")
LIMIT = Limit(100, 250)


def ask(member, points, *, limit=LIMIT, key="", at=NOON, actor=KAY):
    return ask_adjustment(
        member=member,
        wish=Wish(points, Entry.AdjustReason.GOODWILL, "late parcel"),
        limit=limit,
        key=key or f"adjust-{next_number()}",
        at=at,
        actor=actor,
    )


def approve(adjustment, *, actor=LEE, at=NOON):
    return approve_adjustment(adjustment=adjustment, note="", at=at, actor=actor)


def test_points_given_within_the_limit_are_there_at_once_and_expire():
    set_programme(expiry_months=12)
    member = make_member()

    adjustment = ask(member, 100)

    assert adjustment.state == Adjustment.State.POSTED
    assert available(member) == 100
    assert Lot.objects.get().expires_at == NOON.replace(year=2027)
    assert (adjustment.entry.kind, adjustment.entry.actor) == ("adjust", "user:kay")
    assert differences() == []


def test_points_taken_leave_the_lot_that_expires_first():
    member = make_member(balance=80)
    ask(member, -30)
    assert available(member) == 50
    assert Entry.objects.get(kind="adjust").points == -30
    assert differences() == []


def test_an_adjustment_counts_toward_no_tier_and_nothing_earned():
    member = make_member()
    ask(member, 100)
    member.account.refresh_from_db()
    assert (member.account.earned, member.account.tier_is_due) == (0, True)
    assert Entry.objects.get().qualifying == 0


@pytest.mark.parametrize("points", [101, -101])
def test_above_the_limit_nothing_moves_until_another_person_approves(points):
    member = make_member(balance=500)

    adjustment = ask(member, points)

    assert (adjustment.state, adjustment.entry) == (Adjustment.State.WAITING, None)
    assert available(member) == 500
    approved = approve(adjustment)
    assert (approved.state, approved.decided_by) == ("posted", "user:lee")
    assert available(member) == 500 + points
    assert differences() == []


def test_a_day_has_its_own_limit_which_begins_again_at_midnight_of_the_programme():
    set_programme(time_zone="Asia/Hong_Kong")
    evening = datetime(2026, 6, 15, 15, 59, tzinfo=UTC)  # 23:59 in Hong Kong
    member = make_member(balance=500)
    for points in (100, -100, 50):
        assert not ask(member, points, at=evening).is_waiting
    assert ask(member, 1, at=evening).is_waiting
    assert not ask(member, 1, at=evening, actor=LEE).is_waiting
    assert not ask(member, 1, at=evening + timedelta(minutes=1)).is_waiting


def test_what_another_person_approved_does_not_use_up_the_day():
    member = make_member()
    approve(ask(member, 1000))
    assert not ask(member, 100).is_waiting


def test_nobody_approves_their_own():
    adjustment = ask(make_member(), 1000)
    before = everything()
    with pytest.raises(OwnAdjustment):
        approve(adjustment, actor=KAY)
    assert everything() == before


def test_the_database_refuses_an_approval_by_the_same_person():
    adjustment = ask(make_member(), 1000)
    entry = ask(make_member(), 1).entry
    Adjustment.objects.filter(entry=entry).update(entry=None, state="refused")
    with pytest.raises(IntegrityError, match="another_person"), transaction.atomic():
        Adjustment.objects.filter(pk=adjustment.pk).update(
            state="posted", entry=entry, decided_by=adjustment.asked_by
        )


@pytest.mark.parametrize("decide", [approve_adjustment, refuse_adjustment])
@pytest.mark.parametrize("first", [approve_adjustment, refuse_adjustment])
def test_a_decision_is_made_once(first, decide):
    adjustment = ask(make_member(), 1000)
    first(adjustment=adjustment, note="", at=NOON, actor=LEE)
    before = everything()
    with pytest.raises(AdjustmentDecided):
        decide(adjustment=adjustment, note="", at=NOON, actor=CLERK)
    assert everything() == before


def test_whoever_asked_can_take_it_back():
    adjustment = ask(make_member(), 1000)
    refused = refuse_adjustment(
        adjustment=adjustment, note="typing error", at=NOON, actor=KAY
    )
    assert (refused.state, refused.entry) == (Adjustment.State.REFUSED, None)
    assert not Entry.objects.exists()


@pytest.mark.parametrize("points", [-81, -1000])
def test_more_than_there_is_cannot_be_taken_nor_asked_for(points):
    member = make_member(balance=80)
    before = everything()
    with pytest.raises(InsufficientPoints, match="80 points available"):
        ask(member, points)
    assert everything() == before


def test_points_spent_while_it_waited_are_not_taken():
    member = make_member(balance=200)
    adjustment = ask(member, -150)
    redeem(member, make_reward(cost=100))
    before = everything()
    with pytest.raises(InsufficientPoints):
        approve(adjustment)
    assert everything() == before


def test_an_expired_lot_cannot_be_taken_in_the_second_it_expires():
    set_programme(expiry_months=1)
    member = make_member()
    ask(member, 100)
    late = Lot.objects.get().expires_at
    with pytest.raises(InsufficientPoints):
        ask(member, -100, at=late)


def test_a_closed_membership_gets_nothing():
    member, waits = make_member(), make_member()
    adjustment = ask(waits, 1000)
    for each in (member, waits):
        close_member(member=each, reason="asked", at=NOON, actor=CLERK)
    before = everything()
    with pytest.raises(MembershipClosed):
        ask(member, 10)
    with pytest.raises(MembershipClosed):
        approve(adjustment)
    assert everything() == before


def test_a_second_click_does_nothing_and_another_wish_is_refused():
    member = make_member()
    first = ask(member, 10, key="click")
    before = everything()
    assert ask(member, 10, key="click").pk == first.pk
    with pytest.raises(KeyReused):
        ask(member, 20, key="click")
    with pytest.raises(KeyReused):
        ask(make_member(), 10, key="click")
    assert everything()[1:] == before[1:]


# Limits -----------------------------------------------------------------------


def test_the_most_generous_role_counts():
    person = create_staff(username="p", email="p@example.com", role="agent")
    assert limit_of(person) == Limit(1_000, 5_000)
    change_limits(
        wanted={"agent": Limit(None, 200), "admin": Limit(300, 100)}, actor=CLERK
    )
    assert limit_of(person) == Limit(None, 200)
    person.groups.add(Group.objects.get(name="admin"))
    assert limit_of(person) == Limit(None, 200)


def test_who_has_no_such_role_does_nothing_alone():
    clerk = create_staff(username="c", email="c@example.com", role="counter")
    assert limit_of(clerk) == limit_of(AnonymousUser()) == Limit(0, 0)
    assert limit_of(User(is_superuser=True)) == Limit()


def test_limits_are_kept_with_who_set_them():
    change_limits(wanted={"agent": Limit(5, None)}, actor=CLERK)
    change_limits(wanted={"agent": Limit(5, None)}, actor=CLERK)
    assert limits_by_role()["agent"] == Limit(5, None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT per_adjustment FROM points_adjustmentlimitevent")
        assert cursor.fetchall() == [(5,)]
    assert AdjustmentLimit.objects.get().per_day is None
