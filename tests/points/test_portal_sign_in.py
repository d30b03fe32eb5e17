"""Members come in with a mailed code, and nobody else does."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client

from members.services import close_member
from points.services import portal_codes
from points.tasks import send_portal_code
from tests.factories import CLERK, NOON, make_member

pytestmark = pytest.mark.django_db
LOGIN, CODE, HOME = "/me/login/", "/me/login/code/", "/me/"
EMAIL = "chan@example.com"


@pytest.fixture
def member(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    return make_member(name="陈大文", email=EMAIL, language="zh-hans")


@pytest.fixture
def sent(monkeypatch):
    """What the web process asked the worker for."""
    asked = []
    monkeypatch.setattr(send_portal_code, "delay", lambda *args: asked.append(args))
    return asked


def ask(client, email=EMAIL):
    return client.post(LOGIN, {"email": email})


def mailed_code(sent):
    """Do the worker's part and read the mail."""
    mail.outbox.clear()
    send_portal_code(*sent[-1])
    return re.search(r"\b\d{6}\b", str(mail.outbox[0].body))[0]


def enter(client, code):
    return client.post(CODE, {"code": code})


def test_a_member_signs_in_with_the_code(visitor, member, sent):
    assert ask(visitor).url == CODE
    code = mailed_code(sent)
    assert visitor.get(HOME).url == LOGIN
    before = visitor.session.session_key
    assert enter(visitor, f" {code[:3]} {code[3:]} ").url == HOME
    assert visitor.session.session_key != before
    assert member.number in visitor.get(HOME).content.decode()


def test_the_mail_is_in_the_members_language(visitor, member, sent):
    ask(visitor)
    code = mailed_code(sent)
    [message] = mail.outbox
    assert message.to == [EMAIL]
    assert code in message.subject
    assert message.alternatives
    assert 'lang="zh-Hans"' in str(message.alternatives[0].content)


def test_the_answer_is_the_same_for_strangers(member, sent):
    known, unknown = Client(), Client()
    answers = [ask(known), ask(unknown, "nobody@example.com")]
    assert len({(each.status_code, each.url) for each in answers}) == 1
    pages = [
        client.get(CODE).content.decode().replace(email, "")
        for client, email in ((known, EMAIL), (unknown, "nobody@example.com"))
    ]
    strip = re.compile(r'csrfmiddlewaretoken" value="[^"]+"')
    assert strip.sub("", pages[0]) == strip.sub("", pages[1])
    assert [args[0] for args in sent] == [EMAIL, "nobody@example.com"]
    mail.outbox.clear()
    send_portal_code(*sent[1])
    assert mail.outbox == []


def test_a_wrong_code_and_a_strangers_code_get_the_same_answer(visitor, member, sent):
    ask(visitor)
    wrong = "000000" if mailed_code(sent) != "000000" else "000001"
    stranger = Client()
    ask(stranger, "nobody@example.com")
    answers = [enter(visitor, wrong), enter(stranger, wrong)]
    errors = [each.context["form"].errors for each in answers]
    assert [each.status_code for each in answers] == [422, 422]
    assert errors[0] == errors[1]


def test_five_wrong_tries_use_the_code_up(visitor, member, sent):
    ask(visitor)
    code = mailed_code(sent)
    wrong = "000000" if code != "000000" else "000001"
    for _each in range(portal_codes.MOST_TRIES):
        assert enter(visitor, wrong).status_code == 422
    assert enter(visitor, code).status_code == 422
    assert visitor.get(HOME).url == LOGIN


def test_a_stranger_cannot_use_up_somebodys_tries(visitor, member, sent):
    ask(visitor)
    code = mailed_code(sent)
    stranger = Client()
    ask(stranger)
    for _each in range(10):
        enter(stranger, "000000")
    assert enter(visitor, code).url == HOME


def test_a_code_works_in_the_browser_that_asked_only(visitor, member, sent):
    ask(visitor)
    code = mailed_code(sent)
    other = Client()
    ask(other)
    assert enter(other, code).status_code == 422
    assert enter(Client(), code).url == LOGIN


def test_a_code_works_once(visitor, member, sent):
    ask(visitor)
    request = portal_codes.CodeRequest(*sent[0])
    code = mailed_code(sent)
    assert portal_codes.use_code(request, code).member_id == member.pk
    assert portal_codes.use_code(request, code) is None


