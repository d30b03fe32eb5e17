"""Somebody joins by a member's link: the e-mail is proved first, then both are noted."""

import re

import pytest
from django.core import mail
from django.test import Client

from members.models import Consent, Member
from members.services import close_member
from points.models import Referral
from points.referral_codes import referral_code
from points.tasks import send_joining_code
from tests.factories import CLERK, NOON, make_member
from tests.points.test_referrals import set_terms

pytestmark = pytest.mark.django_db
WISH = {"full_name": " Wong  Siu Ming ", "email": "wong@example.com"}


@pytest.fixture
def friend(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    set_terms()
    return make_member(name="Chan", email="chan@example.com")


@pytest.fixture
def sent(monkeypatch):
    """What the web process asked the worker for."""
    asked = []
    monkeypatch.setattr(send_joining_code, "delay", lambda *args: asked.append(args))
    return asked


def link_of(member):
    return f"/join/{referral_code(member.pk)}/"


def mailed_code(sent):
    mail.outbox.clear()
    send_joining_code(*sent[-1])
    [message] = mail.outbox
    return re.search(r"\b\d{6}\b", str(message.body))[0]


def shown(answer):
    return answer.content.decode()


def test_a_friend_joins_by_the_link_and_is_signed_in(friend, sent):
    visitor = Client(headers={"Accept-Language": "zh-hant"})
    assert "20" in shown(visitor.get(link_of(friend)))
    answer = visitor.post(link_of(friend), WISH | {"purposes": ["marketing"]})
    assert answer.url == link_of(friend) + "code/"
    assert Member.objects.count() == 1
    code = mailed_code(sent)
    assert "成為" in str(mail.outbox[0].body)
    assert visitor.post(answer.url, {"code": "000000"}).status_code == 422
    assert visitor.post(answer.url, {"code": code}).url == "/me/"
    joined = Member.objects.exclude(pk=friend.pk).get()
    assert (joined.full_name, joined.email) == ("Wong Siu Ming", "wong@example.com")
    assert (joined.language, joined.enrolled_via) == ("zh-hant", "link")
    assert Consent.objects.get(member=joined).purpose == "marketing"
    assert Referral.objects.get().referrer_id == friend.pk
    assert joined.number in shown(visitor.get("/me/"))


def test_a_member_gets_in_and_nobody_is_enrolled(visitor, friend, sent):
    known = make_member(name="Lee", email="lee@example.com")
    there = visitor.post(link_of(friend), WISH | {"email": "LEE@example.com"}).url
    code = mailed_code(sent)
    assert visitor.post(there, {"code": code}).url == "/me/"
    assert known.number in shown(visitor.get("/me/"))
    assert Member.objects.count() == 2
    assert not Referral.objects.exists()


@pytest.mark.parametrize("code", ["AAAAAAAA", "x", "%00"])
def test_a_link_that_nobody_has_asks_for_nothing(visitor, friend, code):
    answer = visitor.post(f"/join/{code}/", WISH)
    assert answer.status_code == 404
    assert "mistyped" in shown(answer)


def test_a_programme_without_referrals_has_no_links(visitor, friend):
    set_terms(is_active=False)
    assert visitor.get(link_of(friend)).status_code == 404


def test_who_was_a_member_is_told_and_not_enrolled(visitor, friend, sent):
    gone = make_member(name="Wong", email=WISH["email"])
    close_member(member=gone, reason="asked", at=NOON, actor=CLERK)
    there = visitor.post(link_of(friend), WISH).url
    answer = visitor.post(there, {"code": mailed_code(sent)})
    assert answer.status_code == 422
    assert "You have been a member before" in shown(answer)
    assert Member.objects.count() == 2


def test_a_code_is_of_the_browser_that_asked(visitor, friend, sent):
    there = visitor.post(link_of(friend), WISH).url
    code = mailed_code(sent)
    other = Client()
    assert other.post(there, {"code": code}).url == link_of(friend)
    other.post(link_of(friend), WISH)
    assert other.post(there, {"code": code}).status_code == 422
    assert Member.objects.count() == 1


def test_what_is_missing_is_said(visitor, friend, sent):
    answer = visitor.post(link_of(friend), {"full_name": " ", "email": "wong"})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"full_name", "email"}
    assert sent == []


def test_members_see_their_link(friend):
    client = Client()
    session = client.session
    session["member_id"] = friend.pk
    session.save()
    assert link_of(friend) in shown(client.get("/me/friends/"))
    assert client.get("/me/friends/link.svg")["Content-Type"] == "image/svg+xml"
