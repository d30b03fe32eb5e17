"""Posting purchases: what they earn, once, and what is refused."""

from datetime import UTC, datetime, timedelta

import pytest

from loyalty_site.lib.errors import DomainError
from members.services import close_member
from points.errors.posting import (
    AmountNegative,
    InTheFuture,
    LinesDoNotAddUp,
    MembershipClosed,
    PurchaseConflict,
    TooLongAgo,
    UnknownMember,
)
from points.models import Account, Entry, Lot, Purchase, PurchaseLine
from points.selectors.quotes import quote_purchase
from points.services.purchase_types import NewLine
from points.services.purchases import post_purchase, post_purchases
from points.services.tiers import recompute_touched_tiers
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    new_purchase,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db


def test_a_purchase_earns_by_the_rules_and_explains_itself():
    base = make_rule()
    double = make_rule(kind="multiplier", factor="2", minimum="10")
    ended = make_rule(kind="multiplier", factor="5", ends_at=NOON - timedelta(days=1))
    member = make_member()

    posted = make_purchase(member, amount_minor=1234)

    entry = Entry.objects.get(account_id=member.pk)
    assert (entry.points, entry.qualifying) == (24, 12)
    assert entry.trace == {
        "amount": 1234,
        "steps": [
            [base.pk, "base", "12"],
            [double.pk, "multiplier", "2"],
            [ended.pk, "ended", None],
        ],
        "exact": "24",
        "rounding": "floor",
        "points": 24,
    }
    assert posted.points == available(member) == 24


def test_the_same_purchase_again_moves_nothing_and_gets_the_first_answer():
    make_rule()
    purchase = new_purchase(make_member())
    first = post_purchase(purchase=purchase, at=NOON, actor=CLERK)
    before = everything()

    again = post_purchase(purchase=purchase, at=NOON, actor=CLERK)

    assert everything() == before
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.public_id, again.points) == (first.public_id, first.points)


def test_a_purchase_twice_in_one_batch_is_posted_once():
    make_rule()
    purchase = new_purchase(make_member())

    answers = post_purchases(purchases=[purchase, purchase], at=NOON, actor=CLERK)

    assert [answer.is_new for answer in answers] == [True, False]
    assert [answer.points for answer in answers] == [10, 10]
    assert Purchase.objects.count() == Entry.objects.count() == 1


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 999},
        {"occurred_at": NOON - timedelta(seconds=1)},
    ],
)
def test_a_known_id_with_other_content_is_refused_and_writes_nothing(change):
    make_rule()
    purchase = new_purchase(make_member())
    post_purchase(purchase=purchase, at=NOON, actor=CLERK)
    before = everything()

    with pytest.raises(PurchaseConflict, match="posted before with other content"):
        post_purchase(purchase=purchase._replace(**change), at=NOON, actor=CLERK)

    assert everything() == before


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"amount_minor": -1}, AmountNegative),
        ({"occurred_at": NOON + timedelta(hours=1)}, InTheFuture),
        ({"occurred_at": NOON - timedelta(days=31)}, TooLongAgo),
        ({"lines": (NewLine(999),)}, LinesDoNotAddUp),
        ({"member_id": 10**12}, UnknownMember),
    ],
)
def test_a_bad_purchase_is_refused_and_writes_nothing(change, error: type[DomainError]):
    make_rule()
    purchase = new_purchase(make_member())
    before = everything()

    with pytest.raises(error):
        post_purchase(purchase=purchase._replace(**change), at=NOON, actor=CLERK)

    assert everything() == before


def test_one_refusal_leaves_the_whole_batch_unwritten():
    make_rule()
    good, closed = make_member(), make_member()
    close_member(member=closed, reason="moved", at=NOON, actor=CLERK)
    before = everything()

    with pytest.raises(MembershipClosed):
        post_purchases(
            purchases=[new_purchase(good), new_purchase(closed)], at=NOON, actor=CLERK
        )

    assert everything() == before


