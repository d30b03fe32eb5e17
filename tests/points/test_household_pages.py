"""Households on pages: look first, send once; what may be spent, wherever it is judged."""

import pytest

from points.models import Household, HouseholdMembership
from points.services.redemptions import reverse_redemption
from tests.factories import (
    CLERK,
    NOON,
    give_points,
    make_household,
    make_member,
    make_reward,
    redeem,
    set_programme,
)
from tests.points.books import available, everything

pytestmark = pytest.mark.django_db
LIST, ADD = "/points/households/", "/points/households/add/"


def shown(answer):
    return answer.content.decode()


@pytest.fixture
def pair():
    return make_member(name="Anna", balance=20), make_member(
        name="Ben", balance=50, phone="+85251234567"
    )


def test_a_household_is_made_once_from_the_members_page(agent, pair):
    anna, _ben = pair
    points = f"/members/{anna.number}/points/"
    assert "Make a household" not in shown(agent.get(points))
    set_programme(household_limit=4)
    assert f"{ADD}?member={anna.number}" in shown(agent.get(points))
    page = agent.get(ADD, {"member": anna.number})
    assert f'value="{anna.number}"' in shown(page)
    data = {
        "name": "Chan",
        "member": anna.number,
        "key": page.context["form"]["key"].value(),
    }
    first, second = agent.post(ADD, data), agent.post(ADD, data)
    household = Household.objects.get()
    assert first.url == second.url == household.get_absolute_url()
    assert "Chan" in shown(agent.get(LIST))
    assert "Chan" in shown(agent.get(points))


def test_who_comes_in_is_looked_at_first(agent, pair):
    anna, ben = pair
    household = make_household(anna)
    path = f"{household.get_absolute_url()}add/"
    page = shown(agent.post(path, {"member": "+852 5123 4567"}))
    assert "Ben" in page
    assert "No points move" in page
    assert HouseholdMembership.objects.count() == 1
    data = {"member": ben.number, "confirmed": "1"}
    assert agent.post(path, data).url == household.get_absolute_url()
    page = shown(agent.get(household.get_absolute_url()))
    assert ">70<" in page
    assert "70 with the household" in shown(agent.get(f"/members/{ben.number}/"))


def test_a_refusal_stands_at_its_field_and_nothing_is_written(agent, pair):
    anna, ben = pair
    household = make_household(anna)
    make_household(ben)
    before = everything(), HouseholdMembership.objects.count()
    path = f"{household.get_absolute_url()}add/"
    page = agent.post(path, {"member": ben.number, "confirmed": "1"})
    assert "has to leave it first" in str(page.context["form"].errors["member"])
    assert (everything(), HouseholdMembership.objects.count()) == before


def test_what_goes_where_is_shown_before_somebody_leaves(agent, pair):
    anna, ben = pair
    household = make_household(anna, ben)
    redemption = redeem(anna, make_reward(cost=70))
    reverse_redemption(redemption=redemption, reason="no", at=NOON, actor=CLERK)
    path = f"{household.get_absolute_url()}leave/{anna.number}/"
    before = everything()
    page = shown(agent.get(path))
    assert "Unspent points go back to who earned them" in page
    assert ">50<" in page
    assert "reason" in agent.post(path, {"reason": ""}).context["form"].errors
    assert everything() == before
    agent.post(path, {"reason": "moved out"})
    page = shown(agent.get(household.get_absolute_url()))
    assert "moved out" in page
    assert HouseholdMembership.objects.filter(left_at=None).count() == 1
    assert agent.get(path).status_code == 404


@pytest.mark.parametrize("what", ["add/", "leave/"])
def test_who_only_reads_changes_nothing(auditor, pair, what):
    anna, ben = pair
    household = make_household(anna, ben)
    path = household.get_absolute_url()
    page = shown(auditor.get(path))
    assert "Ben" in page
    assert "Take out" not in page
    tail = what if what == "add/" else f"{what}{anna.number}/"
    assert auditor.post(f"{path}{tail}", {"reason": "x"}).status_code == 403
    assert HouseholdMembership.objects.filter(left_at=None).count() == 2


def test_the_counter_redeems_what_the_household_can_pay(clerk, pair):
    anna, ben = pair
    make_household(anna, ben)
    reward = make_reward(cost=60)
    page = shown(clerk.get(f"/counter/{anna.number}/"))
    assert "<strong>70</strong> with the household" in page
    path = f"/counter/{anna.number}/redeem/{reward.public_id}/"
    page = clerk.get(path)
    assert page.context["after"] == 10
    clerk.post(path, {"key": page.context["form"]["key"].value()})
    assert available(anna) + available(ben) == 10


def test_members_see_what_their_household_can_spend(client, pair):
    anna, ben = pair
    give_points(ben, 5, at=NOON)
    make_household(anna, ben)
    reward = make_reward(cost=60)
    session = client.session
    session["member_id"] = anna.pk
    session.save()
    home = client.get("/me/")
    assert "you can spend <strong>75</strong> points" in shown(home)
    assert [each.reward for each in home.context["offers"]] == [reward]


def test_a_member_reads_in_one_line_what_came_from_the_household(client, pair):
    anna, ben = pair
    for _ in range(3):
        give_points(ben, 5, at=NOON)
    make_household(anna, ben)
    redeem(anna, make_reward(cost=80))
    for member, points in ((anna, [-80, 60]), (ben, [-60, 5, 5, 5])):
        session = client.session
        session["member_id"] = member.pk
        session.save()
        lines = client.get("/me/history/?month=2026-06").context["history"].lines
        assert [line.points for line in lines] == points
