"""Members who bring friends: both are paid once, after the days of return."""

from datetime import date, timedelta

import pytest

from members.models import Member
from members.services import Profile, close_member, enrol_member
from points.errors.referrals import (
    FriendIsKnown,
    OwnReferralCode,
    ReferralsAreOff,
    UnknownReferralCode,
)
from points.models import Entry, Occasion, Referral, ReferralTerms
from points.referral_codes import member_ids_of, referral_code
from points.services import referrals
from points.services.referrals import (
    change_referral_terms,
    settle_referral,
    settle_referrals,
)
from points.services.refunds import RefundWish, refund_purchase
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_rule,
    next_number,
    purchase_of,
)
from tests.points.books import available, differences
from tests.points.test_merges import merge
from tests.races import Meeting, at_once, without_lock

JOINED = NOON - timedelta(days=60)
BOUGHT = NOON - timedelta(days=40)


@pytest.fixture(autouse=True)
def _terms(request):
    if request.node.get_closest_marker("django_db"):
        set_terms()


def set_terms(**changes):
    given = {
        "is_active": True,
        "referrer_points": 50,
        "friend_points": 20,
        "least_minor": 1000,
        "return_days": 30,
    }
    change_referral_terms(terms=ReferralTerms(**given | changes), actor=CLERK)


def enrol(referrer, *, at=JOINED, **profile):
    given = {"full_name": f"Friend {next_number()}"} | profile
    code = referral_code(referrer.pk)
    return enrol_member(profile=Profile(**given), at=at, actor=CLERK, code=code)


def buy(friend, *, at=BOUGHT, amount_minor=5000):
    bought = purchase_of(make_purchase(friend, amount_minor=amount_minor, at=at))
    type(bought).objects.filter(pk=bought.pk).update(posted_at=at)
    bought.refresh_from_db()
    return bought


def give_back(bought, amount_minor):
    wish = RefundWish("till", f"r-{next_number()}", BOUGHT, amount_minor=amount_minor)
    refund_purchase(purchase=bought, wish=wish, at=NOON, actor=CLERK)


@pytest.mark.parametrize("member_id", [1, 2, 31, 1 << 20, 987_654_321, (1 << 40) - 1])
def test_a_code_leads_back_to_its_member_however_it_is_typed(member_id):
    code = referral_code(member_id)
    assert len(code) == 8
    typed = f" {code[:4].lower()}-{code[4:].replace('0', 'o').replace('1', 'i')} "
    assert member_ids_of(typed) == [member_id]


def test_codes_of_neighbours_have_nothing_in_common_and_nonsense_is_none():
    codes = {referral_code(member_id) for member_id in range(1, 2000)}
    assert len(codes) == 1999
    assert len({code[:2] for code in codes}) > 500
    assert [member_ids_of(text) for text in ("", "ABC", "UUUUUUUU", "K7QX2MWBX")] == [
        []
    ] * 4


@pytest.mark.django_db
def test_both_are_paid_when_the_purchase_cannot_come_back_and_only_once():
    referrer = make_member()
    friend = enrol(referrer)
    bought = buy(friend)
    almost = BOUGHT + timedelta(days=30) - timedelta(seconds=1)
    assert settle_referrals(at=almost) == 0
    assert settle_referrals(at=BOUGHT + timedelta(days=30)) == 1
    assert settle_referrals(at=NOON) == 0
    assert (available(referrer), available(friend)) == (50, 20)
    paid = Referral.objects.get()
    assert (paid.state, paid.purchase_id) == ("paid", bought.pk)
    assert differences() == []


def voided(bought):
    void_purchases(purchase_ids=[bought.pk], reason="x", at=NOON, actor=CLERK)


def refunded_below(bought):
    give_back(bought, 4001)


def refunded_as_a_whole(bought):
    set_terms(least_minor=0)
    give_back(bought, 5000)


@pytest.mark.django_db
@pytest.mark.parametrize("end", [voided, refunded_below, refunded_as_a_whole])
def test_a_purchase_that_came_back_pays_nothing_and_a_later_one_can(end):
    referrer = make_member()
    friend = enrol(referrer)
    end(buy(friend))
    assert settle_referrals(at=NOON) == 0
    assert not Entry.objects.filter(source="referral").exists()
    buy(friend, at=NOON - timedelta(days=31))
    assert settle_referrals(at=NOON) == 1
    assert differences() == []


@pytest.mark.django_db
def test_what_is_left_after_a_refund_can_be_enough():
    friend = enrol(make_member())
    give_back(buy(friend), 4000)
    assert settle_referrals(at=NOON) == 1


@pytest.mark.django_db
def test_too_small_a_purchase_does_not_count():
    friend = enrol(make_member())
    buy(friend, amount_minor=999)
    assert settle_referrals(at=NOON) == 0


