"""From the outbox to a receiver: signed, in order, again until it arrives, and no longer."""

import base64
import hashlib
import hmac
import json
import socket
from datetime import timedelta

import pytest

from loyalty_site.webhooks import sending
from loyalty_site.webhooks.models import Delivery, Endpoint
from loyalty_site.webhooks.services import delivering
from loyalty_site.webhooks.services.delivering import (
    LEASE,
    PAUSED_AFTER,
    PAUSES,
    Claim,
    claim_deliveries,
    endpoints_due,
    resend,
    resend_failed,
)
from loyalty_site.webhooks.services.endpoints import (
    resume_endpoint,
    rotate_secret,
)
from loyalty_site.webhooks.signing import secret_of
from tests.factories import LONG_AGO, NOON, give_points, make_member
from tests.races import Meeting, at_once
from tests.webhooks.conftest import deliver

State = Delivery.State


def is_signed_by(secret, headers, body):
    """Check as a receiver does. Source: www.standardwebhooks.com."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    wanted = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return f"v1,{wanted}" in headers["webhook-signature"].split()


def points(member, count=1):
    for n in range(count):
        give_points(member, n + 1, at=NOON)


@pytest.fixture
def endpoint(listen):
    """An endpoint that is told of points that came."""
    return listen("points.earned")


def test_events_arrive_in_their_order_signed_and_once(endpoint, receiver):
    points(make_member(), 3)
    deliver(endpoint)
    deliver(endpoint)
    assert [receiver.data(n)["points"] for n in range(len(receiver.got))] == [1, 2, 3]
    secret = secret_of(endpoint.seed)
    assert secret.startswith("whsec_")
    for headers, body in receiver.got:
        assert is_signed_by(secret, headers, body)
        assert not is_signed_by(secret, headers, body + b" ")
        assert headers["webhook-timestamp"] == str(int(NOON.timestamp()))
        assert headers["host"] == f"127.0.0.1:{receiver.port}"
        assert headers["content-type"] == "application/json"
    ids = {headers["webhook-id"] for headers, _ in receiver.got}
    assert len(ids) == 3
    assert set(Delivery.objects.values_list("state", "answer_status")) == {
        ("done", 200)
    }


def test_a_failure_is_sent_again_with_the_same_id_and_body(endpoint, receiver):
    points(make_member())
    receiver.status = 500
    deliver(endpoint)
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.attempts) == (State.QUEUED, 1)
    assert delivery.due_at == NOON + PAUSES[0]
    assert endpoints_due(at=NOON) == []
    receiver.status = 204
    deliver(endpoint, at=NOON + PAUSES[0])
    (first, body), (second, again) = receiver.got
    assert (first["webhook-id"], body) == (second["webhook-id"], again)
    assert Delivery.objects.get().state == State.DONE
    assert Endpoint.objects.get().failing_since is None


def test_after_eight_attempts_it_is_left_to_people(endpoint, receiver, monkeypatch):
    monkeypatch.setattr(delivering, "PAUSED_AFTER", timedelta(days=99))
    points(make_member())
    receiver.status, at = 503, NOON
    for pause in (*PAUSES, timedelta()):
        deliver(endpoint, at=at)
        at += pause
    deliver(endpoint, at=at + timedelta(days=5))
    assert len(receiver.got) == 8
    delivery = Delivery.objects.get()
    assert (delivery.state, delivery.answer_status) == (State.FAILED, 503)
    receiver.status = 200
    assert resend_failed(endpoint=endpoint, at=at) == 1
    deliver(endpoint, at=at)
    assert Delivery.objects.get().state == State.DONE
    resend(delivery=delivery, at=at)
    deliver(endpoint, at=at)
    assert len(receiver.got) == 10


def test_an_endpoint_that_fails_for_long_pauses_and_loses_nothing(endpoint, receiver):
    member = make_member()
    points(member)
    receiver.status = 500
    deliver(endpoint)
    points(member)
    deliver(endpoint, at=NOON + PAUSED_AFTER)
    endpoint.refresh_from_db()
    assert endpoint.pause_reason == Endpoint.Pause.FAILING
    points(member)
    assert endpoints_due(at=NOON + timedelta(days=2)) == []
    receiver.status, receiver.got = 200, []
    later = NOON + timedelta(days=3)
    resume_endpoint(endpoint=endpoint, at=later)
    deliver(endpoint, at=later)
    assert len(receiver.got) == 3
    assert not Delivery.objects.exclude(state=State.DONE).exists()


def test_an_address_that_says_gone_is_not_asked_again(endpoint, receiver):
    points(make_member(), 2)
    receiver.status = 410
    deliver(endpoint)
    assert len(receiver.got) == 1
    assert Endpoint.objects.get().pause_reason == Endpoint.Pause.GONE


def test_one_bad_event_holds_no_other_one_up(endpoint, receiver):
    points(make_member(), 3)
    receiver.status = 400
    deliver(endpoint)
    assert len(receiver.got) == 3


def test_a_redirect_is_a_failure_and_is_not_followed(endpoint, receiver):
    points(make_member())
    receiver.status, receiver.location = 302, f"http://127.0.0.1:{receiver.port}/other"
    deliver(endpoint)
    assert len(receiver.got) == 1
    assert Delivery.objects.get().answer_status == 302


def test_of_a_long_answer_only_the_beginning_is_read(endpoint, receiver):
    points(make_member())
    receiver.text = b"\0\xff" + b"x" * 5_000_000
    deliver(endpoint)
    delivery = Delivery.objects.get()
    assert (delivery.state, len(delivery.answer_text)) == (State.DONE, 500)


@pytest.mark.parametrize("limit", ["SILENCE_SECONDS", "WHOLE_SECONDS"])
def test_a_receiver_that_is_silent_or_drips_is_left(
    endpoint, receiver, monkeypatch, limit
):
    monkeypatch.setattr(sending, limit, 0.2)
    points(make_member(), 2)
    receiver.pause = 1
    deliver(endpoint)
    first, second = Delivery.objects.order_by("pk")
    assert (first.attempts, first.answer_status) == (1, None)
    assert first.answer_text
    assert (second.attempts, second.lease_until) == (0, None)


def test_a_receiver_that_is_away_costs_one_attempt_of_one_event(listen, receiver):
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        away = listen(
            "points.earned", url=f"http://127.0.0.1:{closed.getsockname()[1]}/"
        )
    here = listen("points.earned")
    points(make_member(), 3)
    deliver(away)
    deliver(here)
    attempts = Delivery.objects.filter(endpoint=away).order_by("pk")
    assert list(attempts.values_list("attempts", flat=True)) == [1, 0, 0]
    assert len(receiver.got) == 3


def test_a_sender_that_died_is_followed_when_its_lease_has_run_out(endpoint, receiver):
    points(make_member(), 2)
    assert len(claim_deliveries(endpoint_id=endpoint.pk, at=NOON)) == 2
    deliver(endpoint, at=NOON + LEASE / 2)
    assert receiver.got == []
    deliver(endpoint, at=NOON + LEASE)
    assert len(receiver.got) == 2
    assert set(Delivery.objects.values_list("state", "attempts")) == {("done", 2)}


def test_a_sender_that_comes_back_late_sends_and_marks_nothing(endpoint, receiver):
    points(make_member())
    [late] = claim_deliveries(endpoint_id=endpoint.pk, at=NOON)
    [_claim] = claim_deliveries(endpoint_id=endpoint.pk, at=NOON + LEASE)
    assert not delivering._hold(late, NOON + LEASE)
    assert Delivery.objects.get().attempts == 2


def test_a_rotated_secret_signs_beside_the_old_one_for_a_day(endpoint, receiver):
    old = secret_of(endpoint.seed)
    new = secret_of(rotate_secret(endpoint=endpoint, at=NOON).seed)
    member = make_member()
    points(member)
    deliver(endpoint, at=NOON + timedelta(hours=23))
    points(member)
    deliver(endpoint, at=NOON + timedelta(hours=24))
    (both, one) = receiver.got
    assert is_signed_by(old, *both)
    assert is_signed_by(new, *both)
    assert is_signed_by(new, *one)
    assert not is_signed_by(old, *one)


def test_a_new_key_of_the_site_leaves_old_secrets_valid_while_it_is_a_fallback(
    endpoint, receiver, settings
):
    secret = secret_of(endpoint.seed)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another " * 8
    points(make_member())
    deliver(endpoint)
    assert is_signed_by(secret, *receiver.got[0])
    assert secret_of(endpoint.seed) != secret


def test_an_address_that_became_private_is_not_connected_to(
    endpoint, receiver, settings
):
    points(make_member())
    settings.TRYOUT = False
    deliver(endpoint)
    assert receiver.got == []
    assert "https" in Delivery.objects.get().answer_text


def send_at_once(endpoint, receiver):
    """Let three senders loose on one endpoint and return the points that arrived."""
    receiver.pause = 0.05
    assert at_once(*[lambda: deliver(endpoint)] * 3) == {"done": 3}
    return sorted(json.loads(body)["data"]["points"] for _, body in receiver.got)


@pytest.mark.django_db(transaction=True)
def test_three_senders_at_once_send_each_event_once(listen, receiver):
    endpoint = listen("points.earned")
    points(make_member(), 4)
    assert send_at_once(endpoint, receiver) == [1, 2, 3, 4]


@pytest.mark.django_db(transaction=True)
def test_without_the_claim_they_would_send_it_thrice(listen, receiver, monkeypatch):
    endpoint = listen("points.earned")
    points(make_member(), 2)

    def unclaimed(**_given):
        rows = Delivery.objects.due(NOON).values_list("pk", "attempts")
        return [Claim(*row) for row in rows]

    monkeypatch.setattr(delivering, "claim_deliveries", unclaimed)
    monkeypatch.setattr(delivering, "_hold", lambda _claim, _at: True)
    Meeting(monkeypatch, clients=3).after(delivering, "claim_deliveries")
    assert len(send_at_once(endpoint, receiver)) > 2


def test_rows_wait_while_the_broker_is_away_and_a_sweep_finds_them(
    endpoint, receiver, settings
):
    # No message is sent with an event, so nothing can be lost with the broker.
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1"
    points(make_member(), 2)
    assert receiver.got == []
    assert endpoints_due(at=LONG_AGO) == []
    assert endpoints_due(at=NOON) == [endpoint.pk]
    deliver(endpoint)
    assert len(receiver.got) == 2
