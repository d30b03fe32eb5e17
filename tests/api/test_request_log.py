"""The log of calls: who called what, what came of it, and nothing about people."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.urls import reverse

from loyalty_site.apiaccess import keys, request_log
from loyalty_site.apiaccess.forgetting import forget_old_requests
from loyalty_site.apiaccess.models import ApiKey, LoggedRequest
from loyalty_site.apiaccess.request_log import REDACTED, without_texts
from loyalty_site.apiaccess.services import rotate_api_key
from points.models import Purchase
from tests.api.bodies import MEMBER, purchase
from tests.api.conftest import Till
from tests.factories import NOON, make_member


def last():
    return LoggedRequest.objects.latest("pk")


def test_every_call_is_logged_with_its_key_and_outcome(till):
    answer = till.post("/purchases", purchase(make_member()))
    call = last()
    assert (call.method, call.path, call.status) == ("POST", "/api/v1/purchases", 201)
    assert call.request_id == answer["X-Request-ID"]
    assert (call.api_key, call.at, call.code) == (ApiKey.objects.get(), NOON, "")
    assert (call.asked, call.answered) == (None, None)


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda t: t.get("/members/MNOBODY"), 404, "unknown_member"),
        (lambda t: t.get("/nothing"), 404, "not_found"),
        (lambda t: t.client.delete("/api/v1/tiers"), 405, "method_not_allowed"),
        (lambda t: t.client.get("/api/v1/tiers"), 401, "api_key_refused"),
        (lambda t: t.get("/members/%00%FF/balance"), 404, "unknown_member"),
    ],
)
def test_refusals_are_logged_with_their_code(till, ask, status, code):
    ask(till)
    assert (last().status, last().code) == (status, code)


def test_a_key_without_the_scope_is_named(make_till):
    make_till("points:read").get("/members")
    assert (last().code, last().api_key) == ("missing_scope", ApiKey.objects.get())


def test_no_mail_no_phone_and_no_key_is_in_the_log(till):
    ApiKey.objects.update(keeps_bodies=True)
    keys.cache.forget()
    till.post("/members", MEMBER)
    till.get("/members/lookup", phone="+85251234567")
    till.get("/members/mei.chan@example.org")
    written = str(list(LoggedRequest.objects.values()))
    for secret in ("mei.chan", "51234567", "陳美", "1990-02-28", "9001", till.raw):
        assert secret not in written
    enrolled = LoggedRequest.objects.earliest("pk")
    assert enrolled.asked["full_name"] == REDACTED
    assert enrolled.asked["language"] == "zh-hant"
    assert enrolled.answered["number"].startswith("M")


def test_texts_are_left_out_unless_their_name_is_known():
    given = {"amount": "1.00", "secret": "x", "deep": [{"note": "y", "points": 5}]}
    assert without_texts(given) == {
        "amount": "1.00",
        "secret": REDACTED,
        "deep": [{"note": REDACTED, "points": 5}],
    }


def test_a_log_that_cannot_be_written_breaks_no_call(till, monkeypatch):
    def fail(*_args):
        raise DatabaseError

    monkeypatch.setattr(request_log, "fetch", fail)
    assert till.post("/purchases", purchase(make_member())).status_code == 201
    assert Purchase.objects.count() == 1
    assert not LoggedRequest.objects.exists()


def test_the_description_is_no_call(till):
    till.client.get("/api/v1/openapi.json")
    assert not LoggedRequest.objects.exists()


def test_calls_are_forgotten_after_two_weeks(till):
    till.get("/tiers")
    till.get("/tiers")
    old = LoggedRequest.objects.earliest("pk")
    LoggedRequest.objects.filter(pk=old.pk).update(at=NOON - timedelta(days=15))
    assert forget_old_requests(at=NOON) == 1
    assert LoggedRequest.objects.count() == 1


def test_a_rotated_key_works_beside_the_old_one_for_a_day(till):
    api_key = ApiKey.objects.get()
    new = Till(rotate_api_key(api_key=api_key, at=NOON).raw)
    body = purchase(make_member())
    first = till.post("/purchases", body, key="once")
    assert new.post("/purchases", body, key="once").json() == first.json()
    for raw, days, is_good in ((till.raw, 0.9, True), (till.raw, 1, False)):
        keys.cache.forget()
        caller = keys.cache.caller_of(raw, NOON + timedelta(days=days))
        assert (caller is not None) == is_good
    assert keys.cache.caller_of(new.raw, NOON + timedelta(days=9)) is not None


def test_the_page_filters_by_outcome_and_shows_one_call(admin, till):
    till.get("/members/MNOBODY")
    till.get("/tiers")
    url = reverse("apiaccess:request-list")
    page = admin.get(url, {"outcome": "refused"}).content.decode()
    assert "/members/MNOBODY" in page
    assert "/api/v1/tiers" not in page
    shown = admin.get(reverse("apiaccess:request-detail", args=[last().pk]))
    assert last().request_id in shown.content.decode()


@pytest.mark.parametrize("role", ["agent", "manager", "auditor"])
def test_only_administrators_see_calls(role, request, till):
    till.get("/tiers")
    client = request.getfixturevalue(role)
    assert client.get(reverse("apiaccess:request-list")).status_code == 403
    detail = reverse("apiaccess:request-detail", args=[last().pk])
    assert client.get(detail).status_code == 403
