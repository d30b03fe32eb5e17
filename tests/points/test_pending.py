"""Pending points: there, but not yet to be spent; computed by time, without a job."""

from datetime import UTC, datetime, timedelta

import pytest

from points.errors.posting import InsufficientPoints
from points.models import Lot
from points.selectors.balances import balance_of
from points.selectors.quotes import quote_purchase
from tests.factories import (
    NOON,
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
DUE = NOON + timedelta(days=14)


@pytest.fixture
def member():
    make_rule()
    set_programme(pending_days=14)
    member = make_member()
    make_purchase(member, amount_minor=3000)
    return member


def test_points_can_be_spent_from_the_very_instant_on(member):
    reward = make_reward(cost=30)
    early = DUE - timedelta(microseconds=1)
    before = everything()
    with pytest.raises(InsufficientPoints):
        redeem(member, reward, at=early)
    assert everything() == before
    redeem(member, reward, at=DUE)
    assert differences(DUE) == []


def test_the_balance_names_what_is_pending(member):
    then = balance_of(member_id=member.pk, at=NOON)
    assert (then.available, then.pending) == (0, 30)
    later = balance_of(member_id=member.pk, at=DUE)
    assert (later.available, later.pending) == (30, 0)


def test_pending_points_count_toward_the_tier_at_once(member):
    member.account.refresh_from_db()
    assert member.account.tier_is_due


def test_expiry_is_counted_from_when_they_can_be_spent():
    make_rule()
    set_programme(pending_days=14, expiry_months=12)
    make_purchase(make_member(), amount_minor=3000)
    assert Lot.objects.get().expires_at == DUE.replace(year=2027)


def test_the_quote_says_from_when(member):
    quote = quote_purchase(purchase=new_purchase(member), at=NOON)
    assert (quote.effective_at, quote.expires_at) == (DUE, None)


def test_a_changed_policy_leaves_posted_points_alone(member):
    set_programme(pending_days=0)
    assert Lot.objects.get().effective_at == DUE


@pytest.mark.parametrize(
    ("at", "due"),
    [
        # New York: to summer time on 8 March, back on 1 November 2026.
        ("2026-03-01T17:00", "2026-03-15T16:00"),
        ("2026-10-25T16:00", "2026-11-08T17:00"),
        ("2026-02-22T07:30", "2026-03-08T07:30"),
    ],
)
def test_days_keep_the_time_of_the_day_over_a_change_of_the_clock(at, due):
    make_rule()
    set_programme(pending_days=14, time_zone="America/New_York")
    instant = datetime.fromisoformat(at).replace(tzinfo=UTC)
    make_purchase(make_member(), amount_minor=3000, at=instant)
    expected = datetime.fromisoformat(due).replace(tzinfo=UTC)
    assert Lot.objects.get().effective_at == expected
