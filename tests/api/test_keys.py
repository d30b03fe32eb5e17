from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from loyalty_site.apiaccess import keys
from loyalty_site.apiaccess.errors import KeyNameTaken
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.services import create_api_key, revoke_api_key
from loyalty_site.lib.zone import programme_zone
from tests.api.bodies import MEMBER, purchase, quote
from tests.api.conftest import Till
from tests.factories import CLERK, NOON, make_member, make_reward, set_programme


def make_key(**changes):
    given: dict[str, Any] = {
        "name": "t",
        "scopes": ["members:read"],
        "at": NOON,
        "actor": CLERK,
    }
    return create_api_key(**(given | changes))


def test_only_a_hash_of_the_key_is_stored(db):
    new = make_key()

    assert new.raw.startswith("pk_")
    assert len(new.raw) > 40
    stored = ApiKey.objects.values_list("prefix", "hash", "name").get()
    assert not any(new.raw in value for value in stored)
    assert new.raw.startswith(new.api_key.prefix)


def test_two_keys_never_have_one_name(db):
    make_key()
    with pytest.raises(KeyNameTaken):
        make_key()
    assert ApiKey.objects.count() == 1


def test_an_unknown_scope_is_refused(db):
    with pytest.raises(ValueError, match="everything"):
        make_key(scopes=["everything"])


@pytest.mark.parametrize(
    "authorization",
    [
        "",
        "Bearer",
        "Bearer ",
        "Bearer pk_wrong",
        "Basic cGs6",
        "Bearer pk_" + "x" * 10**5,
    ],
)
def test_without_a_good_key_nobody_comes_in(db, noon, authorization):
    till = Till("")
    answer = till.client.get(
        "/api/v1/rewards", headers={"Authorization": authorization}
    )

    assert (answer.status_code, answer.json()["code"]) == (401, "api_key_refused")
    assert answer["WWW-Authenticate"] == "Bearer"
    assert answer["Content-Type"] == "application/problem+json"


def test_a_revoked_key_is_refused_within_seconds(make_till):
    till = make_till("points:read")
    assert till.get("/rewards").status_code == 200
    revoke_api_key(api_key=ApiKey.objects.get(), at=NOON)
    keys.cache.forget()

    assert till.get("/rewards").status_code == 401
    assert keys.KEEP_SECONDS <= 5


def test_a_good_key_is_looked_up_again_after_some_seconds(db):
    now = 0.0
    cache = keys.KeyCache(clock=lambda: now)
    new = make_key()
    assert cache.caller_of(new.raw, NOON) is not None
    revoke_api_key(api_key=new.api_key, at=NOON)
    assert cache.caller_of(new.raw, NOON) is not None
    now = keys.KEEP_SECONDS + 0.1
    assert cache.caller_of(new.raw, NOON) is None


def test_an_expired_key_is_refused_to_the_second(db):
    till = Till(make_key(scopes=["points:read"], expires_at=NOON).raw)
    with time_machine.travel(NOON - timedelta(seconds=1), tick=False):
        assert till.get("/rewards").status_code == 200
    with time_machine.travel(NOON, tick=False):
        assert till.get("/rewards").status_code == 401


def test_the_day_of_use_is_that_of_the_programme(make_till):
    set_programme(time_zone="Asia/Hong_Kong")
    programme_zone.forget()
    evening = datetime(2026, 6, 15, 23, 30, tzinfo=UTC)
    till = make_till("points:read")
    with time_machine.travel(evening, tick=False):
        till.get("/rewards")
    assert ApiKey.objects.get().last_used_on == date(2026, 6, 16)


def test_the_day_of_use_is_written_once_a_day(make_till):
    till = make_till("points:read")
    till.get("/rewards")
    assert ApiKey.objects.get().last_used_on == NOON.date()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        till.get("/rewards")
    assert not [each for each in queries if each["sql"].startswith("UPDATE")]


def test_each_call_asks_for_its_scope_and_no_other(make_till):
    member, reward = make_member(balance=100), make_reward()
    calls = {
        "members:read": lambda t: t.get(f"/members/{member.number}"),
        "members:write": lambda t: t.post("/members", MEMBER),
        "purchases:read": lambda t: t.get("/purchases"),
        "points:adjust": lambda t: t.post(
            f"/members/{member.number}/adjustments", {"points": 1, "reason": "goodwill"}
        ),
        "purchases:write": lambda t: t.post("/purchases", purchase(member)),
        "points:read": lambda t: t.get(f"/members/{member.number}/balance"),
        "transfers:write": lambda t: t.post(
            "/transfers",
            {
                "sender": {"number": member.number},
                "receiver": {"card": "unknown"},
                "points": 1,
            },
        ),
        "redemptions:write": lambda t: t.post(
            f"/members/{member.number}/redemptions", {"reward": str(reward.public_id)}
        ),
    }
    assert set(calls) == set(ApiKey.Scope.values)
    for scope, call in calls.items():
        others = make_till(*(set(ApiKey.Scope.values) - {scope}))
        answer = call(others)
        assert (answer.status_code, answer.json()["code"]) == (403, "missing_scope")
        assert scope in answer.json()["detail"]
        assert call(make_till(scope)).status_code not in {401, 403}


def test_quotes_rewards_and_look_ups_ask_for_scopes_too(make_till):
    nobody = make_till("redemptions:write")
    for answer in (
        nobody.post("/purchases/quote", quote(make_member())),
        nobody.get("/rewards"),
        nobody.get("/members"),
        nobody.get("/members/lookup", card="1"),
        nobody.get("/tiers"),
        nobody.get("/refunds"),
        nobody.get("/adjustments"),
        nobody.get(f"/members/{make_member().number}/entries"),
        nobody.get(f"/members/{make_member().number}/tier"),
    ):
        assert answer.status_code == 403
