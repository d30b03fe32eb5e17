"""At the counter: points that pay a part, and undoing what was done last."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from loyalty_site.accounts.services import create_staff
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.forms import new_form_key
from points.models import PaymentTerms, PointsPayment, Purchase, Redemption
from points.services.redemptions import fulfil_redemption
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    make_rule,
    redeem,
    set_programme,
)
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    set_programme(currency="HKD")
    make_rule()
    PaymentTerms.objects.create(is_active=True, step_points=100, step_minor=100)
    return make_member(balance=1350)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def card(member):
    return reverse("points:counter-member", args=[member.number])


def quoted(client, member, amount="120.50", **asked):
    url = reverse("points:counter-quote", args=[member.number])
    return client.get(url, {"amount": amount} | asked)


def send(client, member, amount="120.50", **sent):
    return client.post(
        card(member), {"amount": amount, "key": new_form_key(NOON)} | sent
    )


# Pay with points ------------------------------------------------------------


def test_the_quote_offers_what_points_take_off_and_writes_nothing(clerk, member):
    before = everything()
    page = quoted(clerk, member).content.decode()
    assert 'name="agreed" value="1300-1300"' in page
    assert "Use 1,300 points: HK$13.00 off" in page
    assert "HK$107.50 is then left to pay, and it earns 107 points." in page
    assert everything() == before


@pytest.mark.parametrize(
    "case",
    [
        ({}, {"most_points": "450"}, "400-400"),
        ({}, {"amount": "2.30"}, "300-230"),
        ({"most_percent": 10}, {"amount": "50"}, "500-500"),
        ({"least_points": 2000}, {}, None),
        ({}, {"most_points": "99"}, None),
        ({"is_active": False}, {}, None),
    ],
)
def test_an_offer_keeps_to_the_terms(clerk, member, case):
    terms, asked, offered = case
    PaymentTerms.objects.update(**terms)
    page = quoted(clerk, member, **asked).content.decode()
    assert ('name="agreed"' in page) == (offered is not None)
    if offered:
        assert f'value="{offered}"' in page


def test_points_pay_and_the_rest_earns(clerk, member):
    answer = send(clerk, member, agreed="1300-1300")
    purchase, payment = Purchase.objects.get(), PointsPayment.objects.get()
    assert (answer.status_code, purchase.points_paid_minor) == (302, 1300)
    assert (payment.source_id, payment.points) == (purchase.source_id, 1300)
    assert (available(member), differences()) == (50 + 107, [])
    page = clerk.get(card(member)).content.decode()
    assert "1,300 points took HK$13.00 off: HK$107.50 is left to pay." in page


def test_the_same_page_sent_twice_pays_once(clerk, member):
    key = new_form_key(NOON)
    answers = [send(clerk, member, key=key, agreed="100-100") for _ in range(2)]
    assert [each.status_code for each in answers] == [302, 302]
    assert (Purchase.objects.count(), PointsPayment.objects.get().points) == (1, 100)
    assert available(member) == 1350 - 100 + 119


@pytest.mark.parametrize(
    ("agreed", "terms"),
    [
        ("1300-1400", {}),
        ("1300-1300", {"step_minor": 50}),
        ("1400-1400", {}),
        ("1300-1300", {"most_percent": 1}),
        ("1300-1300", {"is_active": False}),
        ("1300", {}),
        ("-1--1", {}),
        ("0-0", {}),
    ],
)
def test_what_was_not_agreed_is_refused_and_writes_nothing(
    clerk, member, agreed, terms
):
    PaymentTerms.objects.update(**terms)
    before = everything()
    assert send(clerk, member, agreed=agreed).status_code == 422
    assert everything() == before
    assert not PointsPayment.objects.exists()


def test_a_purchase_that_was_posted_without_points_takes_none_later(clerk, member):
    key = new_form_key(NOON)
    send(clerk, member, key=key)
    before = everything()
    assert send(clerk, member, key=key, agreed="100-100").status_code == 422
    assert everything() == before


def test_a_purchase_does_not_pay_with_what_it_earns(clerk, member):
    redeem(member, make_reward(cost=1350))
    assert send(clerk, member, agreed="100-100").status_code == 422
    assert not Purchase.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_time_pay_once(member):
    staff = create_staff(username="c", email="c@example.com", role="counter")
    key = new_form_key(NOON)

    def click(_number):
        client = Client()
        client.force_login(staff)
        try:
            return send(client, member, key=key, agreed="1300-1300").status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, range(2))) == [302, 302]
    assert (Purchase.objects.count(), PointsPayment.objects.count()) == (1, 1)
    assert differences() == []


# Undo -----------------------------------------------------------------------


def undo_url(member, done):
    return reverse("points:counter-undo", args=[member.number, done.public_id])


def test_the_last_purchase_is_undone_once_with_the_points_that_paid(clerk, member):
    send(clerk, member, agreed="1300-1300")
    url = undo_url(member, Purchase.objects.get())
    assert url in clerk.get(card(member)).content.decode()
    assert "1,300" in clerk.get(url).content.decode()

    assert clerk.post(url).url == card(member)

    assert Purchase.objects.get().voided_at == NOON
    assert (available(member), differences()) == (1350, [])
    before = everything()
    assert clerk.post(url).status_code == 422
    assert everything() == before


def test_the_last_redemption_is_cancelled(clerk, member):
    reward = make_reward(cost=30, pieces=1)
    url = reverse("points:counter-redeem", args=[member.number, reward.public_id])
    clerk.post(url, {"key": new_form_key(NOON)})
    redemption = Redemption.objects.get()
    clerk.post(undo_url(member, redemption))
    redemption.refresh_from_db()
    assert redemption.state == Redemption.State.CANCELLED
    assert (available(member), reward.stock.pieces) == (1350, 1)
    assert differences() == []


def test_only_the_last_own_thing_of_the_last_minutes_is_undone(clerk, agent, member):
    send(clerk, member)
    first = Purchase.objects.get()
    with time_machine.travel(NOON + timedelta(minutes=1), tick=False):
        send(clerk, member, "30")
        assert clerk.post(undo_url(member, first)).status_code == 422
    last = Purchase.objects.latest("pk")
    with time_machine.travel(NOON + timedelta(minutes=16), tick=False):
        assert clerk.post(undo_url(member, last)).status_code == 422
        assert "Undo it" not in clerk.get(card(member)).content.decode()
    assert agent.post(undo_url(member, last)).status_code == 422
    assert not Purchase.objects.exclude(voided_at=None).exists()


def test_what_was_handed_over_is_not_undone(clerk, member):
    reward = make_reward(cost=30)
    url = reverse("points:counter-redeem", args=[member.number, reward.public_id])
    clerk.post(url, {"key": new_form_key(NOON)})
    redemption = Redemption.objects.get()
    fulfil_redemption(redemption=redemption, at=NOON, actor=staff_actor("counter"))
    assert clerk.post(undo_url(member, redemption)).status_code == 422
    assert available(member) == 1320


def test_who_does_not_serve_undoes_nothing(marketer, visitor, member):
    done = redeem(member, make_reward(cost=30))
    assert done.actor == str(CLERK)
    assert marketer.post(undo_url(member, done)).status_code == 403
    assert visitor.post(undo_url(member, done)).url.startswith("/accounts/login/")
    assert available(member) == 1320
