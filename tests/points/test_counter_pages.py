"""The counter: find, give once, quote, redeem once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from loyalty_site.accounts.services import create_staff
from loyalty_site.lib.forms import new_form_key
from members.models import Identifier
from members.services import close_member
from points.models import Entry, Purchase, Redemption
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_reward,
    make_rule,
    make_tiers,
    redeem,
    set_programme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    set_programme(currency="HKD")
    make_rule()
    return make_member(name="陈大文", phone="+85291234567", email="chan@example.com")


@pytest.fixture
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def card(member):
    return reverse("points:counter-member", args=[member.number])


def give(client, member, amount="120.50", **changed):
    sent = {"amount": amount, "key": new_form_key(NOON)} | changed
    return client.post(card(member), sent)


# Find -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["9123 4567", "chan@example.com", "card-7", "+852 9123 4567"]
)
def test_an_exact_hit_opens_the_customer(clerk, member, text):
    Identifier.objects.create(member=member, system="card", value="card-7")
    answer = clerk.get("/counter/", {"q": text})
    assert (answer.status_code, answer.url) == (302, card(member))


def test_names_give_a_list(clerk, member):
    make_member(name="陈小文")
    text = clerk.get("/counter/", {"q": "陈"}).content.decode()
    assert "陈大文" in text
    assert "陈小文" in text


def test_a_voucher_code_opens_the_voucher(clerk, member):
    buyer = make_member(balance=100)
    redemption = redeem(buyer, make_reward())
    typed = redemption.code.replace("-", "").lower()
    assert clerk.get("/counter/", {"q": typed}).url == redemption.get_absolute_url()


@pytest.mark.parametrize(
    ("text", "field"),
    [("9876 5432", "phone"), ("new@example.com", "email"), ("Ann Lee", "full_name")],
)
def test_nobody_found_offers_to_enrol_with_what_was_typed(clerk, member, text, field):
    url = clerk.get("/counter/", {"q": text}).context["enrol_url"]
    assert clerk.get(url).context["form"].initial[field] == text


def test_closed_members_are_not_served(clerk, member):
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    assert clerk.get("/counter/", {"q": "9123 4567"}).status_code == 200
    assert clerk.get(card(member)).status_code == 404
    assert give(clerk, member).status_code == 404
    assert Purchase.objects.count() == 0


# Give -----------------------------------------------------------------------


@pytest.mark.usefixtures("_noon")
def test_points_are_given_for_an_amount(clerk, member):
    answer = give(clerk, member, store="")
    purchase = Purchase.objects.get()
    assert answer.url == card(member)
    assert (purchase.amount_minor, purchase.source) == (12050, "counter")
    assert Entry.objects.get().points == 120
    page = clerk.get(card(member)).content.decode()
    assert "120 points given for HK$120.50." in page


@pytest.mark.usefixtures("_noon")
def test_the_same_page_sent_twice_gives_once(clerk, member):
    key = new_form_key(NOON)
    first, second = (give(clerk, member, key=key) for _ in range(2))
    assert (first.status_code, second.status_code) == (302, 302)
    assert Purchase.objects.count() == Entry.objects.count() == 1


@pytest.mark.usefixtures("_noon")
def test_the_same_page_with_another_amount_is_refused(clerk, member):
    key = new_form_key(NOON)
    give(clerk, member, key=key)
    assert give(clerk, member, "999", key=key).status_code == 422
    assert Purchase.objects.get().amount_minor == 12050


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize(
    "amount",
    ["", "0", "-5", "abc", "1.234,50", "1e9", "NaN", "99999999999999", "1.005", "\x00"],
)
def test_an_absurd_amount_is_answered_and_gives_nothing(clerk, member, amount):
    answer = give(clerk, member, amount)
    assert answer.status_code == 422
    assert "amount" in answer.context["form"].errors
    assert Purchase.objects.count() == 0


@pytest.mark.usefixtures("_noon")
@pytest.mark.parametrize(
    "amount",
    ["1,234.50", "１２３４．５０", " 1234.5 "],  # noqa: RUF001 -- full width
)
def test_amounts_are_read_as_people_type_them(clerk, member, amount):
    assert give(clerk, member, amount).status_code == 302
    assert Purchase.objects.get().amount_minor == 123450


@pytest.mark.usefixtures("_noon")
def test_a_page_that_was_open_for_long_asks_again(clerk, member):
    old = new_form_key(NOON - timedelta(minutes=21))
    answer = give(clerk, member, key=old)
    assert answer.status_code == 422
    assert Purchase.objects.count() == 0
    fresh = answer.context["form"]["key"].value()
    assert give(clerk, member, key=fresh).status_code == 302


@pytest.mark.usefixtures("_noon")
def test_an_unknown_store_or_forged_key_gives_nothing(clerk, member):
    assert give(clerk, member, store="nowhere").status_code == 422
    assert give(clerk, member, key="forged").status_code == 422
    assert Purchase.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_double_click_at_the_same_time_gives_once(member):
    staff = create_staff(username="c", email="c@example.com", role="counter")
    key = new_form_key(NOON)

    def click(_number):
        client = Client()
        client.force_login(staff)
        try:
            return give(client, member, key=key).status_code
        finally:
            connection.close()

    with time_machine.travel(NOON, tick=False), ThreadPoolExecutor(2) as pool:
        assert list(pool.map(click, range(2))) == [302, 302]
    assert Purchase.objects.count() == Entry.objects.count() == 1


# Quote ----------------------------------------------------------------------


def test_a_quote_says_the_points_and_writes_nothing(clerk, member):
    url = reverse("points:counter-quote", args=[member.number])
    text = clerk.get(url, {"amount": "120.50"}).content.decode()
    assert "<strong>120</strong>" in text
    assert Purchase.objects.count() == Entry.objects.count() == 0


def test_a_quote_is_a_part_of_its_page_for_htmx(clerk, member):
    url = reverse("points:counter-quote", args=[member.number])
    part = clerk.get(url, {"amount": "50"}, headers={"HX-Request": "true"})
    assert part.content.decode().strip().startswith('<div id="quote"')


@pytest.mark.parametrize("amount", ["", "0", "x", "1.234,5"])
def test_a_quote_of_nonsense_says_why(clerk, member, amount):
    url = reverse("points:counter-quote", args=[member.number])
    answer = clerk.get(url, {"amount": amount})
    assert answer.status_code == 200
    assert "quote" not in answer.context


def test_a_quote_knows_the_tier(clerk, member):
    tier = make_tiers(gold=0)["gold"]
    tier.multiplier = 2
    tier.save()
    member.account.tier_changes.create(
        to_tier=tier, at=NOON, cause="upgrade", qualifying=0
    )
    url = reverse("points:counter-quote", args=[member.number])
    with time_machine.travel(NOON + timedelta(days=1), tick=False):
        assert clerk.get(url, {"amount": "50"}).context["quote"].points == 100


# Redeem ---------------------------------------------------------------------


def redeem_url(member, reward):
    return reverse("points:counter-redeem", args=[member.number, reward.public_id])


def test_a_reward_is_redeemed_after_a_question_and_once(clerk):
    member, reward = make_member(balance=100), make_reward(cost=30)
    page = clerk.get(redeem_url(member, reward))
    assert page.context["after"] == 70
    assert Redemption.objects.count() == 0
    sent = {"key": page.context["form"]["key"].value()}
    first = clerk.post(redeem_url(member, reward), sent)
    second = clerk.post(redeem_url(member, reward), sent)
    redemption = Redemption.objects.get()
    assert first.url == second.url == redemption.get_absolute_url()


def test_too_few_points_redeem_nothing(clerk):
    member, reward = make_member(balance=29), make_reward(cost=30)
    answer = clerk.post(redeem_url(member, reward), {"key": new_form_key(NOON)})
    assert answer.status_code == 422
    assert "29" in answer.content.decode()
    assert Redemption.objects.count() == 0


def test_the_last_piece_is_sold_once(clerk):
    member, reward = make_member(balance=100), make_reward(cost=30, pieces=1)
    for expected in (302, 422):
        sent = {"key": new_form_key(NOON)}
        assert clerk.post(redeem_url(member, reward), sent).status_code == expected
    assert Redemption.objects.count() == 1


# Who and how ----------------------------------------------------------------


@pytest.mark.parametrize("role", ["marketer", "manager", "auditor"])
def test_only_who_serves_opens_the_counter(request, member, role):
    client = request.getfixturevalue(role)
    reward = make_reward()
    for url in ("/counter/", card(member), redeem_url(member, reward)):
        assert client.get(url).status_code == 403
    assert give(client, member).status_code == 403
    assert Purchase.objects.count() == 0


def test_visitors_sign_in_first(visitor, member):
    assert visitor.get(card(member)).url.startswith("/accounts/login/")
    assert give(visitor, member).url.startswith("/accounts/login/")
    assert Purchase.objects.count() == 0


def test_what_is_not_there_is_missing(clerk, member):
    assert clerk.get("/counter/NOBODY/").status_code == 404
    gone = "01a201b2-7117-7b28-9d57-794a2a440139"
    url = reverse("points:counter-redeem", args=[member.number, gone])
    assert clerk.get(url).status_code == 404


def test_looking_pages_refuse_to_write(clerk, member):
    quote = reverse("points:counter-quote", args=[member.number])
    assert [clerk.post(url).status_code for url in ("/counter/", quote)] == [405, 405]


def test_serving_asks_little(clerk, member, django_assert_max_num_queries):
    for _each in range(10):
        make_reward()
    clerk.get(card(member))  # the rulebook is compiled once
    with django_assert_max_num_queries(12):
        clerk.get(card(member))
