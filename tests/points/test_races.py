"""Two at once: every lock has a twin without it that goes wrong."""

import threading
from collections import Counter
from functools import partial

import pytest

from loyalty_site.lib.actors import staff_actor
from points.models import Account, Adjustment, Entry, Purchase, Reward, RewardStock
from points.selectors.adjustment_limits import Limit
from points.selectors.reward_terms import terms_for
from points.services import adjustments, posting, reward_terms
from points.services.purchases import post_purchase
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    new_purchase,
    next_number,
    redeem,
    set_programme,
)
from tests.points.books import available, differences
from tests.races import Meeting, at_once, without_lock

pytestmark = pytest.mark.django_db(transaction=True)


def many_redeem_the_same_points(clients: int = 8) -> Counter[str]:
    member, reward = make_member(balance=30), make_reward(cost=30)
    return at_once(*[lambda: redeem(member, reward)] * clients)


def test_points_are_spent_once_however_many_ask():
    ends = many_redeem_the_same_points()

    assert ends == {"done": 1, "InsufficientPoints": 7}
    assert differences() == []


def test_without_the_lock_only_the_constraint_saves_the_points(monkeypatch):
    without_lock(monkeypatch)
    Meeting(monkeypatch, clients=8).before(posting, "write_debits")

    ends = many_redeem_the_same_points()

    assert ends == {"done": 1, "IntegrityError": 7}
    assert differences() == []


def last_pieces(clients: int = 12, pieces: int = 3) -> Counter[str]:
    reward = make_reward(cost=30, pieces=pieces)
    members = [make_member(balance=30) for _ in range(clients)]
    return at_once(*[lambda m=m: redeem(m, reward) for m in members])


def test_the_last_pieces_go_to_as_many_as_there_are():
    ends = last_pieces()

    assert ends == {"done": 3, "OutOfStock": 9}
    assert RewardStock.objects.get().pieces == 0
    assert differences() == []


def test_stock_that_is_looked_at_before_it_is_taken_is_oversold(monkeypatch):
    everybody_looked = threading.Barrier(12)

    def look_then_take(reward, tier_id):
        pieces = RewardStock.objects.get(reward=reward).pieces
        everybody_looked.wait(10)
        RewardStock.objects.filter(reward=reward).update(pieces=pieces - 1)
        return terms_for(tier_id=tier_id, reward_ids=[reward.pk])[reward.pk]

    monkeypatch.setattr(reward_terms, "take_piece", look_then_take)

    assert last_pieces()["done"] > 3


def one_member_wants_it_twice(clients: int = 6) -> Counter[str]:
    reward = make_reward(cost=10)
    Reward.objects.update(limit_per_member=1)
    member = make_member(balance=100)
    return at_once(*[lambda: redeem(member, reward)] * clients)


def test_the_limit_of_a_member_holds_however_many_ask_at_once():
    ends = one_member_wants_it_twice()

    assert ends == {"done": 1, "LimitReached": 5}


def test_without_the_accounts_lock_the_limit_is_passed(monkeypatch):
    without_lock(monkeypatch)
    Meeting(monkeypatch, clients=6).after(reward_terms, "used_by")

    assert one_member_wants_it_twice()["LimitReached"] == 0


def the_same_receipt(clients: int = 8) -> Counter[str]:
    make_rule()
    purchase = new_purchase(make_member())
    call = lambda: post_purchase(purchase=purchase, at=NOON, actor=CLERK)  # noqa: E731
    return at_once(*[call] * clients)


def test_a_receipt_sent_by_many_tills_at_once_is_posted_once():
    ends = the_same_receipt()

    assert ends == {"done": 8}
    assert Purchase.objects.count() == Entry.objects.count() == 1
    assert differences() == []


def test_earning_and_spending_at_once_lose_nothing():
    make_rule()
    member, reward = make_member(balance=100), make_reward(cost=10)
    earn = lambda: make_purchase(member, amount_minor=1000)  # noqa: E731
    spend = lambda: redeem(member, reward)  # noqa: E731

    ends = at_once(*[earn, spend] * 5)

    assert ends == {"done": 10}
    assert available(member) == 100
    assert differences() == []


