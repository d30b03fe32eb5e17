"""A till that calls the API, at noon of a day that always is the same."""

import json
import uuid
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from loyalty_site.apiaccess import keys
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.lib.actors import system_actor
from tests.factories import NOON, make_rule, set_programme

CREATED = datetime(2026, 1, 1, tzinfo=UTC)


class Till:
    """Calls `/api/v1` with one key."""

    def __init__(self, raw: str):
        self.raw = raw
        self.client = Client(raise_request_exception=False)

    def headers(self, key=None):
        headers = {"Authorization": f"Bearer {self.raw}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return headers

    def get(self, path, **query):
        return self.client.get(f"/api/v1{path}", query, headers=self.headers())

    def post(self, path, body, key=None):
        return self.post_raw(path, json.dumps(body), key=key or uuid.uuid4().hex)

    def ask(self, path, body):
        """Post without a key: a call that writes nothing."""
        return self.post_raw(path, json.dumps(body), key=None)

    def post_raw(self, path, body, key="k", content_type="application/json"):
        return self.client.post(
            f"/api/v1{path}", body, content_type=content_type, headers=self.headers(key)
        )


def new_key(*scopes: str) -> str:
    """Make a key with these scopes and return its raw text."""
    new = create_api_key(
        name=f"till {uuid.uuid4().hex[:8]}",
        scopes=scopes,
        at=CREATED,
        actor=system_actor("tests"),
    )
    return new.raw


@pytest.fixture(autouse=True)
def _forget_keys():
    keys.cache.forget()


@pytest.fixture
def noon():
    """Stop the clock at noon."""
    with time_machine.travel(NOON, tick=False):
        yield NOON


@pytest.fixture
def make_till(db, noon):
    """Return a till whose key has these scopes only."""
    return lambda *scopes: Till(new_key(*scopes))


@pytest.fixture
def till(make_till):
    """A till that may do everything, in a programme that gives a point a dollar."""
    set_programme(currency="HKD", time_zone="Asia/Hong_Kong")
    make_rule()
    return make_till(*ApiKey.Scope.values)
