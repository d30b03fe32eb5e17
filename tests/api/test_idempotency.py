import json
from datetime import timedelta

import time_machine
from django.db import connection, connections

from loyalty_site.apiaccess.idempotency import _lock_number
from loyalty_site.apiaccess.models import ApiKey, KeyedRequest
from points.models import Purchase
from tests.api.bodies import purchase
from tests.factories import NOON, make_member


def test_the_same_key_and_body_give_the_first_answer_years_later(till):
    body = purchase(make_member())
    first = till.post("/purchases", body, key="k")
    with time_machine.travel(NOON + timedelta(days=3000), tick=False):
        second = till.post("/purchases", body, key="k")

    assert second.status_code == 201
    assert second.content == first.content
    assert "Idempotency-Replayed" not in first
    assert second["Idempotency-Replayed"] == "true"
    assert Purchase.objects.count() == 1


def test_the_order_of_names_and_the_spaces_do_not_matter(till):
    body = purchase(make_member())
    till.post("/purchases", body, key="k")
    turned = json.dumps(dict(reversed(body.items())), indent=3)
    answer = till.post_raw("/purchases", turned, key="k")

    assert answer["Idempotency-Replayed"] == "true"


def test_the_same_key_with_another_body_is_refused(till):
    member = make_member()
    till.post("/purchases", purchase(member), key="k")
    answer = till.post("/purchases", purchase(member, source_id="2"), key="k")

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert Purchase.objects.count() == 1


def test_the_same_key_at_another_address_is_refused(till):
    till.post("/members", {"full_name": "A"}, key="k")
    answer = till.post("/purchases", purchase(make_member()), key="k")

    assert answer.json()["code"] == "idempotency_key_reused"


def test_a_key_belongs_to_its_api_key(till, make_till):
    member = make_member()
    till.post("/purchases", purchase(member), key="k")
    other = make_till("purchases:write")
    answer = other.post("/purchases", purchase(member, source_id="2"), key="k")

    assert answer.status_code == 201


def test_a_refusal_is_not_kept_so_the_request_can_be_mended(till):
    member = make_member()
    refused = till.post("/purchases", purchase(member, currency="USD"), key="k")
    mended = till.post("/purchases", purchase(member), key="k")

    assert (refused.status_code, mended.status_code) == (422, 201)
    assert KeyedRequest.objects.count() == 1


def test_every_write_needs_a_key(till):
    member = make_member()
    for path, body in (
        ("/members", {"full_name": "A"}),
        ("/purchases", purchase(member)),
        (f"/members/{member.number}/redemptions", {"reward": "x"}),
    ):
        answer = till.post_raw(path, json.dumps(body), key=None)
        codes = {each["code"] for each in answer.json().get("errors", [])}
        assert answer.json()["code"] == "idempotency_key_missing" or "missing" in codes
        assert answer.status_code in {400, 422}
    assert not Purchase.objects.exists()


def test_a_key_is_printable_and_short(till):
    for key in ("", " ", "a b", "é", "x" * 121):
        answer = till.post("/purchases", purchase(make_member()), key=key or " ")
        assert answer.status_code in {400, 422}
    assert not Purchase.objects.exists()


def test_in_flight_is_409_and_says_when_to_come_back(till):
    api_key = ApiKey.objects.get()
    held = connections.create_connection("default")
    try:
        with held.cursor() as cursor:
            cursor.execute(
                "SELECT pg_advisory_lock(%s)", [_lock_number(api_key.pk, "k")]
            )
        answer = till.post("/purchases", purchase(make_member()), key="k")
    finally:
        held.close()

    assert (answer.status_code, answer.json()["code"]) == (409, "request_in_flight")
    assert answer["Retry-After"] == "1"
    assert not Purchase.objects.exists()


def test_the_database_keeps_one_answer_for_a_key(till):
    till.post("/members", {"full_name": "A"}, key="k")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint "
            "WHERE conname = 'apiaccess_keyedrequest_once_per_key'"
        )
        assert cursor.fetchone()
