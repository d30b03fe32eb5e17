"""Members who share what they may spend: joining, spending, and what verify says."""

from datetime import timedelta

import pytest

from members.services import close_member
from points import sql
from points.errors.households import (
    HouseholdFull,
    HouseholdsAreOff,
    InAnotherHousehold,
)
from points.errors.posting import InsufficientPoints, KeyReused, MembershipClosed
from points.models import (
    Account,
    Entry,
    Household,
    HouseholdMembership,
    Lot,
    PaymentTerms,
    Programme,
)
from points.selectors.households import (
    TOGETHER,
    means_of,
    membership_of,
    spendable_by,
)
from points.services.holds import HoldWish, place_hold, release_hold
from points.services.households import (
    create_household,
    join_household,
    leave_household,
)
from points.services.paying import PaymentWish, pay_with_points
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
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
    purchase_of,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db


def lots_of(member):
    lots = Lot.objects.filter(account=member.pk, is_open=True).order_by("pk")
    return list(lots.values_list("remaining", "expires_at"))


def test_points_stay_until_somebody_spends_and_then_those_that_end_first_go():
    set_programme(expiry_months=12)
    anna, ben = make_member(), make_member()
    give_points(anna, 30, at=NOON - timedelta(days=10))
    old = give_points(ben, 50, at=NOON - timedelta(days=100))
    household = make_household(anna, ben)

    assert (available(anna), available(ben)) == (30, 50)
    assert spendable_by(anna.pk, at=NOON) == spendable_by(ben.pk, at=NOON) == 80
    redemption = redeem(anna, make_reward(cost=60))

    assert (available(anna), available(ben)) == (20, 0)
    came = Lot.objects.get(account=anna.pk, entry__kind="household_in")
    bens = Lot.objects.get(account=ben.pk)
    assert (came.origin_id, came.points) == (old.pk, 50)
    assert (came.expires_at, came.effective_at) == (bens.expires_at, bens.effective_at)
    assert redemption.account_id == anna.pk
    assert set(
        Entry.objects.filter(kind__startswith="household").values_list(
            "source", "source_id"
        )
    ) == {("household", str(household.public_id))}
    assert differences() == []


def test_nobody_has_earned_or_was_active_by_what_the_household_moved():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    before = Account.objects.get(pk=ben.pk)
    redeem(anna, make_reward(cost=50))
    after = Account.objects.get(pk=ben.pk)
    assert after.last_activity_at == before.last_activity_at
    assert (after.redeemed, after.earned) == (0, 50)
    assert (Account.objects.get(pk=anna.pk).earned, after.tier_is_due) == (
        0,
        before.tier_is_due,
    )


def test_all_of_them_have_too_few_and_nothing_is_written():
    anna, ben = make_member(balance=10), make_member(balance=20)
    make_household(anna, ben)
    reward = make_reward(cost=31)
    before = everything()
    with pytest.raises(InsufficientPoints, match="has 30 points available, 31 are"):
        redeem(anna, reward)
    assert everything() == before


def test_pending_and_held_points_of_the_others_are_not_drawn():
    make_rule()
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    wish = HoldWish(timedelta(hours=1), points=20, source="till", source_id="r")
    place_hold(member=ben, wish=wish, key="h", at=NOON, actor=CLERK)
    set_programme(pending_days=10)
    make_purchase(ben, amount_minor=9000)
    assert spendable_by(anna.pk, at=NOON) == 30
    with pytest.raises(InsufficientPoints, match="has 30 points available, 31 are"):
        redeem(anna, make_reward(cost=31))
    redeem(anna, make_reward(cost=30))
    assert (available(ben), Account.objects.get(pk=ben.pk).held) == (0, 20)
    assert differences() == []


def test_a_hold_draws_when_it_is_placed_and_what_it_frees_stays_shared():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    wish = HoldWish(timedelta(hours=1), reward=make_reward(cost=40))
    hold = place_hold(member=anna, wish=wish, key="h", at=NOON, actor=CLERK)
    assert (available(anna), available(ben)) == (0, 10)
    assert spendable_by(ben.pk, at=NOON) == 10
    release_hold(hold=hold, at=NOON, actor=CLERK)
    assert (available(anna), spendable_by(ben.pk, at=NOON)) == (40, 50)
    assert differences() == []


def test_points_of_the_household_pay_at_the_till():
    PaymentTerms.objects.create(is_active=True, step_points=10, step_minor=100)
    anna, ben = make_member(balance=10), make_member(balance=50)
    make_household(anna, ben)
    wish = PaymentWish("till", "receipt", purchase_minor=10_000)
    payment = pay_with_points(member=anna, wish=wish, key="p", at=NOON, actor=CLERK)
    assert (payment.points, payment.amount_minor) == (60, 600)
    assert (available(anna), available(ben)) == (0, 0)
    assert differences() == []