@pytest.mark.django_db
def test_beyond_the_limit_only_the_friend_is_paid():
    set_terms(most_paid=1, most_paid_in="month")
    referrer = make_member()
    friends = [enrol(referrer) for _ in range(2)]
    for each in friends:
        buy(each)
    assert settle_referrals(at=NOON) == 2
    assert [available(each) for each in (referrer, *friends)] == [50, 20, 20]
    third = enrol(referrer)
    buy(third)
    later = NOON + timedelta(days=30)
    settle_referrals(at=later)
    assert available(referrer, later) == 100
    assert differences(later) == []


@pytest.mark.django_db
def test_whoever_buys_nothing_in_time_has_lapsed():
    set_terms(first_within_days=10)
    enrol(make_member())
    settle_referrals(at=JOINED + timedelta(days=40))
    assert Referral.objects.get().state == "waiting"
    settle_referrals(at=JOINED + timedelta(days=41))
    assert Referral.objects.get().state == "lapsed"
    assert differences() == []


def by_a_made_up_code(_referrer):
    code = referral_code(10**9)
    enrol_member(profile=Profile(full_name="X"), at=NOON, actor=CLERK, code=code)


def with_a_tagged_address(referrer):
    enrol(referrer, email="Chan+again@example.com")


def with_the_same_name_and_birthday(referrer):
    enrol(referrer, full_name="chan tai man", birth_on=date(1990, 2, 3))


def after_leaving(referrer):
    left = make_member(phone="+85261234567")
    close_member(member=left, reason="x", at=JOINED, actor=CLERK)
    enrol(referrer, phone="+85261234567")


def while_it_is_off(referrer):
    set_terms(is_active=False)
    enrol(referrer)


def by_somebody_who_left(referrer):
    close_member(member=referrer, reason="x", at=JOINED, actor=CLERK)
    enrol(referrer)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (by_a_made_up_code, UnknownReferralCode),
        (by_somebody_who_left, UnknownReferralCode),
        (with_a_tagged_address, OwnReferralCode),
        (with_the_same_name_and_birthday, OwnReferralCode),
        (after_leaving, FriendIsKnown),
        (while_it_is_off, ReferralsAreOff),
    ],
)
def test_a_refused_code_enrols_nobody(deed, refusal):
    referrer = make_member(
        name="Chan Tai Man", email="chan@example.com", birth_on=date(1990, 2, 3)
    )
    with pytest.raises(refusal):
        deed(referrer)
    assert not Referral.objects.exists()
    assert Member.objects.active().exclude(pk=referrer.pk).count() == 0


@pytest.mark.django_db
def test_of_a_merged_referrer_the_one_who_stayed_is_paid():
    referrer, stays = make_member(), make_member()
    friend = enrol(referrer)
    buy(friend)
    merge(stays, referrer)
    late = enrol(referrer)
    assert settle_referrals(at=NOON) == 1
    assert (available(stays), available(friend)) == (50, 20)
    assert Referral.objects.get(friend=late.pk).referrer_id == stays.pk
    assert differences() == []


@pytest.mark.django_db
def test_who_turns_out_to_be_the_same_person_is_not_paid():
    referrer = make_member()
    friend = enrol(referrer)
    buy(friend)
    merge(referrer, friend)
    assert settle_referrals(at=NOON) == 0
    assert Referral.objects.get().state == "lapsed"
    assert available(referrer) == 0


def paid_at_once() -> int:
    set_terms(most_paid=1)
    referrer = make_member()
    for _ in range(4):
        buy(enrol(referrer))
    ids = Referral.objects.filter(state="waiting").values_list("pk", flat=True)
    at_once(
        *[
            lambda pk=pk: settle_referral(referral_id=pk, at=NOON)
            for pk in list(ids) * 2
        ]
    )
    return available(referrer)


@pytest.mark.django_db(transaction=True)
def test_workers_at_once_keep_the_limit():
    assert paid_at_once() == 50
    assert Referral.objects.filter(state="paid").count() == 4
    assert differences() == []


@pytest.mark.django_db(transaction=True)
def test_without_the_locks_they_pay_beyond_it(monkeypatch):
    without_lock(monkeypatch)
    # The second client of a referral waits for the first, at its row.
    Meeting(monkeypatch, clients=4).after(referrals, "_is_within_limit")

    assert paid_at_once() > 50


@pytest.mark.django_db
def test_a_rule_for_brought_friends_gives_its_points_once_beside_them():
    rule = make_rule(kind="event", event="referral", points=7, times="always")
    referrer = make_member()
    enrol(referrer)
    buy(Member.objects.order_by("pk").last())
    assert settle_referrals(at=NOON) == 1
    assert settle_referrals(at=NOON + timedelta(days=1)) == 0
    assert available(referrer) == 57
    assert Occasion.objects.get().trace["steps"][0][0] == rule.pk
    assert differences() == []


@pytest.mark.django_db
def test_beyond_the_limit_a_rule_for_brought_friends_gives_nothing():
    make_rule(kind="event", event="referral", points=7, times="always")
    set_terms(most_paid=1)
    referrer = make_member()
    for _n in range(2):
        buy(enrol(referrer))
    assert settle_referrals(at=NOON) == 2
    assert available(referrer) == 57
