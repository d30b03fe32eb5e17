"""Tiers as programs read them, and points by hand within the limit of the key."""

import pytest

from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.lib.actors import staff_actor
from points.models import Adjustment, Entry
from points.services.adjustments import approve_adjustment
from points.services.tiers import recompute_touched_tiers
from tests.api.bodies import purchase
from tests.factories import NOON, make_member, make_tiers
from tests.points.books import available, differences

GIFT = {"points": 50, "reason": "goodwill", "note": "late parcel"}


@pytest.fixture
def desk(till):
    """A till whose key gives and takes 100 points at once and 120 a day."""
    ApiKey.objects.update(adjusts_at_once=100, adjusts_in_a_day=120)
    return till


def adjust(till, member, key=None, **changes):
    return till.post(f"/members/{member.number}/adjustments", GIFT | changes, key=key)


def test_tiers_are_listed_from_the_lowest(till):
    make_tiers(gold=500, silver=100)
    listed = till.get("/tiers").json()
    assert [(each["slug"], each["threshold"]) for each in listed] == [
        ("silver", 100),
        ("gold", 500),
    ]
    assert (listed[0]["names"]["zh_hant"], listed[0]["multiplier"]) == ("Silver", "1")


def test_a_members_tier_with_what_is_missing_and_how_it_came(till):
    make_tiers(silver=100, gold=500)
    member = make_member()
    till.post("/purchases", purchase(member))
    recompute_touched_tiers(at=NOON)
    shown = till.get(f"/members/{member.number}/tier").json()
    assert (shown["tier"], shown["qualifying"]) == ("silver", 128)
    assert (shown["next_tier"], shown["missing"]) == ("gold", 372)
    [move] = shown["history"]
    assert (move["from_tier"], move["to_tier"]) == (None, "silver")
    assert move["cause"] == "upgrade"


def test_points_within_the_keys_limit_are_there_at_once(desk):
    member = make_member()
    answer = adjust(desk, member)
    assert (answer.status_code, answer.json()["state"]) == (201, "posted")
    assert available(member) == 50
    assert Entry.objects.get().actor.startswith("api:")
    assert answer.json()["entry"] == Entry.objects.get().pk
    assert differences() == []


@pytest.mark.parametrize("points", [101, 71])
def test_above_the_limit_at_once_or_of_the_day_a_person_decides(desk, points):
    member = make_member()
    adjust(desk, member)
    answer = adjust(desk, member, points=points)
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert available(member) == 50
    [waiting] = desk.get("/adjustments", state="waiting").json()["items"]
    assert waiting["id"] == answer.json()["id"]
    approve_adjustment(
        adjustment=Adjustment.objects.get(state="waiting"),
        note="",
        at=NOON,
        actor=staff_actor("lee"),
    )
    shown = desk.get(f"/adjustments/{waiting['id']}").json()
    assert (shown["state"], available(member)) == ("posted", 50 + points)


def test_a_key_without_a_limit_of_its_own_moves_nothing_alone(till):
    member = make_member()
    assert adjust(till, member, points=1).status_code == 202
    assert available(member) == 0


def test_the_same_key_adjusts_once(desk):
    member = make_member()
    first, second = (adjust(desk, member, key="once" * 30) for _ in range(2))
    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert available(member) == 50


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"points": 0}, 422, "no_points_asked"),
        ({"points": -1}, 409, "insufficient_points"),
        ({"points": "50"}, 422, "not_valid"),
        ({"points": 10**10}, 422, "not_valid"),
        ({"reason": "because"}, 422, "not_valid"),
        ({"reason": "other", "note": ""}, 422, "note_needed"),
    ],
)
def test_what_cannot_be_adjusted_writes_nothing(desk, changes, status, code):
    answer = adjust(desk, make_member(), **changes)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Adjustment.objects.exists()
    assert not Entry.objects.exists()
