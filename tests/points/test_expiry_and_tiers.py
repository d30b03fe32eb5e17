"""The sweep and the tiers agree with what time alone says."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from points.models import Account, Allocation, Entry, Lot, RuleVersion, TierChange
from points.selectors.balances import balance_of
from points.services.expiry import expire_points
from points.services.tiers import recompute_all_tiers, recompute_touched_tiers
from tests.factories import (
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db


def test_the_sweep_changes_no_balance_and_finds_nothing_the_second_time():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 30, at=NOON - timedelta(days=40))
    give_points(member, 5, at=NOON)
    assert available(member) == 5

    assert expire_points(at=NOON) == 1

    before = everything()
    assert expire_points(at=NOON) == 0
    assert everything() == before
    assert available(member) == Account.objects.get(pk=member.pk).balance == 5
    assert differences() == []


def test_an_expire_entry_is_dated_when_the_lot_expired():
    set_programme(expiry_months=1)
    give_points(make_member(), 30, at=NOON)

    expire_points(at=NOON + timedelta(days=365))

    lot = Lot.objects.get()
    assert Entry.objects.get(kind="expire").occurred_at == lot.expires_at


def test_a_past_balance_is_what_had_happened_by_then():
    set_programme(expiry_months=12)
    member = make_member()
    give_points(member, 50, at=NOON - timedelta(days=10))
    redeem(member, make_reward(cost=20), at=NOON - timedelta(days=5))
    give_points(member, 7, at=NOON)

    def then(days):
        at = NOON - timedelta(days=days)
        return balance_of(member_id=member.pk, at=at, now=NOON).available

    assert [then(11), then(10), then(5), then(1)] == [0, 50, 30, 30]
    assert available(member) == 37


def test_every_coming_expiry_is_told():
    set_programme(expiry_months=1)
    member = make_member()
    give_points(member, 30, at=NOON)
    give_points(member, 4, at=NOON)
    give_points(member, 5, at=NOON + timedelta(hours=1))

    coming = balance_of(member_id=member.pk, at=NOON + timedelta(hours=2)).expiring

    assert [each.points for each in coming] == [34, 5]


def test_a_threshold_reached_exactly_lifts_the_tier():
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    member = make_member()
    make_purchase(member, amount_minor=9_999)
    recompute_touched_tiers(at=NOON)
    assert Account.objects.get(pk=member.pk).tier == tiers["silver"]

    make_purchase(member, amount_minor=100)
    recompute_touched_tiers(at=NOON)

    change = TierChange.objects.latest("id")
    assert Account.objects.get(pk=member.pk).tier == tiers["gold"]
    assert (change.cause, change.qualifying) == ("upgrade", 100)
    assert differences() == []


def test_spending_and_bonuses_do_not_touch_the_tier():
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    member = make_member()
    make_purchase(member, amount_minor=10_000)
    give_points(member, 5_000, at=NOON)
    redeem(member, make_reward(cost=90))

    recompute_touched_tiers(at=NOON)

    assert Account.objects.get(pk=member.pk).tier == tiers["gold"]
    assert TierChange.objects.get().qualifying == 100


def test_points_that_leave_the_window_lower_the_tier_at_night():
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    member = make_member()
    make_purchase(member, amount_minor=10_000, at=NOON)
    recompute_touched_tiers(at=NOON)
    a_year_later = NOON.replace(year=NOON.year + 1)

    assert recompute_all_tiers(at=a_year_later - timedelta(seconds=1)) == 0
    assert recompute_all_tiers(at=a_year_later) == 1

    assert Account.objects.get(pk=member.pk).tier == tiers["silver"]
    assert TierChange.objects.latest("id").cause == "downgrade"


def test_touched_members_and_everybody_come_to_the_same():
    make_rule()
    make_tiers(silver=0, gold=100, platinum=300)
    for amount in (0, 9_999, 10_000, 29_999, 30_000, 90_000):
        make_purchase(make_member(), amount_minor=amount)
    recompute_touched_tiers(at=NOON)
    tiers = list(Account.objects.order_by("pk").values_list("tier__slug", flat=True))

    assert recompute_all_tiers(at=NOON) == 0
    assert tiers == ["silver", "silver", "gold", "gold", "platinum", "platinum"]


@pytest.mark.parametrize("model", [Entry, Allocation, TierChange, RuleVersion])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_written(model, statement):
    make_rule()
    make_tiers(silver=0)
    member = make_member(balance=50)
    make_purchase(member)
    redeem(member, make_reward())
    recompute_touched_tiers(at=NOON)

    with (
        pytest.raises(DatabaseError, match="Cannot"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(model._meta.db_table))

    assert model.objects.exists()


def test_the_database_refuses_to_truncate_the_ledger():
    with (
        pytest.raises(DatabaseError, match="never truncated"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("TRUNCATE points_entry CASCADE")


def test_verify_names_a_row_that_was_tampered_with():
    member = make_member(balance=50)
    Account.objects.filter(pk=member.pk).update(balance=60)

    assert differences() == [
        f"account {member.pk}: found 60/0/50/0/0, expected 50/0/50/0/0",
        f"account {member.pk}: found 60, expected 50",
    ]
