"""What members see of themselves, and what they can do there."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from loyalty_site.lib.forms import new_form_key
from members.selectors.consents import agreements_of
from points.models import Entry, Redemption, Tier
from points.services.expiry import expire_points
from points.services.tiers import recompute_all_tiers
from tests.factories import (
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    make_tiers,
    redeem,
    set_programme,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def member():
    set_programme(currency="HKD", time_zone="Asia/Hong_Kong", expiry_months=12)
    return make_member(
        name="陈大文",
        address_as="Mr Chan",
        email="chan@example.com",
        balance=100,
        at=NOON,
    )


def sign_in(client, member):
    session = client.session
    session["member_id"] = member.pk
    session.save()
    return client


@pytest.fixture
def phone(client, member):
    return sign_in(client, member)


def url(name, *args):
    return reverse(f"points:portal-{name}", args=args)


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_home_shows_balance_expiry_tier_and_rewards(phone, member):
    make_tiers(silver=500)
    make_reward(cost=30)
    shown = text(phone.get(url("home")))
    assert "Mr Chan" in shown
    assert '<span class="balance">100</span>' in shown
    assert "Still needed for Silver: 500 qualifying points." in shown
    assert "You have enough" in shown
    assert "15 Jun 2027" in shown


def test_a_new_member_learns_how_to_earn(client, member):
    sign_in(client, make_member())
    assert "points come with every purchase" in text(client.get(url("home")))


def test_the_card_is_a_drawing_without_script(phone):
    answer = phone.get(url("card"))
    assert answer["Content-Type"] == "image/svg+xml"
    assert b"<script" not in answer.content
    assert b"style=" not in answer.content


def test_history_says_why_in_plain_sentences(phone, member):
    make_rule()
    make_rule(kind="multiplier", factor="2")
    make_purchase(member, amount_minor=4200, store="Central")
    shown = text(phone.get(url("history")))
    assert "Purchase of HK$42.00, Central" in shown
    assert "1 point for every HKD 1 spent" in shown
    assert "+84" in shown


def test_history_is_by_month_of_the_programmes_zone(phone, member):
    make_rule()
    # 17:00 UTC on the last of April is the first of May in Hong Kong.
    make_purchase(member, amount_minor=500, at=NOON.replace(month=4, day=30, hour=17))
    assert "+5" in text(phone.get(url("history"), {"month": "2026-05"}))
    empty = phone.get(url("history"), {"month": "2026-04"})
    assert empty.context["history"].lines == []
    assert empty.context["history"].later.month == 5


@pytest.mark.parametrize("month", ["x", "2026-13", "2026", "999999-01"])
def test_a_month_that_cannot_be_read_shows_the_latest(phone, month):
    history = phone.get(url("history"), {"month": month}).context["history"]
    assert (history.month.year, history.month.month) == (2026, 6)


def test_expired_points_are_explained(client, member):
    later = NOON + timedelta(days=400)
    expire_points(at=later)
    with time_machine.travel(later, tick=False):
        shown = text(sign_in(client, member).get(url("history")))
    assert "not used in time" in shown


def test_history_names_rewards_in_the_language_of_the_page(phone, member):
    reward = make_reward(cost=30)
    reward.name_zh_hant = "茶"
    reward.save()
    redeem(member, reward, at=NOON + timedelta(minutes=1))
    phone.cookies["django_language"] = "zh-hant"
    assert "茶" in text(phone.get(url("history")))


def test_what_a_reward_is_comes_in_the_language_of_the_page(phone):
    reward = make_reward(cost=30)
    reward.description, reward.description_zh_hans = "A hot drink.", "热饮一杯。"
    reward.save()
    address = url("reward", reward.public_id)
    for language, words in (("en", "A hot drink."), ("zh-hant", "热饮一杯。")):
        phone.cookies["django_language"] = language
        assert words in text(phone.get(address))


def test_what_a_tier_gives_comes_in_the_language_of_the_page(phone, member):
    make_tiers(seed=0)
    Tier.objects.update(perks="Free delivery.", perks_zh_hant="免費送貨。")
    recompute_all_tiers(at=NOON)
    for language, words in (("en", "Free delivery."), ("zh-hant", "免費送貨。")):
        phone.cookies["django_language"] = language
        assert words in text(phone.get(url("home")))


def test_history_asks_little(phone, member, django_assert_max_num_queries):
    make_rule()
    for day in range(12):
        make_purchase(member, at=NOON - timedelta(days=day))
    with django_assert_max_num_queries(12):
        phone.get(url("history"))


# Redeem ---------------------------------------------------------------------


def test_a_reward_is_redeemed_once_and_gives_a_voucher(phone):
    reward = make_reward(cost=30)
    page = phone.get(url("reward", reward.public_id))
    assert "70" in text(page)
    assert Redemption.objects.count() == 0
    sent = {"key": page.context["form"]["key"].value()}
    answers = [phone.post(url("reward", reward.public_id), sent) for _ in range(2)]
    redemption = Redemption.objects.get()
    assert {each.url for each in answers} == {url("voucher", redemption.public_id)}
    assert redemption.code in text(phone.get(answers[0].url))
    assert redemption.actor.startswith("member:")


def test_too_few_points_say_how_many_more(phone):
    reward = make_reward(cost=130)
    assert "You need 30 more points." in text(
        phone.get(url("reward", reward.public_id))
    )
    sent = {"key": new_form_key(NOON)}
    answer = phone.post(url("reward", reward.public_id), sent)
    assert (answer.status_code, Redemption.objects.count()) == (422, 0)


def test_what_is_sold_out_cannot_be_redeemed(phone):
    reward = make_reward(cost=30, pieces=0)
    assert "sold out" in text(phone.get(url("reward", reward.public_id)))
    sent = {"key": new_form_key(NOON)}
    answer = phone.post(url("reward", reward.public_id), sent)
    assert (answer.status_code, Redemption.objects.count()) == (422, 0)


def test_what_is_not_on_offer_is_missing(phone):
    reward = make_reward()
    reward.is_active = False
    reward.save()
    assert phone.get(url("reward", reward.public_id)).status_code == 404


def test_a_forged_key_redeems_nothing(phone):
    reward = make_reward(cost=30)
    answer = phone.post(url("reward", reward.public_id), {"key": "forged"})
    assert (answer.status_code, Redemption.objects.count()) == (422, 0)


def test_vouchers_of_others_are_missing(phone, member):
    other = redeem(make_member(balance=100, at=NOON), make_reward(cost=30))
    for name in ("voucher", "qr"):
        assert phone.get(url(name, other.public_id)).status_code == 404


def test_own_vouchers_are_listed_with_a_code_to_scan(phone, member):
    own = redeem(member, make_reward(cost=30), at=NOON + timedelta(minutes=1))
    assert str(own.public_id) in text(phone.get(url("vouchers")))
    assert phone.get(url("qr", own.public_id))["Content-Type"] == "image/svg+xml"


# Profile --------------------------------------------------------------------


def test_members_change_their_name_but_not_their_address(phone, member):
    sent = {
        "full_name": "陈小文",
        "address_as": "",
        "language": "zh-hant",
        "email": "evil@example.com",
        "note": "evil",
    }
    assert phone.post(url("profile"), sent).status_code == 302
    member.refresh_from_db()
    assert (member.full_name, member.language) == ("陈小文", "zh-hant")
    assert (member.email, member.note) == ("chan@example.com", "")


def test_a_birthday_to_come_is_refused(phone, member):
    sent = {"full_name": "x", "language": "en", "birth_on": "2999-01-01"}
    assert phone.post(url("profile"), sent).status_code == 422
    member.refresh_from_db()
    assert member.full_name == "陈大文"


def test_members_decide_about_mails(phone, member):
    phone.post(url("consent"), {"purposes": ["survey"]})
    assert [each.is_granted for each in agreements_of(member)] == [True, False]
    phone.post(url("consent"), {})
    assert [each.is_granted for each in agreements_of(member)] == [False, False]


# Language, who and how --------------------------------------------------------


def test_pages_are_in_the_members_language_until_another_is_picked(client, member):
    chinese = make_member(language="zh-hant", balance=1, at=NOON)
    sign_in(client, chinese)
    assert '<html lang="zh-Hant">' in text(client.get(url("home")))
    client.cookies["django_language"] = "en"
    assert '<html lang="en">' in text(client.get(url("home")))


PAGES = ("home", "card", "history", "rewards", "vouchers", "profile", "consent")


@pytest.mark.parametrize("name", PAGES)
def test_visitors_sign_in_first(client, name):
    answer = client.get(url(name))
    assert (answer.status_code, answer.url) == (302, "/me/login/")


@pytest.mark.parametrize("name", PAGES)
def test_pages_work_and_are_kept_by_no_browser(phone, name):
    answer = phone.get(url(name))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["home", "card", "history", "rewards", "vouchers"])
def test_reading_pages_refuse_to_write(phone, name):
    assert phone.post(url(name)).status_code == 405
    assert Entry.objects.count() == 1
