"""Two memberships of one person made one: nothing is lost, nothing counts twice."""

from datetime import date, timedelta

import pytest

from loyalty_site.lib.actors import staff_actor
from members.models import Consent
from members.references import find_member
from members.selectors.search import exact_matches
from members.services import Identity, Profile, close_member, enrol_member, set_consents
from points.errors.merges import (
    MergeOfClosed,
    MergeThere,
    MergeWithItself,
    OwnMerge,
    PointsAreHeld,
)
from points.errors.posting import KeyReused
from points.models import Account, Entry, Lot, Merge, Purchase, TierChange
from points.selectors.adjustment_limits import Limit
from points.selectors.balances import balance_of
from points.selectors.doubled import doubled_benefits
from points.services.bonuses import award_bonus
from points.services.expiry import expire_points
from points.services.holds import HoldWish, place_hold
from points.services.merges.asking import (
    MergeWish,
    approve_merge,
    ask_merge,
    refuse_merge,
)
from points.services.purchases import post_purchase
from points.services.redemptions import reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.tier_assignments import TierWish, approve_tier, ask_tier
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
    new_purchase,
    next_number,
    purchase_of,
    redeem,
    set_programme,
    transfer,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
AGENT, MANAGER = staff_actor("agent"), staff_actor("manager")


def merge(kept, gone, *, key="", actor=AGENT, at=NOON, picks=(), **limits):
    for each in (kept, gone):
        each.refresh_from_db()
    return ask_merge(
        wish=MergeWish(kept, gone, "Enrolled twice", tuple(picks)),
        key=key or f"merge-{next_number()}",
        at=at,
        actor=actor,
        **limits,
    )


def refund(purchase, *, at=NOON, amount_minor=None):
    purchase.refresh_from_db()
    wish = RefundWish("till", f"r-{next_number()}", at, amount_minor=amount_minor)
    return refund_purchase(purchase=purchase, wish=wish, at=at, actor=CLERK).refund


def lots_of(member):
    lots = Lot.objects.filter(account=member.pk, is_open=True).order_by("pk")
    return list(lots.values_list("remaining", "effective_at", "expires_at", "priority"))


def test_every_lot_moves_with_its_dates_and_its_origin():
    set_programme(expiry_months=12)
    kept, gone = make_member(), make_member()
    old = give_points(gone, 30, at=NOON - timedelta(days=200))
    new = give_points(gone, 50, at=NOON - timedelta(days=100))
    coming = give_points(gone, 5, at=NOON + timedelta(days=3))
    before = lots_of(gone)

    done = merge(kept, gone)

    assert (done.state, done.points) == ("done", 85)
    assert (lots_of(kept), lots_of(gone)) == (before, [])
    origins = Lot.objects.filter(account=kept.pk).order_by("pk")
    assert list(origins.values_list("origin", flat=True)) == [
        old.pk,
        new.pk,
        coming.pk,
    ]
    balance = balance_of(member_id=kept.pk, at=NOON)
    assert (balance.available, balance.pending) == (80, 5)
    assert differences() == []


def test_what_has_expired_is_written_off_where_it_was():
    set_programme(expiry_months=1)
    kept, gone = make_member(), make_member()
    give_points(gone, 30, at=NOON - timedelta(days=60))
    merge(kept, gone)
    assert Account.objects.get(pk=gone.pk).expired == 30
    assert (available(kept), lots_of(kept)) == (0, [])
    assert differences() == []


def test_the_same_request_merges_once():
    kept, gone = make_member(balance=10), make_member(balance=20)
    first = merge(kept, gone, key="m-1")
    before = everything()
    assert merge(kept, gone, key="m-1").pk == first.pk
    with pytest.raises(KeyReused):
        merge(gone, kept, key="m-1")
    assert everything() == before


def test_a_debt_goes_along_and_is_paid_from_what_is_there():
    make_rule()
    set_programme(refund_policy="allow_debt")
    kept, gone = make_member(balance=30), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=5000))
    redeem(gone, make_reward(cost=50))
    refund(bought)
    assert balance_of(member_id=gone.pk, at=NOON).debt == 50

    assert merge(kept, gone).debt == 50

    after = balance_of(member_id=kept.pk, at=NOON)
    assert (after.available, after.debt) == (0, 20)
    assert balance_of(member_id=gone.pk, at=NOON).debt == 0
    assert differences() == []


@pytest.mark.parametrize("parts", [[5000], [2000, 3000], [1, 4999]])
def test_a_purchase_of_before_is_refunded_from_the_one_that_stayed(parts):
    make_rule()
    make_tiers(silver=0, gold=50)
    kept, gone = make_member(balance=7), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=5000))
    merge(kept, gone)
    assert Account.objects.get(pk=kept.pk).tier.slug == "gold"
    for amount in parts:
        refund(bought, amount_minor=amount)
    assert available(kept) == 7
    recompute_all_tiers(at=NOON)
    assert Account.objects.get(pk=kept.pk).tier.slug == "silver"
    assert differences() == []