def test_a_new_code_replaces_the_old_one(visitor, member, sent):
    ask(visitor)
    old = mailed_code(sent)
    ask(visitor)
    new = mailed_code(sent)
    assert old == new or enter(visitor, old).status_code == 422
    assert enter(visitor, new).url == HOME


def test_a_code_is_kept_hashed_and_for_ten_minutes(member, monkeypatch):
    kept = {}
    monkeypatch.setattr(
        portal_codes.cache, "set", lambda *args: kept.update({args[0]: args[1:]})
    )
    code = portal_codes.make_code(portal_codes.new_request(EMAIL), member=member)
    assert {seconds for _value, seconds in kept.values()} == {600}
    assert code not in repr(kept)
    assert EMAIL not in repr(kept)


def test_mails_to_one_address_are_limited(member, sent):
    for _each in range(portal_codes.CODES_PER_HOUR + 3):
        assert ask(Client()).url == CODE
    assert len(sent) == portal_codes.CODES_PER_HOUR


def test_requests_of_one_network_are_limited(member, sent):
    answers = [
        ask(Client(), f"m{number}@example.com").status_code
        for number in range(portal_codes.REQUESTS_PER_HOUR + 1)
    ]
    assert (answers[-2], answers[-1]) == (302, 429)


def test_headers_do_not_get_around_the_limit(member, sent):
    for number in range(portal_codes.REQUESTS_PER_HOUR + 1):
        answer = Client(headers={"X-Forwarded-For": f"10.0.0.{number}"}).post(
            LOGIN, {"email": f"m{number}@example.com"}
        )
    assert answer.status_code == 429


def test_members_behind_one_proxy_are_told_apart(member, sent, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    for number in range(portal_codes.REQUESTS_PER_HOUR + 1):
        answer = Client(headers={"X-Forwarded-For": f"evil, 10.0.0.{number}"}).post(
            LOGIN, {"email": f"m{number}@example.com"}
        )
    assert answer.status_code == 302


def test_a_closed_membership_gets_no_code(visitor, member, sent):
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    ask(visitor)
    mail.outbox.clear()
    send_portal_code(*sent[-1])
    assert mail.outbox == []


def test_closing_ends_the_sign_in(visitor, member, sent):
    ask(visitor)
    enter(visitor, mailed_code(sent))
    close_member(member=member, reason="x", at=NOON, actor=CLERK)
    assert visitor.get(HOME).url == LOGIN


def test_signing_out_ends_it(visitor, member, sent):
    ask(visitor)
    enter(visitor, mailed_code(sent))
    assert visitor.get("/me/logout/").status_code == 405
    assert visitor.post("/me/logout/").url == LOGIN
    assert visitor.get(HOME).url == LOGIN


def test_a_member_is_no_staff(visitor, member, sent):
    ask(visitor)
    enter(visitor, mailed_code(sent))
    assert visitor.get("/members/").url.startswith("/accounts/login/")
    assert visitor.get("/admin/").status_code == 302


def test_staff_are_no_members(admin):
    assert admin.get(HOME).url == LOGIN


@pytest.mark.parametrize("email", ["", "x", "a@b", "é" * 300, "\x00@example.com"])
def test_what_is_no_address_is_answered(visitor, sent, email):
    assert ask(visitor, email).status_code == 422
    assert sent == []


@pytest.mark.parametrize("code", ["", "abcdef", "9" * 21, "\x00"])
def test_what_is_no_code_is_answered(visitor, member, sent, code):
    ask(visitor)
    assert enter(visitor, code).status_code == 422


def test_the_code_page_needs_a_question_before(visitor):
    assert visitor.get(CODE).url == LOGIN


def test_a_session_with_nonsense_is_no_sign_in(visitor):
    session = visitor.session
    session["member_id"] = "1 OR 1=1"
    session.save()
    assert visitor.get(HOME).url == LOGIN


def test_sign_in_pages_are_not_kept_by_browsers(visitor):
    assert "no-store" in visitor.get(LOGIN)["Cache-Control"]


@time_machine.travel(NOON)
def test_limits_end_after_an_hour(monkeypatch):
    seconds = []
    monkeypatch.setattr(
        portal_codes.cache, "add", lambda *args: seconds.append(args[2])
    )
    portal_codes.may_mail(email=EMAIL)
    assert seconds == [timedelta(hours=1).total_seconds()]
