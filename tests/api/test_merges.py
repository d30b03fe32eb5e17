"""Merges by the API: once, within the key's limit, and the old number leads on."""

import pytest

from loyalty_site.apiaccess.models import ApiKey
from points.models import Merge
from tests.api.conftest import Till, new_key
from tests.factories import make_member
from tests.points.books import available, differences, everything


@pytest.fixture
def shop(till):
    return Till(new_key("members:write", "members:read", "points:read"))


def body(gone, /, **changes):
    return {"gone": {"number": gone.number}, "reason": "Same phone"} | changes


def test_two_become_one_and_the_old_number_answers_for_it(shop):
    kept, gone = make_member(), make_member(phone="+85291234567")
    answer = shop.post(f"/members/{kept.number}/merge", body(gone), key="k")
    assert answer.status_code == 201
    assert answer.json() == {
        "id": str(Merge.objects.get().public_id),
        "kept": kept.number,
        "gone": gone.number,
        "points": 0,
        "debt": 0,
        "state": "done",
        "asked_at": "2026-06-15T12:00:00+00:00",
        "done_at": "2026-06-15T12:00:00+00:00",
    }
    again = shop.post(f"/members/{kept.number}/merge", body(gone), key="k")
    assert again["Idempotency-Replayed"] == "true"
    read = shop.get(f"/members/{gone.number}").json()
    assert (read["number"], read["phone"]) == (kept.number, "+85291234567")
    assert differences() == []


def test_above_the_limit_of_the_key_a_person_decides(shop):
    kept, gone = make_member(), make_member(balance=50)
    answer = shop.post(f"/members/{kept.number}/merge", body(gone))
    assert (answer.status_code, answer.json()["state"]) == (202, "waiting")
    assert available(kept) == 0
    Merge.objects.all().delete()
    ApiKey.objects.update(adjusts_at_once=None, adjusts_in_a_day=None)
    answer = shop.post(f"/members/{kept.number}/merge", body(gone))
    assert (answer.status_code, available(kept)) == (201, 50)


def test_refusals_name_the_field_and_write_nothing(shop):
    kept = make_member(balance=50)
    before = everything()
    path = f"/members/{kept.number}/merge"
    for given, refusal in (
        (body(kept), (409, "merge_with_itself", "gone")),
        (body(kept, gone={"card": "x"}), (404, "unknown_member", "gone")),
        (body(kept, reason=""), (422, "not_valid", "reason")),
    ):
        answer = shop.post(path, given)
        problem = answer.json()
        found = (answer.status_code, problem["code"], problem["field"])
        assert found == refusal
    reader = Till(new_key("members:read"))
    assert reader.post(path, body(kept)).status_code == 403
    assert everything() == before
