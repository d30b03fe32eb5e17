"""Somebody else holds what a call needs: try again, and nothing was written."""

import pytest

from points.models import Purchase
from tests.api.bodies import purchase
from tests.factories import make_member
from tests.points.books import differences, everything
from tests.races import held, locked

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("patience"),
]


def test_a_write_is_to_be_tried_again_and_then_is_done_once(till):
    member = make_member()
    body, before = purchase(member), everything()

    with held(member):
        answer = till.post("/purchases", body, key="busy")

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert answer.json()["code"] == "try_again"
    assert everything() == before

    for _again in range(2):
        assert till.post("/purchases", body, key="busy").status_code == 201
    assert Purchase.objects.count() == 1
    assert differences() == []


def test_a_read_is_to_be_tried_again(till):
    with locked("LOCK TABLE points_reward IN ACCESS EXCLUSIVE MODE"):
        answer = till.get("/rewards")

    assert (answer.status_code, answer.json()["code"]) == (503, "try_again")
    assert till.get("/rewards").status_code == 200
