"""Households by the API: made, joined, left, and what the balance says."""

import pytest

from points.models import Household, HouseholdMembership, PaymentTerms
from tests.api.conftest import Till, new_key
from tests.factories import make_household, make_member, make_reward, set_programme
from tests.points.books import available, differences, everything


@pytest.fixture
def shop(till):
    set_programme(household_limit=2)
    return Till(new_key("transfers:write", "points:read", "redemptions:write"))


def named(member):
    return {"number": member.number}


def test_a_household_is_made_once_and_a_member_comes_in(shop):
    anna, ben = make_member(balance=20), make_member(balance=50)
    body = {"name": "Chan", "member": named(anna)}
    made = shop.post("/households", body, key="k")
    assert made.status_code == 201
    assert shop.post("/households", body, key="k").json() == made.json()
    path = f"/households/{Household.objects.get().public_id}"
    joined = shop.post(f"{path}/members", {"member": named(ben)})
    assert joined.status_code == 201
    shown = shop.get(path).json()
    assert shown == joined.json()
    assert shown["available"] == 70
    assert [(each["member"], each["available"]) for each in shown["members"]] == [
        (anna.number, 20),
        (ben.number, 50),
    ]
    [listed] = shop.get("/households").json()["items"]
    assert (listed["id"], listed["size"]) == (shown["id"], 2)
    assert differences() == []


def test_the_balance_says_what_the_household_can_spend_and_it_is_spent(shop):
    anna, ben = make_member(balance=20), make_member(balance=50)
    assert shop.get(f"/members/{anna.number}/balance").json()["household"] is None
    household = make_household(anna, ben)
    balance = shop.get(f"/members/{anna.number}/balance").json()
    assert (balance["available"], balance["household"]) == (
        20,
        {"id": str(household.public_id), "name": household.name, "available": 70},
    )
    reward = make_reward(cost=60)
    [listed] = shop.get("/rewards", member=anna.number).json()
    assert listed["for_member"]["can_redeem"]
    body = {"reward": str(reward.public_id)}
    answer = shop.post(f"/members/{anna.number}/redemptions", body)
    assert (answer.status_code, answer.json()["available"]) == (201, 10)
    assert available(anna) + available(ben) == 10


def test_points_of_the_household_are_quoted_for_a_payment(shop):
    PaymentTerms.objects.create(is_active=True, step_points=10, step_minor=100)
    anna, ben = make_member(balance=20), make_member(balance=50)
    make_household(anna, ben)
    path = f"/members/{anna.number}/payments/quote"
    quote = shop.post(path, {"purchase_amount": "100.00", "currency": "HKD"}).json()
    assert (quote["available"], quote["points"]) == (70, 70)


def test_who_leaves_leaves_by_the_rule_and_only_once(shop):
    set_programme(household_leaving="stay")
    anna, ben = make_member(balance=20), make_member(balance=50)
    household = make_household(anna, ben)
    path = f"/households/{household.public_id}/leave"
    body = {"member": named(ben), "reason": "Moved out"}
    left = shop.post(path, body).json()
    assert (left["rule"], left["points_left_behind"]) == ("stay", 50)
    assert (available(anna), available(ben)) == (70, 0)
    again = shop.post(path, body)
    assert (again.status_code, again.json()["code"]) == (404, "not_in_household")
    assert differences() == []


def test_refusals_have_a_code_and_write_nothing(shop):
    anna, ben, cleo = make_member(), make_member(), make_member()
    household = make_household(anna, ben)
    make_household(cleo)
    set_programme(household_limit=2)
    before = everything(), HouseholdMembership.objects.count()
    path = f"/households/{household.public_id}/members"
    refusals = [
        shop.post(path, {"member": named(make_member())}),
        shop.post(path, {"member": named(cleo)}),
        shop.post(path, {"member": {"card": "x"}}),
        shop.post("/households", {"name": "Ho", "member": named(anna)}),
    ]
    assert [each.json()["code"] for each in refusals] == [
        "household_full",
        "in_another_household",
        "unknown_member",
        "in_another_household",
    ]
    assert HouseholdMembership.objects.count() == before[1]
    unknown = shop.get(f"/households/{household.public_id.hex[::-1]}")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_household")
    set_programme(household_limit=0)
    off = shop.post("/households", {"name": "Ho", "member": named(make_member())})
    assert (off.status_code, off.json()["code"]) == (409, "households_are_off")


def test_another_scope_opens_nothing(till):
    till = Till(new_key("purchases:write"))
    body = {"name": "Ho", "member": {"card": "x"}}
    assert till.post("/households", body).status_code == 403
    assert till.get("/households").status_code == 403
