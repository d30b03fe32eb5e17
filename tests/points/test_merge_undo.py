"""A merge that was a mistake: everything goes back, or the reason is named."""

from datetime import timedelta

import pytest

from members.errors import AlreadyEnrolled
from members.models import Identifier
from members.references import find_member
from members.services import Identity, Profile, enrol_member
from points.errors.merges import CannotUndo, MergeDecided
from points.models import Account, Purchase, Redemption
from points.selectors.balances import balance_of
from points.services.confirmations import confirm_purchase
from points.services.expiry import expire_points
from points.services.merges.undoing import undo_merge
from points.services.redemptions import reverse_redemption
from points.services.tiers import recompute_all_tiers
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    purchase_of,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything
from tests.points.test_merges import lots_of, merge, refund

pytestmark = pytest.mark.django_db


def undo(done, *, at=NOON):
    done.refresh_from_db()
    return undo_merge(merge=done, reason="Two people", at=at, actor=CLERK)


def test_everything_goes_back_and_what_came_since_stays():
    make_rule()
    make_tiers(silver=0, gold=60)
    set_programme(expiry_months=12)
    kept, gone = make_member(balance=7), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=7000))
    redemption = redeem(gone, make_reward(cost=20))
    give_points(gone, 5, at=NOON + timedelta(days=3))
    before = lots_of(gone)
    done = merge(kept, gone)
    since = purchase_of(make_purchase(kept, amount_minor=900))

    assert undo(done).state == "undone"

    assert lots_of(gone) == before
    assert (available(kept), available(gone)) == (9, 50)
    bought.refresh_from_db()
    since.refresh_from_db()
    assert (bought.member_id, bought.earned_account_id) == (gone.pk, None)
    assert since.member_id == kept.pk
    assert Redemption.objects.get(pk=redemption.pk).account_id == gone.pk
    tiers = dict(Account.objects.values_list("pk", "tier__slug"))
    assert (tiers[kept.pk], tiers[gone.pk]) == ("silver", "gold")
    assert recompute_all_tiers(at=NOON) == 0
    assert differences() == []


def test_after_it_refunds_and_redemptions_are_those_of_the_first_owner():
    make_rule()
    kept, gone = make_member(balance=7), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=7000))
    redemption = redeem(gone, make_reward(cost=20))
    undo(merge(kept, gone))
    redemption.refresh_from_db()
    reverse_redemption(redemption=redemption, reason="x", at=NOON, actor=CLERK)
    assert available(gone) == 70
    refund(bought)
    assert (available(kept), available(gone)) == (7, 0)
    assert differences() == []


def test_they_can_be_merged_and_parted_again():
    make_rule()
    kept, gone = make_member(), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=7000))
    undo(merge(kept, gone))
    undo(merge(kept, gone))
    merge(gone, kept)
    void_purchases(purchase_ids=[bought.pk], reason="x", at=NOON, actor=CLERK)
    assert (available(kept), available(gone)) == (0, 0)
    assert differences() == []


def test_the_second_of_two_merges_is_undone_alone():
    make_rule()
    first, second, third = make_member(), make_member(), make_member()
    bought = purchase_of(make_purchase(first, amount_minor=5000))
    inner = merge(second, first)
    outer = merge(third, second)
    with pytest.raises(CannotUndo, match="closed or was merged itself"):
        undo(inner)
    undo(outer)
    assert find_member(number=first.number).pk == second.pk
    bought.refresh_from_db()
    assert (bought.member_id, bought.earned_account_id) == (second.pk, first.pk)
    assert differences() == []
    undo(inner)
    assert (available(first), available(second), available(third)) == (50, 0, 0)
    assert Purchase.objects.get().member_id == first.pk
    assert differences() == []


def spend(kept, _bought, _redemption):
    redeem(kept, make_reward(cost=1))


def refund_some(_kept, bought, _redemption):
    refund(bought, amount_minor=1)


def take_back(_kept, _bought, redemption):
    redemption.refresh_from_db()
    reverse_redemption(redemption=redemption, reason="x", at=NOON, actor=CLERK)


@pytest.mark.parametrize(
    ("deed", "why"),
    [
        (spend, "1 of the points that moved has been used"),
        (refund_some, "refunded or voided since"),
        (take_back, "redemption that moved has been taken back"),
    ],
)
def test_what_cannot_go_back_is_named_and_nothing_is_written(deed, why):
    make_rule()
    kept, gone = make_member(), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=5000))
    redemption = redeem(gone, make_reward(cost=20))
    done = merge(kept, gone)
    deed(kept, bought, redemption)
    before = everything()
    with pytest.raises(CannotUndo, match=why):
        undo(done)
    assert everything() == before
    assert differences() == []


def test_points_that_expired_since_stay_expired():
    set_programme(expiry_months=1)
    kept, gone = make_member(), make_member()
    give_points(gone, 30, at=NOON - timedelta(days=20))
    give_points(gone, 4, at=NOON)
    done = merge(kept, gone)
    later = NOON + timedelta(days=15)
    expire_points(at=later)
    undo(done, at=later)
    assert available(gone, later) == 4
    assert Account.objects.get(pk=kept.pk).expired == 30
    assert differences(later) == []


def test_undone_once_and_no_more():
    kept, gone = make_member(), make_member(balance=5)
    done = merge(kept, gone)
    undo(done)
    before = everything()
    with pytest.raises(MergeDecided):
        undo(done)
    assert everything() == before


def test_cards_and_contact_go_back_unless_somebody_else_has_them():
    kept = make_member(email="one@example.com")
    gone = enrol_member(
        profile=Profile(full_name="Gone", email="two@example.com"),
        at=NOON,
        actor=CLERK,
        identities=(Identity("card", "900100"),),
    )
    done = merge(kept, gone, picks=("full_name",))
    undo(done)
    kept.refresh_from_db()
    gone.refresh_from_db()
    assert (kept.full_name == "Gone", gone.is_open) == (False, True)
    assert Identifier.objects.get().member_id == gone.pk
    done = merge(kept, gone)
    make_member(email="two@example.com")
    before = everything()
    with pytest.raises(AlreadyEnrolled):
        undo(done)
    assert everything() == before


def test_a_waiting_purchase_that_moved_is_confirmed_where_it_is():
    make_rule()
    set_programme(confirm_days=14, expiry_months=12)
    kept, gone = make_member(), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=5000))
    merge(kept, gone)
    bought.refresh_from_db()
    assert balance_of(member_id=kept.pk, at=NOON).available == 0
    confirm_purchase(purchase=bought, at=NOON, actor=CLERK)
    assert available(kept) == 50
    assert differences() == []


def test_a_waiting_purchase_that_moved_is_cancelled_where_it_is():
    make_rule()
    make_tiers(silver=0, gold=50)
    set_programme(confirm_days=14, expiry_months=12)
    kept, gone = make_member(), make_member()
    make_purchase(gone, amount_minor=5000)
    merge(kept, gone)
    later = NOON + timedelta(days=20)
    expire_points(at=later)
    recompute_all_tiers(at=later)
    assert Account.objects.get(pk=kept.pk).tier.slug == "silver"
    assert differences(later) == []
