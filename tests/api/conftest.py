"""A till that calls the API: keys by scope, and a caller that writes JSON."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from django.test import Client

from loyalty_site.apiaccess import keys
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key
from loyalty_site.lib.actors import system_actor

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

    def post_raw(self, path, body, key="k", content_type="application/json"):
        return self.client.post(
            f"/api/v1{path}", body, content_type=content_type, headers=self.headers(key)
        )


@pytest.fixture(autouse=True)
def _forget_keys():
    keys.cache.forget()


@pytest.fixture
def make_till(db):
    """Return a till whose key has these scopes only."""

    def make(*scopes: str) -> Till:
        new = create_api_key(
            name=f"till {uuid.uuid4().hex[:8]}",
            scopes=scopes,
            at=CREATED,
            actor=system_actor("tests"),
        )
        return Till(new.raw)

    return make


@pytest.fixture
def till(make_till):
    """A till that may do everything."""
    return make_till(*ApiKey.Scope.values)