def test_what_comes_back_comes_to_who_spent_and_can_be_spent_again_by_all():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    redemption = redeem(anna, make_reward(cost=50))
    reverse_redemption(redemption=redemption, reason="no", at=NOON, actor=CLERK)
    assert (available(anna), available(ben)) == (50, 0)
    redeem(ben, make_reward(cost=50))
    assert (available(anna), available(ben)) == (0, 0)
    assert differences() == []


def test_a_refund_asks_who_bought_and_what_that_one_owes_is_settled_on_the_way():
    make_rule()
    set_programme(refund_policy="allow_debt")
    anna, ben = make_member(), make_member()
    make_household(anna, ben)
    purchase = purchase_of(make_purchase(ben, amount_minor=5000))
    redeem(anna, make_reward(cost=50))
    wish = RefundWish("till", "refund", NOON)
    refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK)
    assert [each.debt for each in Account.objects.order_by("pk")] == [0, 50]
    give_points(anna, 80, at=NOON)
    assert spendable_by(ben.pk, at=NOON) == 30
    assert spendable_by(anna.pk, at=NOON) == 80
    with pytest.raises(InsufficientPoints, match="has 30 points available, 31 are"):
        redeem(ben, make_reward(cost=31))
    redeem(ben, make_reward(cost=30))
    assert [each.debt for each in Account.objects.order_by("pk")] == [0, 0]
    assert (available(anna), available(ben)) == (0, 0)
    assert differences() == []


def test_the_same_key_spends_once():
    anna, ben = make_member(), make_member(balance=50)
    make_household(anna, ben)
    reward = make_reward(cost=20)
    assert redeem(anna, reward, key="k") == redeem(anna, reward, key="k")
    assert available(ben) == 30


def test_who_is_alone_is_looked_up_once_and_spends_as_before(monkeypatch):
    alone, single = make_member(balance=50), make_member(balance=50)
    make_household(single)
    reward, asked, run = make_reward(cost=10), [], sql.run
    redeem(alone, reward)

    def count(statement, *args, **kwargs):
        asked.append(statement)
        return run(statement, *args, **kwargs)

    monkeypatch.setattr(sql, "run", count)
    redeem(alone, reward)
    of_alone = list(asked)
    redeem(single, reward)
    assert of_alone.count(TOGETHER) == 1
    assert asked[len(of_alone) :] == of_alone
    assert means_of(member_id=single.pk, at=NOON).available == 40
    assert not Entry.objects.filter(kind__startswith="household")


def test_a_programme_without_households_has_none():
    member = make_member()
    with pytest.raises(HouseholdsAreOff):
        create_household(name="Chan", member=member, key="k", at=NOON, actor=CLERK)
    assert (Household.objects.count(), Programme().household_limit) == (0, 0)


def refused(error, household, member):
    with pytest.raises(error):
        join_household(household=household, member=member, at=NOON, actor=CLERK)
    return HouseholdMembership.objects.filter(account=member.pk).count()


def test_who_cannot_join_does_not():
    one, two = make_household(make_member()), make_household(make_member())
    set_programme(household_limit=2)
    elsewhere, closed = make_member(), make_member()
    join_household(household=one, member=elsewhere, at=NOON, actor=CLERK)
    close_member(member=closed, reason="asked", at=NOON, actor=CLERK)
    assert refused(HouseholdFull, one, make_member()) == 0
    assert refused(InAnotherHousehold, two, elsewhere) == 1
    assert refused(MembershipClosed, two, closed) == 0
    again = join_household(household=one, member=elsewhere, at=NOON, actor=CLERK)
    assert again == HouseholdMembership.objects.get(account=elsewhere.pk)


def test_a_key_makes_one_household():
    set_programme(household_limit=4)
    anna, ben, key = make_member(), make_member(), f"h-{next_number()}"
    made = {
        create_household(name="Chan", member=anna, key=key, at=NOON, actor=CLERK)
        for _ in range(2)
    }
    assert len(made) == 1
    with pytest.raises(KeyReused):
        create_household(name="Chan", member=ben, key=key, at=NOON, actor=CLERK)
    assert HouseholdMembership.objects.count() == 1


def test_in_the_past_a_member_shared_with_whoever_was_there_then():
    anna, ben = make_member(balance=20), make_member(balance=50)
    make_household(anna, ben, at=NOON)
    hours = [NOON + timedelta(hours=each) for each in range(4)]
    leaving = membership_of(ben.pk)
    leave_household(membership=leaving, reason="x", at=hours[2], actor=CLERK)
    before = NOON - timedelta(hours=1)
    shared = [
        means_of(member_id=anna.pk, at=at, now=hours[3]).available
        for at in (before, *hours)
    ]
    assert shared == [20, 70, 70, 20, 20]
