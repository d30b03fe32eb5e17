"""Events by the API: once, with a code for each refusal."""

import pytest

from points.models import Occasion
from tests.factories import make_member, make_rule
from tests.points.books import available, differences

pytestmark = pytest.mark.django_db
PARAMS = {"points": 20, "event": "other", "event_name": "app.review", "times": "always"}


def body(member, /, **changes):
    return {
        "member": {"number": member.number},
        "name": "app.review",
        "source": "app",
        "source_id": "1",
        "occurred_at": "2026-06-15T19:00:00+08:00",
    } | changes


def test_an_event_gives_points_once(till):
    make_rule(kind="event", **PARAMS)
    member = make_member()
    answer = till.post("/events", body(member), key="a")
    assert answer.status_code == 201
    kept = Occasion.objects.get()
    assert answer.json() == {
        **body(member),
        "id": str(kept.public_id),
        "member": member.number,
        "points": 20,
        "is_new": True,
    }
    again = till.post("/events", body(member), key="b")
    assert (again.status_code, again.json()["is_new"]) == (200, False)
    assert (available(member), Occasion.objects.count()) == (20, 1)
    assert differences() == []


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"name": "enrolled"}, 422, "event_is_own"),
        ({"source": "perennial"}, 422, "event_is_own"),
        ({"name": "App Review"}, 422, "not_valid"),
        ({"member": {"number": "M1"}}, 404, "unknown_member"),
        ({"occurred_at": "2026-01-01T00:00:00Z"}, 422, "too_long_ago"),
    ],
)
def test_what_is_refused_is_not_kept(till, changes, status, code):
    make_rule(kind="event", **PARAMS)
    answer = till.post("/events", body(make_member()) | changes)
    assert Occasion.objects.count() == 0
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_the_same_id_for_another_member_is_a_conflict(till):
    till.post("/events", body(make_member()), key="a")
    answer = till.post("/events", body(make_member()), key="b")
    assert (answer.status_code, answer.json()["code"]) == (409, "event_conflict")
