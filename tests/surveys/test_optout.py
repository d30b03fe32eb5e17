"""Unsubscribing is one POST, from a mail program or from a button."""

import pytest
from django.test import Client

from members.models import Consent
from surveys.models import Invitation
from surveys.tokens import ANSWER, UNSUBSCRIBE, token_for
from tests.surveys.world import database_state, make_invitation

pytestmark = pytest.mark.django_db


@pytest.fixture
def program() -> Client:
    """A mail program: no cookies, and no way to pass a CSRF check."""
    return Client(enforce_csrf_checks=True)


def leave_path(invitation: Invitation) -> str:
    return f"/u/{token_for(invitation.public_id, UNSUBSCRIBE)}/"


def refusals() -> int:
    return Consent.objects.filter(is_granted=False).count()


@pytest.mark.parametrize(
    "sent",
    [
        {
            "data": "List-Unsubscribe=One-Click",
            "content_type": "application/x-www-form-urlencoded",
        },
        {"data": {"List-Unsubscribe": "One-Click"}},
        {"data": {}},
    ],
)
def test_one_click_is_enough(program, sent):
    invitation = make_invitation()
    response = program.post(leave_path(invitation), **sent)
    assert (response.status_code, program.cookies) == (200, {})
    assert refusals() == 1


def test_looking_shows_a_button_and_writes_nothing(program):
    invitation = make_invitation()
    before = database_state()
    page = program.get(leave_path(invitation))
    assert (page.status_code, b'method="post"' in page.content) == (200, True)
    assert database_state() == before


def test_clicking_twice_says_it_once(program):
    path = leave_path(make_invitation())
    program.post(path)
    program.post(path)
    assert refusals() == 1


def test_mails_that_wait_are_not_sent(program):
    invitation = make_invitation(is_sent=False)
    program.post(leave_path(invitation))
    invitation.refresh_from_db()
    assert invitation.state == "cancelled"
    assert invitation.wave.skips.get().reason == "refused"


def test_an_unknown_link_gets_the_same_answer_and_writes_nothing(program):
    known = program.post(leave_path(make_invitation()))
    before = database_state()
    for token in ("garbage", "x" * 3000, "%00"):
        unknown = program.post(f"/u/{token}/")
        assert (unknown.status_code, unknown.content) == (200, known.content)
    assert database_state() == before


def test_each_link_is_good_for_one_purpose(program):
    invitation = make_invitation()
    before = database_state()
    program.post(f"/u/{token_for(invitation.public_id, ANSWER)}/")
    wrong = program.get(f"/s/{token_for(invitation.public_id, UNSUBSCRIBE)}/")
    assert (wrong.status_code, database_state()) == (404, before)


@pytest.mark.parametrize("path", ["/u/anything/", "/s/anything/"])
def test_a_page_that_knows_nobody_speaks_the_language_asked_for(client, path):
    page = client.get(path, {"lang": "zh-hant"})
    assert 'lang="zh-Hant"' in page.content.decode()
    assert page["Content-Language"] == "zh-hant"
