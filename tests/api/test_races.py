"""Many clients at once, each on a connection of its own."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from loyalty_site.apiaccess import idempotency
from loyalty_site.apiaccess.models import ApiKey, KeyedRequest
from members.models import Member
from points.models import Account, Entry, Purchase, Redemption
from tests.api.bodies import purchase
from tests.api.conftest import Till, new_key
from tests.factories import make_member, make_reward, make_rule, set_programme

CLIENTS = 16


def at_once(call, clients=CLIENTS):
    """Run `call(n)` in all clients at the same moment and return the answers."""
    gate = threading.Barrier(clients)

    def client(n):
        try:
            gate.wait()
            return call(n)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(clients) as pool:
        return list(pool.map(client, range(clients)))


@pytest.fixture
def raw(transactional_db):
    set_programme(currency="HKD")
    make_rule()
    return new_key(*ApiKey.Scope.values)


def a_purchase(member, /, **changes):
    now = timezone.now()  # noqa: TID251 -- the clock runs while clients race
    return purchase(member, occurred_at=now.isoformat(), **changes)


def test_one_key_from_thirty_two_clients_is_one_purchase(raw):
    body = a_purchase(make_member())
    answers = at_once(
        lambda _n: Till(raw).post("/purchases", body, key="once"), clients=32
    )

    statuses = [answer.status_code for answer in answers]
    assert set(statuses) <= {201, 409}
    assert 201 in statuses
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert (Purchase.objects.count(), Entry.objects.count()) == (1, 1)
    assert KeyedRequest.objects.count() == 1
    assert Till(raw).post("/purchases", body, key="once")["Idempotency-Replayed"]


def test_without_the_key_one_receipt_still_books_once(raw):
    body = a_purchase(make_member())
    answers = at_once(lambda n: Till(raw).post("/purchases", body, key=f"k{n}"))

    assert {answer.status_code for answer in answers} <= {200, 201}
    assert [answer.status_code for answer in answers].count(201) == 1
    assert (Purchase.objects.count(), Entry.objects.count()) == (1, 1)


def test_without_lock_and_constraint_the_key_would_not_hold(raw, monkeypatch):
    # The twin with both nets cut: it shows that the race above is a real one.
    monkeypatch.setattr(
        idempotency,
        "_CLAIM",
        "SELECT true, NULL, NULL, NULL WHERE %s IS NOT NULL OR %s = %s::text::int",
    )
    monkeypatch.setattr(idempotency, "_STORE", "SELECT %s, %s, %s, %s, %s, %s")
    member = make_member()
    at_once(
        lambda n: Till(raw).post(
            "/purchases", a_purchase(member, source_id=f"r{n}"), key="once"
        )
    )

    assert Purchase.objects.count() > 1


def test_the_last_piece_goes_to_one_of_thirty_two(raw):
    reward = make_reward(cost=10, pieces=1)
    members = [make_member(balance=10) for _ in range(CLIENTS)]
    answers = at_once(
        lambda n: Till(raw).post(
            f"/members/{members[n].number}/redemptions",
            {"reward": str(reward.public_id)},
        )
    )

    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201] + [409] * (CLIENTS - 1)
    assert Redemption.objects.count() == 1


def test_one_member_is_not_spent_twice(raw):
    reward = make_reward(cost=10)
    member = make_member(balance=35)
    answers = at_once(
        lambda _n: Till(raw).post(
            f"/members/{member.number}/redemptions", {"reward": str(reward.public_id)}
        )
    )

    assert [a.status_code for a in answers].count(201) == 3
    assert Account.objects.get().balance == 5


def test_the_same_person_enrols_once_from_sixteen_clients(raw):
    body = {
        "email": "a@example.org",
        "identifiers": [{"system": "card", "value": "9001"}],
    }
    answers = at_once(lambda _n: Till(raw).post("/members", body))

    codes = [answer.status_code for answer in answers]
    assert codes.count(201) == 1
    assert set(codes) <= {201, 409}
    assert Member.objects.count() == 1
