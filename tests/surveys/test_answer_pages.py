"""The form of a member: looking writes nothing, every link has its answer."""

from datetime import timedelta

import pghistory.models
import pytest
import time_machine
from django.test import Client

from surveys.models import Answer, Invitation, Response
from surveys.services.waves import close_due_waves
from tests.factories import NOON
from tests.points.books import available
from tests.surveys.world import (
    LATER,
    answer,
    answer_all,
    database_state,
    make_invitation,
    path_of,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _ten_past_noon():
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def invitation(db) -> Invitation:
    return make_invitation()


@pytest.fixture
def phone() -> Client:
    """A browser that has never been here, with the CSRF check switched on."""
    return Client(enforce_csrf_checks=True)


def post(phone: Client, invitation: Invitation, step: int, answer: str = "", **data):
    return phone.post(path_of(invitation, f"{step}/"), {"answer": answer, **data})


@pytest.mark.parametrize(
    "rest", ["", "?score=9", "1/", "2/", "3/", "4/", "?lang=zh-hant"]
)
def test_looking_writes_nothing_at_all(phone, invitation, rest):
    before = database_state()
    response = phone.get(path_of(invitation, rest))
    assert (response.status_code, phone.cookies) == (200, {})
    assert database_state() == before


def test_looking_at_any_state_writes_nothing(admin, phone, invitation):
    for at in (LATER, LATER + timedelta(days=2), LATER + timedelta(days=40)):
        answer_all(invitation, score=3) if at == LATER else None
        with time_machine.travel(at, tick=False):
            before = database_state()
            for browser in (phone, admin):
                for rest in ("", "1/", "thanks/"):
                    browser.get(path_of(invitation, rest))
                    browser.head(path_of(invitation, rest))
            assert database_state() == before


def test_pages_are_kept_to_whoever_has_the_link(phone, invitation):
    for path in (path_of(invitation), "/s/garbage/", "/u/garbage/"):
        response = phone.get(path)
        assert response["Cache-Control"] == "no-store"
        assert response["Referrer-Policy"] == "no-referrer"
        assert response["X-Robots-Tag"] == "noindex, nofollow"


def test_a_score_in_the_address_is_only_chosen(phone, invitation):
    page = phone.get(path_of(invitation, "?score=9")).content.decode()
    assert page.count("checked") == 1
    assert 'value="9" checked' in page
    assert not Response.objects.exists()


@pytest.mark.parametrize("score", ["99", "x", "%00", "na", "<b>"])
def test_a_score_that_is_none_is_not_chosen(phone, invitation, score):
    page = phone.get(path_of(invitation, f"?score={score}"))
    assert (page.status_code, b"checked" in page.content) == (200, False)


def test_a_member_answers_on_a_phone_without_javascript(phone, invitation):
    assert post(phone, invitation, 1, "9")["Location"] == path_of(invitation, "2/")
    assert post(phone, invitation, 2, "很好")["Location"] == path_of(invitation, "3/")
    assert post(phone, invitation, 3, "na")["Location"] == path_of(invitation, "4/")
    thanks = post(phone, invitation, 4, "5")["Location"]
    assert thanks == path_of(invitation, "thanks/")
    page = phone.get(thanks).content.decode()
    assert "50 points were added to your account. You now have 50 points." in page
    assert available(invitation.member, LATER) == 50
    assert phone.cookies == {}


def test_the_same_link_goes_on_where_it_stopped_on_another_device(phone, invitation):
    post(phone, invitation, 1, "9")
    post(phone, invitation, 2, "words")
    other = Client()
    assert other.get(path_of(invitation))["Location"] == path_of(invitation, "3/")
    page = other.get(path_of(invitation, "2/")).content.decode()
    assert "words</textarea>" in page
    assert f'href="{path_of(invitation, "1/")}"' in page
    assert "Question 2 of 4" in page


def test_the_form_speaks_the_members_language_and_can_switch(phone):
    invitation = make_invitation(language="zh-hans")
    page = phone.get(path_of(invitation))
    assert (page["Content-Language"], 'lang="zh-Hans"' in page.content.decode()) == (
        "zh-hans",
        True,
    )
    switched = phone.get(path_of(invitation, "?lang=zh-hant")).content.decode()
    assert "你有多大可能向朋友或同事推薦 Perennial" in switched
    assert 'name="lang" value="zh-hant"' in switched
    location = post(phone, invitation, 1, "9", lang="zh-hant")["Location"]
    assert location == path_of(invitation, "2/?lang=zh-hant")
    assert Response.objects.get().language == "zh-hant"


@pytest.mark.parametrize("given", ["", "11", "x" * 100_000, "\x00", "９"])  # noqa: RUF001
def test_a_bad_answer_is_explained_and_writes_nothing(phone, invitation, given):
    before = database_state()
    response = post(phone, invitation, 1, given)
    page = response.content.decode()
    assert response.status_code == 422
    assert 'role="alert"' in page
    assert "<title>Error:" in page
    assert database_state() == before


def test_text_that_is_too_long_is_kept_to_be_shortened(phone, invitation):
    response = post(phone, invitation, 2, "long " * 1000)
    assert response.status_code == 422
    assert "Shorten the text to 2000 characters" in response.content.decode()
    assert "long long" in response.content.decode()


def test_text_is_escaped(phone, invitation):
    post(phone, invitation, 2, "<script>alert(1)</script></textarea>")
    page = phone.get(path_of(invitation, "2/")).content.decode()
    assert "<script>alert" not in page
    assert page.count("</textarea>") == 1


def test_the_hidden_field_sets_the_answer_aside(phone, invitation):
    for step, given in ((1, "0"), (2, "x"), (3, "1"), (4, "1")):
        assert post(phone, invitation, step, given, company="ACME").status_code == 302
    assert Response.objects.get().state == "quarantined"
    assert phone.get(path_of(invitation, "thanks/")).status_code == 200
    assert available(invitation.member, LATER) == 0


def test_a_duplicate_parameter_counts_once(phone, invitation):
    phone.post(path_of(invitation, "1/"), {"answer": ["3", "9"]})
    assert [each.value for each in Answer.objects.all()] == [9]


def test_unknown_expired_and_used_links_look_alike(phone, invitation):
    with time_machine.travel(NOON + timedelta(days=31), tick=False):
        close_due_waves(at=NOON + timedelta(days=31))
        before = database_state()
        expired = phone.get(path_of(invitation))
        sent = post(phone, invitation, 1, "9")
        assert database_state() == before
    unknown = phone.get("/s/garbage/")
    assert [r.status_code for r in (expired, sent, unknown)] == [404, 404, 404]
    strip = lambda r: r.content.replace(b'lang="en"', b"")  # noqa: E731
    assert strip(expired) == strip(sent) == strip(unknown)


def test_a_used_link_says_when(phone, invitation):
    answer_all(invitation, score=9)
    with time_machine.travel(LATER + timedelta(days=2), tick=False):
        page = phone.get(path_of(invitation))
        refused = post(phone, invitation, 1, "0")
    assert "Your answers arrived on 15 Jun 2026." in page.content.decode()
    assert (page.status_code, refused.status_code) == (409, 409)
    assert Response.objects.get().score == 9


@pytest.mark.parametrize("token", ["a", "x" * 5000, "%00", "%F0%9F%92%A9", "..", "a b"])
def test_garbage_is_not_found(phone, token):
    assert phone.get(f"/s/{token}/").status_code == 404
    assert phone.post(f"/s/{token}/1/", {"answer": "9"}).status_code == 404


def test_a_step_that_is_none_is_not_found(phone, invitation):
    assert phone.get(path_of(invitation, "5/")).status_code == 404
    assert phone.post(path_of(invitation, "0/"), {"answer": "1"}).status_code == 404


def test_thanks_before_the_last_step_leads_back(phone, invitation):
    assert phone.get(path_of(invitation, "thanks/"))["Location"] == path_of(invitation)


def test_guessing_is_slowed_down_but_never_a_real_link(phone, invitation):
    codes = [phone.get(f"/s/guess{n}/").status_code for n in range(32)]
    assert codes == [404] * 30 + [429] * 2
    assert phone.get(path_of(invitation)).status_code == 200


def test_without_the_cache_all_links_still_work(phone, invitation, settings):
    settings.CACHES = {
        "default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1"}
    }
    assert phone.get("/s/garbage/").status_code == 404
    assert post(phone, invitation, 1, "9").status_code == 302


def test_no_token_is_in_the_history_nor_the_log(phone, invitation, caplog):
    answer(invitation, 2, text="before")
    for step, given in ((1, "9"), (2, "after"), (3, "1"), (4, "1")):
        post(phone, invitation, step, given)
    token = path_of(invitation).split("/")[2]
    contexts = pghistory.models.Context.objects.values_list("metadata", flat=True)
    assert contexts
    assert token not in str(list(contexts))
    assert token not in caplog.text


def test_methods_that_make_no_sense_are_refused(phone, invitation):
    assert phone.put(path_of(invitation)).status_code == 405
    assert phone.delete(path_of(invitation, "1/")).status_code == 405


def test_pages_ask_few_queries(phone, invitation, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        phone.get(path_of(invitation))