def test_after_two_merges_a_purchase_is_voided_where_it_is_now():
    make_rule()
    first, second, third = make_member(), make_member(balance=3), make_member(balance=4)
    bought = purchase_of(make_purchase(first, amount_minor=5000))
    merge(second, first)
    merge(third, second)
    bought.refresh_from_db()
    assert (bought.member_id, bought.earned_account_id) == (third.pk, first.pk)
    assert find_member(number=first.number).pk == third.pk
    assert available(third) == 57
    void_purchases(purchase_ids=[bought.pk], reason="test", at=NOON, actor=CLERK)
    assert available(third) == 7
    assert differences() == []


def test_points_that_expired_at_the_other_membership_are_not_taken_again():
    make_rule()
    set_programme(expiry_months=1, refund_policy="within_balance")
    kept, gone = make_member(), make_member()
    bought = purchase_of(
        make_purchase(gone, amount_minor=5000, at=NOON - timedelta(days=60))
    )
    expire_points(at=NOON)
    merge(kept, gone)
    give_points(kept, 50, at=NOON)
    refund(bought)
    assert available(kept) == 50
    assert differences() == []


def test_a_till_that_sends_the_purchase_again_gets_the_first_answer():
    make_rule()
    kept, gone = make_member(), make_member()
    purchase = new_purchase(gone, amount_minor=5000)
    first = post_purchase(purchase=purchase, at=NOON, actor=CLERK)
    merge(kept, gone)
    stays = find_member(number=gone.number).pk
    again = post_purchase(
        purchase=purchase._replace(member_id=stays), at=NOON, actor=CLERK
    )
    assert (again.is_new, again.points) == (False, first.points)
    assert Purchase.objects.get().member_id == kept.pk


def test_a_redemption_of_before_comes_back_to_the_one_that_stayed():
    set_programme(expiry_months=12)
    kept, gone = make_member(), make_member()
    give_points(gone, 50, at=NOON - timedelta(days=30))
    [before] = lots_of(gone)
    redemption = redeem(gone, make_reward(cost=50))
    merge(kept, gone)
    redemption.refresh_from_db()
    assert redemption.account_id == kept.pk

    reverse_redemption(redemption=redemption, reason="x", at=NOON, actor=CLERK)

    assert (lots_of(kept), lots_of(gone)) == ([before], [])
    assert differences() == []


def test_a_limit_of_rewards_counts_what_both_have_had():
    reward = make_reward(cost=10)
    reward.limit_per_member = 1
    reward.save()
    kept, gone = make_member(balance=50), make_member(balance=50)
    redeem(gone, reward)
    redeem(kept, reward)
    [doubled] = doubled_benefits(kept.pk, gone.pk)[1:]
    assert doubled.what == reward.name
    assert "2 times" in doubled.detail


def test_bonuses_and_rules_that_are_given_once_are_flagged():
    make_rule(conditions={"first_purchase": {}})
    kept, gone = make_member(), make_member()
    for each in (kept, gone):
        make_purchase(each, amount_minor=1000)
    found = doubled_benefits(kept.pk, gone.pk)
    assert ["First purchase" in each.detail for each in found] == [True]
    give_points(gone, 5, at=NOON)
    assert len(doubled_benefits(kept.pk, gone.pk)) == 1
    give_points(kept, 5, at=NOON)
    assert len(doubled_benefits(kept.pk, gone.pk)) == 2


@pytest.mark.parametrize(("mine", "theirs"), [(300, 200), (100, 450), (450, 100)])
def test_counters_add_up_and_can_lift_the_tier(mine, theirs):
    make_rule()
    make_tiers(silver=0, gold=400, platinum=500)
    kept, gone = make_member(), make_member()
    make_purchase(kept, amount_minor=mine * 100)
    make_purchase(gone, amount_minor=theirs * 100, at=NOON - timedelta(days=50))
    make_purchase(gone, amount_minor=9900, at=NOON - timedelta(days=500))
    recompute_all_tiers(at=NOON)
    merge(kept, gone)
    wanted = "platinum" if mine + theirs >= 500 else "gold"
    assert Account.objects.get(pk=kept.pk).tier.slug == wanted
    assert TierChange.objects.filter(account=kept.pk).latest("pk").cause in {
        "merge",
        "upgrade",
    }
    assert recompute_all_tiers(at=NOON) == 0
    assert differences() == []


def test_a_higher_tier_by_hand_is_kept_until_its_end():
    tiers = make_tiers(silver=0, gold=400)
    kept, gone = make_member(), make_member()
    until = NOON + timedelta(days=30)
    wish = TierWish(tiers["gold"], "floor", "VIP", until)
    asked = ask_tier(member=gone, wish=wish, key="t", at=NOON, actor=AGENT)
    approve_tier(assignment=asked, note="", at=NOON, actor=MANAGER)
    done = merge(kept, gone)
    assert Account.objects.get(pk=kept.pk).tier.slug == "gold"
    assert (done.tier_assignment.kind, done.tier_assignment.ends_at) == ("floor", until)
    assert differences() == []


