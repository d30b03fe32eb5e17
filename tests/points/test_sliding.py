"""Activities extend all open points, by a row for each lot."""

from datetime import timedelta

import pytest

from points.models import Account, DateChange, Lot
from points.selectors.balances import balance_of
from points.services.bonuses import award_bonus
from points.services.expiry import expire_points
from points.services.expiry_settings import set_sliding
from points.services.purchases import post_purchases
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import differences, everything

pytestmark = pytest.mark.django_db
MONTH = timedelta(days=30)


@pytest.fixture
def member():
    """A member with points of NOON, and of a month later."""
    make_rule()
    set_programme(expiry_months=12)
    member = make_member()
    give_points(member, 30, at=NOON)
    give_points(member, 5, at=NOON + MONTH)
    return member


def ends():
    return list(Lot.objects.order_by("pk").values_list("expires_at", flat=True))


def year_after(at):
    return at.replace(year=at.year + 1)


def slide(*activities):
    set_sliding(activities=activities, actor=CLERK)


def test_a_purchase_extends_every_open_lot_and_says_why(member):
    slide("purchase")
    at = NOON + 2 * MONTH
    make_purchase(member, amount_minor=1000, at=at)

    assert ends() == [year_after(at)] * 3
    changes = DateChange.objects.order_by("lot")
    assert [change.old_expires_at for change in changes] == [
        year_after(NOON),
        year_after(NOON + MONTH),
    ]
    assert {change.entry.key[:5] for change in changes} == {"earn:"}
    assert Account.objects.get(pk=member.pk).next_expiry_at == year_after(at)
    assert differences(at) == []


def test_each_activity_extends_only_where_it_is_chosen(member):
    at = NOON + 2 * MONTH
    before = ends()
    slide("survey")
    make_purchase(member, amount_minor=0, at=at)
    redeem(member, make_reward(cost=1), at=at)
    assert ends() == before

    slide("redemption")
    redeem(member, make_reward(cost=1), at=at)
    assert ends() == [year_after(at)] * 2

    slide("survey")
    answered = at + MONTH
    award_bonus(
        member=member,
        points=3,
        key="survey:1",
        source="survey",
        source_id="1",
        reason="",
        at=answered,
        actor=CLERK,
    )
    assert ends() == [year_after(answered)] * 3
    assert differences(answered) == []


def test_what_has_expired_stays_expired_with_the_worker_stopped(member):
    slide("purchase")
    at = year_after(NOON)
    make_purchase(member, amount_minor=1000, at=at)

    assert ends() == [at, year_after(at), year_after(at)]
    before = balance_of(member_id=member.pk, at=at).available
    assert before == 15
    assert expire_points(at=at) == 1
    assert balance_of(member_id=member.pk, at=at).available == before
    assert differences(at) == []


def test_an_older_activity_shortens_nothing(member):
    slide("purchase")
    before = ends()
    make_purchase(member, amount_minor=0, at=NOON - MONTH)
    assert ends() == before
    assert not DateChange.objects.exists()


def test_of_a_batch_the_latest_activity_counts_once(member):
    slide("purchase")
    purchases = [
        new_purchase(member, at=NOON + days * MONTH, amount_minor=0)
        for days in (2, 4, 3)
    ]
    for _again in range(2):
        post_purchases(purchases=purchases, at=NOON + 4 * MONTH, actor=CLERK)
    assert ends() == [year_after(NOON + 4 * MONTH)] * 2
    assert DateChange.objects.count() == 2
    assert differences(NOON + 4 * MONTH) == []


def test_points_that_never_expire_or_wait_are_left_alone():
    make_rule()
    member = make_member(balance=3)
    set_programme(confirm_days=14)
    make_purchase(member, at=NOON)
    set_programme(confirm_days=None, expiry_months=12)
    slide("purchase")
    before = ends()
    make_purchase(member, amount_minor=0, at=NOON + timedelta(days=1))
    assert ends() == before


def test_verify_names_dates_that_nobody_changed(member):
    slide("purchase")
    make_purchase(member, amount_minor=0, at=NOON + 2 * MONTH)
    lot = Lot.objects.order_by("pk").first()
    Lot.objects.filter(pk=lot.pk).update(expires_at=year_after(NOON + 5 * MONTH))
    [found] = differences(NOON + 2 * MONTH)
    assert found.startswith(f"lot {lot.pk}: found")


def test_a_refusal_extends_nothing(member):
    slide("redemption")
    before = everything()
    with pytest.raises(Exception, match="points"):
        redeem(member, make_reward(cost=1000), at=NOON + 2 * MONTH)
    assert everything() == before