def test_a_purchase_of_nothing_is_a_visit_that_still_explains_itself():
    rule = make_rule()
    member = make_member()

    make_purchase(member, amount_minor=0)

    entry = Entry.objects.get(account_id=member.pk)
    assert (entry.points, Lot.objects.count()) == (0, 0)
    assert entry.trace == {
        "amount": 0,
        "steps": [[rule.pk, "not_met", None]],
        "exact": "0",
        "rounding": "floor",
        "points": 0,
    }


def test_line_points_add_up_to_the_points_of_the_purchase():
    make_rule(points=1, amount="0.30", method="proportional")
    member = make_member()
    lines = (NewLine(100), NewLine(100), NewLine(99))

    posted = make_purchase(member, amount_minor=299, lines=lines)

    shares = list(PurchaseLine.objects.order_by("position").values_list("points"))
    assert posted.points == 9
    assert shares == [(3,), (3,), (3,)]


def test_points_expire_twelve_months_later_at_the_same_wall_time():
    set_programme(expiry_months=12, time_zone="Europe/London")
    make_rule()
    member = make_member()
    winter = datetime(2024, 2, 29, 12, 30, tzinfo=UTC)

    make_purchase(member, at=winter)

    lot = Lot.objects.get()
    assert lot.expires_at == datetime(2025, 2, 28, 12, 30, tzinfo=UTC)


def test_the_tier_of_the_day_decides_also_for_a_back_dated_purchase():
    make_rule()
    tiers = make_tiers(silver=0, gold=100)
    tiers["gold"].multiplier = 2
    tiers["gold"].save()
    member = make_member()
    make_purchase(member, amount_minor=10_000, at=NOON - timedelta(days=3))
    recompute_touched_tiers(at=NOON - timedelta(days=2))

    before_gold = make_purchase(member, at=NOON - timedelta(days=4))
    with_gold = make_purchase(member, at=NOON)

    assert (before_gold.points, with_gold.points) == (10, 20)


def test_a_quote_gives_what_posting_gives_and_writes_nothing():
    make_rule()
    make_rule(kind="multiplier", factor="1.5")
    purchase = new_purchase(make_member(), amount_minor=3333)
    before = everything()

    quote = quote_purchase(purchase=purchase, at=NOON)

    assert everything() == before
    posted = post_purchase(purchase=purchase, at=NOON, actor=CLERK)
    assert (quote.points, quote.trace) == (posted.points, posted.trace)


def test_voiding_takes_the_own_lot_first_and_never_more_than_there_is():
    make_rule()
    member = make_member()
    first = make_purchase(member, amount_minor=10_000, at=NOON - timedelta(days=2))
    make_purchase(member, amount_minor=5_000, at=NOON - timedelta(days=1))
    redeem(member, make_reward(cost=120))

    voided = void_purchases(
        purchase_ids=[first.purchase_id], reason="wrong card", at=NOON, actor=CLERK
    )

    entry = Entry.objects.get(kind=Entry.Kind.CLAW_BACK)
    assert (voided, entry.points, entry.trace) == (1, -30, {"asked": 100})
    assert entry.qualifying == -100
    assert entry.qualifies_at == NOON - timedelta(days=2)
    assert available(member) == 0
    assert differences() == []


def test_voiding_twice_takes_once():
    make_rule()
    member = make_member()
    posted = make_purchase(member)
    void_purchases(
        purchase_ids=[posted.purchase_id], reason="again", at=NOON, actor=CLERK
    )
    before = everything()

    void_purchases(
        purchase_ids=[posted.purchase_id], reason="again", at=NOON, actor=CLERK
    )

    assert everything() == before
    assert Account.objects.get(pk=member.pk).balance == 0


def test_a_new_rule_version_counts_from_the_next_purchase_on():
    version = make_rule()
    member = make_member()
    assert make_purchase(member).points == 10

    version.rule.versions.create(
        number=2,
        params=version.params | {"points": 3},
        valid_from=NOON,
        created_by="tests",
    )

    assert make_purchase(member, at=NOON).points == 30
    assert make_purchase(member, at=NOON - timedelta(seconds=1)).points == 10


def test_a_rule_switched_off_earns_nothing():
    version = make_rule()
    member = make_member()
    version.rule.is_active = False
    version.rule.save()

    assert make_purchase(member).points == 0