def test_days_and_events_of_both_count_toward_a_tier():
    make_rule()
    tiers = make_tiers(silver=0, gold=0)
    tiers["gold"].threshold, tiers["gold"].bonus_events = None, 3
    tiers["gold"].save()
    kept, gone = make_member(), make_member()
    for each in (kept, gone, gone):
        give_points(each, 5, at=NOON)
    done = merge(kept, gone)
    assert Account.objects.get(pk=kept.pk).tier.slug == "gold"
    assert done.tier_assignment is None
    assert differences() == []


def test_everything_that_led_to_the_one_that_went_leads_to_the_other():
    kept = make_member(name="Chan", email="chan@example.com")
    gone = enrol_member(
        profile=Profile(
            full_name="Chan Tai Man",
            email="tm@example.com",
            phone="+85291234567",
            birth_on=date(1990, 2, 3),
        ),
        at=NOON,
        actor=CLERK,
        identities=(Identity("card", "900100"),),
    )
    merge(kept, gone, picks=("phone", "birth_on"))
    for way in (
        {"number": gone.number},
        {"card": "900100"},
        {"email": "TM@example.com"},
        {"phone": "+852 9123 4567"},
    ):
        assert find_member(**way).pk == kept.pk
    members = type(kept).objects.all()
    for text in (gone.number.lower(), "900100", "tm@example.com", "+85291234567"):
        assert exact_matches(members, text) == [kept]
    kept.refresh_from_db()
    assert (kept.full_name, str(kept.phone)) == ("Chan", "+85291234567")
    assert kept.birth_on == date(1990, 2, 3)
    gone.refresh_from_db()
    assert (gone.merged_into_id, gone.is_open) == (kept.pk, False)


def test_the_stricter_word_on_mails_counts():
    kept, gone, silent = make_member(), make_member(), make_member()
    set_consents(member=kept, granted={"survey", "marketing"}, at=NOON, source="staff")
    set_consents(member=gone, granted={"marketing"}, at=NOON, source="staff")
    set_consents(member=gone, granted=set(), at=NOON, source="staff")
    merge(kept, gone)
    merge(kept, silent)
    said = Consent.objects.filter(member=kept).order_by("pk")
    latest = dict(said.values_list("purpose", "is_granted"))
    assert latest == {"survey": True, "marketing": False}


def test_a_bonus_for_the_one_that_went_goes_to_the_other_once():
    kept, gone = make_member(), make_member()
    given = {
        "points": 5,
        "source": "survey",
        "source_id": "1",
        "reason": "Thanks",
        "at": NOON,
        "actor": CLERK,
    }
    award_bonus(member=gone, key="early", **given)
    merge(kept, gone)
    gone.refresh_from_db()
    for key in ("early", "late", "late"):
        award_bonus(member=gone, key=key, **given)
    assert available(kept) == 10
    assert differences() == []


def test_above_the_limit_a_second_person_decides():
    kept, gone = make_member(), make_member(balance=500)
    waiting = merge(kept, gone, limit=Limit(499, None))
    assert (waiting.state, available(gone)) == ("waiting", 500)
    with pytest.raises(MergeThere):
        merge(kept, gone)
    with pytest.raises(OwnMerge):
        approve_merge(merge=waiting, note="", at=NOON, actor=AGENT)
    assert available(kept) == 0
    approve_merge(merge=waiting, note="Same person", at=NOON, actor=MANAGER)
    assert available(kept) == 500
    assert differences() == []


def test_the_limit_of_the_day_counts_every_merge():
    pairs = [(make_member(), make_member(balance=300)) for _ in range(2)]
    states = [merge(*pair, limit=Limit(None, 500)).state for pair in pairs]
    assert states == ["done", "waiting"]
    refuse_merge(
        merge=Merge.objects.get(state="waiting"), note="", at=NOON, actor=AGENT
    )
    assert merge(*pairs[1], limit=Limit(None, 500)).state == "waiting"


def a_closed_one():
    member = make_member()
    return close_member(member=member, reason="x", at=NOON, actor=CLERK)


def one_with_a_hold():
    member = make_member(balance=50)
    wish = HoldWish(timedelta(hours=1), points=10, source="till", source_id="h")
    place_hold(member=member, wish=wish, key="h", at=NOON, actor=CLERK)
    return member


@pytest.mark.parametrize(
    ("other", "refusal"),
    [(a_closed_one, MergeOfClosed), (one_with_a_hold, PointsAreHeld)],
)
def test_a_refusal_writes_nothing(other, refusal):
    kept, gone = make_member(balance=5), other()
    before = everything()
    with pytest.raises(refusal):
        merge(kept, gone)
    with pytest.raises(MergeWithItself):
        merge(kept, kept)
    assert everything() == before
    assert not Merge.objects.exists()


def test_points_given_away_before_stay_given():
    make_rule()
    kept, gone, friend = make_member(balance=9), make_member(), make_member()
    bought = purchase_of(make_purchase(gone, amount_minor=5000))
    transfer(gone, friend, 50)
    merge(kept, gone)
    refund(bought)
    assert (available(kept), available(friend)) == (0, 50)
    assert Entry.objects.filter(kind="claw_back").get().account_id == kept.pk
    assert differences() == []