def test_batches_in_opposite_orders_do_not_wait_for_each_other():
    make_rule()
    members = [make_member() for _ in range(10)]

    def post(order):
        for _ in range(5):
            posting.post_credits(
                [
                    posting.Credit(
                        member.pk, "bonus", 1, NOON, f"{id(order)}:{n}", "tests", "x"
                    )
                    for n, member in enumerate(order)
                ],
                posted_at=NOON,
                actor=CLERK,
            )

    ends = at_once(lambda: post(members), lambda: post(members[::-1]))

    assert ends == {"done": 2}
    assert set(Account.objects.values_list("balance", flat=True)) == {2}


def one_adjustment_approved_by_many(clients: int = 8) -> Counter[str]:
    adjustment = adjustments.ask_adjustment(
        member=make_member(),
        wish=adjustments.Wish(50, Entry.AdjustReason.GOODWILL),
        limit=Limit(0, 0),
        key=f"race-{next_number()}",
        at=NOON,
        actor=CLERK,
    )

    def approve(person):
        adjustments.approve_adjustment(
            adjustment=adjustment, note="", at=NOON, actor=staff_actor(person)
        )

    return at_once(*[lambda n=n: approve(f"p{n}") for n in range(clients)])


def test_an_adjustment_approved_by_many_at_once_is_posted_once():
    ends = one_adjustment_approved_by_many()

    assert ends == {"done": 1, "AdjustmentDecided": 7}
    assert differences() == []


def test_without_locks_only_the_ledgers_key_saves_the_points(monkeypatch):
    without_lock(monkeypatch)
    monkeypatch.setattr(
        adjustments, "_waiting", lambda each: Adjustment.objects.get(pk=each.pk)
    )
    Meeting(monkeypatch, clients=8).after(adjustments, "_waiting")

    ends = one_adjustment_approved_by_many()

    assert ends["AdjustmentDecided"] == 0
    assert ends["done"] == 1
    assert differences() == []


def a_day_used_up_at_once(clients: int = 8) -> int:
    members = [make_member() for _ in range(clients)]

    def ask(member):
        adjustments.ask_adjustment(
            member=member,
            wish=adjustments.Wish(50, Entry.AdjustReason.GOODWILL),
            limit=Limit(None, 100),
            key=f"race-{member.pk}",
            at=NOON,
            actor=CLERK,
        )

    assert at_once(*[lambda m=m: ask(m) for m in members]) == {"done": clients}
    ids = [member.pk for member in members]
    return Adjustment.objects.filter(account__in=ids, state="posted").count()


def test_many_pages_of_one_person_share_the_limit_of_the_day():
    assert a_day_used_up_at_once() == 2


def test_without_the_persons_lock_the_day_is_overdrawn(monkeypatch):
    monkeypatch.setattr(adjustments, "lock_person", lambda _purpose, _actor: None)
    Meeting(monkeypatch, clients=8).after(adjustments, "points_moved_by")

    assert a_day_used_up_at_once() > 2


def many_purchases_reach_for_the_same_limit(clients: int = 6) -> int:
    set_programme(cap_day=10)
    make_rule()
    member = make_member()
    asked = [new_purchase(member) for _ in range(clients)]
    ends = at_once(*[partial(buy, purchase) for purchase in asked])
    assert ends == {"done": clients}
    return Account.objects.get(member=member).balance


def buy(purchase):
    return post_purchase(purchase=purchase, at=NOON, actor=CLERK)


def test_purchases_at_once_do_not_pass_a_limit_together():
    assert many_purchases_reach_for_the_same_limit() == 10
    assert differences() == []


def test_without_the_lock_purchases_pass_a_limit_together(monkeypatch):
    without_lock(monkeypatch)
    Meeting(monkeypatch, clients=6).before(posting, "write")

    assert many_purchases_reach_for_the_same_limit() > 10
