"""Events beside their cause: what is told, to whom, and that neither goes without the other."""

from datetime import timedelta

import pytest
from django.db import transaction

from loyalty_site.webhooks.models import Delivery, Event
from loyalty_site.webhooks.services.endpoints import (
    pause_endpoint,
    remove_endpoint,
)
from loyalty_site.webhooks.services.forgetting import KEPT, forget_old_events
from members.services import Profile, change_member, close_member
from points.errors.posting import InsufficientPoints
from points.models import Purchase
from points.selectors.adjustment_limits import NO_LIMIT
from points.services.adjustments import Wish, ask_adjustment
from points.services.expiry import expire_points
from points.services.redemptions import fulfil_redemption, reverse_redemption
from points.services.refunds import RefundWish, refund_purchase
from points.services.tiers import recompute_touched_tiers
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
    redeem,
    set_programme,
)
from tests.webhooks.conftest import told


def data(kind):
    return Event.objects.get(kind=kind).data


def data_of_all():
    return str(list(Event.objects.values_list("data", flat=True)))


def test_a_purchase_is_told_with_its_points(listen):
    set_programme(currency="HKD")
    make_rule()
    listen("purchase.posted", "points.earned")
    member = make_member()
    posted = make_purchase(member, amount_minor=12_850, source_id="r1")
    assert told() == ["points.earned", "purchase.posted"]
    purchase, earned = data("purchase.posted"), data("points.earned")
    assert purchase["id"] == str(posted.public_id)
    assert (purchase["amount"], purchase["points"]) == ("128.50", 128)
    assert (earned["member"], earned["points"]) == (member.number, 128)
    assert earned["balance"] == 128


def test_a_purchase_that_was_known_is_not_told_again(listen):
    listen()
    make_rule()
    member = make_member()
    for _ in range(2):
        make_purchase(member, source_id="r1", at=NOON)
    assert told() == ["member.created", "points.earned", "purchase.posted"]


def test_each_step_of_a_life_is_told(listen):
    set_programme(currency="HKD", expiry_months=12)
    make_rule()
    make_tiers(silver=5)
    listen()
    member = make_member()
    make_purchase(member, source_id="r1")
    recompute_touched_tiers(at=NOON)
    purchase = Purchase.objects.get()
    wish = RefundWish("till", "R1", NOON, amount_minor=500)
    refund_purchase(purchase=purchase, wish=wish, at=NOON, actor=CLERK)
    void_purchases(purchase_ids=[purchase.pk], reason="", at=NOON, actor=CLERK)
    give_points(member, 100, at=NOON)
    for settle in (fulfil_redemption, reverse_redemption):
        extra = {"reason": "broken"} if settle is reverse_redemption else {}
        redemption = redeem(member, make_reward(cost=30))
        settle(redemption=redemption, at=NOON, actor=CLERK, **extra)
    ask_adjustment(
        member=member,
        wish=Wish(-1, "mistake"),
        limit=NO_LIMIT,
        key="a",
        at=NOON,
        actor=CLERK,
    )
    expire_points(at=NOON + timedelta(days=400))
    profile = Profile(full_name="Ada")
    change_member(member=member, profile=profile, at=NOON, actor=CLERK)
    close_member(member=member, reason="asked", at=NOON, actor=CLERK)
    close_member(member=member, reason="asked", at=NOON, actor=CLERK)
    assert told() == [
        "member.created",
        "points.earned",
        "purchase.posted",
        "tier.changed",
        "points.adjusted",
        "refund.posted",
        "purchase.voided",
        "points.adjusted",
        "points.earned",
        "points.spent",
        "redemption.created",
        "redemption.fulfilled",
        "points.spent",
        "redemption.created",
        "points.adjusted",
        "redemption.reversed",
        "points.adjusted",
        "points.expired",
        "member.updated",
        "member.closed",
    ]
    assert data("tier.changed")["to_tier"] == "silver"
    assert "Ada" not in data_of_all()
    assert "code" not in data_of_all()


def test_a_refusal_tells_nothing(listen):
    listen()
    member = make_member()
    with pytest.raises(InsufficientPoints):
        redeem(member, make_reward(cost=30))
    assert told() == ["member.created"]


def test_a_transaction_that_is_rolled_back_tells_nothing(listen):
    listen()
    with transaction.atomic():
        make_member(balance=5)
        assert Event.objects.exists()
        transaction.set_rollback(True)
    assert (Event.objects.count(), Delivery.objects.count()) == (0, 0)


def test_without_an_endpoint_nothing_is_written_or_put_together(db, monkeypatch):
    make_rule()
    member = make_member()
    # A purchase is told of only where the statement that wrote it says so.
    monkeypatch.delattr("points.services.writing.tell_movements")
    monkeypatch.delattr("points.services.earning.tell_purchases")
    make_purchase(member)
    assert not Event.objects.exists()


def test_each_endpoint_gets_what_it_asks_for_and_one_event_is_shared(listen):
    few = listen("member.created")
    many = listen()
    make_member(balance=7)
    assert told(few) == ["member.created"]
    assert told(many) == ["member.created", "points.earned"]
    assert Event.objects.count() == 2


def test_a_paused_endpoint_keeps_its_events_and_a_removed_one_gets_none(listen):
    paused, removed = listen(), listen()
    pause_endpoint(endpoint=paused, reason="by_hand", at=NOON)
    make_member()
    remove_endpoint(endpoint=removed, at=NOON, actor=CLERK)
    make_member()
    assert told(paused) == ["member.created"] * 2
    states = Delivery.objects.filter(endpoint=removed).values_list("state", flat=True)
    assert list(states) == ["failed"]


def test_points_that_moved_nothing_are_not_told(listen):
    listen("points.earned", "purchase.posted")
    make_purchase(make_member(), amount_minor=0)
    assert told() == ["purchase.posted"]


def test_old_events_are_forgotten_and_younger_ones_stay(listen):
    listen("points.earned")
    member = make_member()
    for days in (31, 29):
        give_points(member, 1, at=NOON - timedelta(days=days))
    assert timedelta(days=30) == KEPT
    assert forget_old_events(at=NOON) == 1
    assert (Event.objects.count(), Delivery.objects.count()) == (1, 1)
    assert forget_old_events(at=NOON) == 0
