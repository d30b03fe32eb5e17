"""Merges on pages: both sides first, once, approved and undone."""

import pytest

from points.models import AdjustmentLimit, Merge
from points.selectors.portal import signed_up_member
from tests.factories import NOON, give_points, make_member, make_purchase, make_rule
from tests.points.books import available, everything
from tests.points.imports.files import right_now
from tests.points.test_merges import merge

pytestmark = pytest.mark.django_db
LIST, ADD = "/points/merges/", "/points/merges/add/"


def fields(client, kept, gone, /, **changed):
    page = client.get(ADD, {"member": kept.number})
    return {
        "kept": kept.number,
        "gone": gone.number,
        "reason": "The same phone",
        "key": page.context["form"]["key"].value(),
    } | changed


def now(member):
    return available(member, right_now())


def shown(answer):
    return answer.content.decode()


@pytest.fixture
def pair():
    make_rule()
    kept = make_member(name="Chan", email="chan@example.com")
    gone = make_member(name="Chan Tai Man", phone="+85291234567")
    for each in (kept, gone):
        give_points(each, 30, at=NOON)
    make_purchase(gone, amount_minor=500)
    return kept, gone


def test_both_sides_are_shown_first_and_nothing_is_written(agent, pair):
    kept, _gone = pair
    assert f"{ADD}?member={kept.number}" in shown(agent.get(f"/members/{kept.number}/"))
    before = everything()
    page = shown(agent.post(ADD, fields(agent, *pair)))
    assert "Merge these memberships" in page
    assert ">65<" in page.replace("<strong>", "").replace("</strong>", "")
    assert "Both have had what is given once" in page
    assert (
        'id="pick_phone_gone" name="pick_phone" type="radio" value="gone" checked'
        in page
    )
    assert everything() == before


def test_what_is_picked_is_kept_and_a_second_click_changes_nothing(agent, pair):
    kept, gone = pair
    data = fields(agent, *pair, confirmed="1", pick_full_name="gone", pick_phone="kept")
    first, second = agent.post(ADD, data), agent.post(ADD, data)
    done = Merge.objects.get()
    assert first.url == second.url == done.get_absolute_url()
    kept.refresh_from_db()
    assert (kept.full_name, str(kept.phone)) == ("Chan Tai Man", "")
    assert now(kept) == 65
    page = shown(agent.get(f"/members/{gone.number}/"))
    assert f"({kept.number})" in page
    assert gone.number in shown(agent.get(kept.get_absolute_url()))
    found = agent.get("/counter/", {"q": gone.number})
    assert found.url == f"/counter/{kept.number}/"
    assert agent.get(f"/counter/{gone.number}/").context["member"] == kept


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"gone": "NOBODY"}, "gone"),
        ({"reason": ""}, "reason"),
        ({"key": "forged"}, "key"),
    ],
)
def test_wrong_input_is_answered_and_writes_nothing(agent, pair, changed, field):
    before = everything()
    answer = agent.post(ADD, fields(agent, *pair, confirmed="1", **changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert everything() == before


def test_one_membership_twice_is_refused(agent, pair):
    kept, _gone = pair
    answer = agent.post(ADD, fields(agent, kept, kept, confirmed="1"))
    assert "same membership" in shown(answer)
    assert not Merge.objects.exists()


def test_above_the_limit_a_manager_approves(agent, manager, pair):
    AdjustmentLimit.objects.create(role="agent", per_adjustment=10, per_day=10)
    page = agent.post(ADD, fields(agent, *pair))
    assert "Ask for approval" in shown(page)
    agent.post(ADD, fields(agent, *pair, confirmed="1"))
    here = Merge.objects.get().get_absolute_url()
    assert "Merges to approve" in shown(manager.get("/"))
    assert agent.post(f"{here}approve/", {"note": ""}).status_code == 403
    assert now(pair[0]) == 30
    assert manager.post(f"{here}approve/", {"note": "Yes"}).url == here
    assert now(pair[0]) == 65


def test_whoever_asked_takes_it_back(agent, pair):
    AdjustmentLimit.objects.create(role="agent", per_adjustment=0, per_day=0)
    agent.post(ADD, fields(agent, *pair, confirmed="1"))
    here = Merge.objects.get().get_absolute_url()
    assert agent.post(f"{here}refuse/", {"note": ""}).status_code == 422
    agent.post(f"{here}refuse/", {"note": "Two people"})
    assert Merge.objects.get().state == "refused"
    assert now(pair[1]) == 35


def test_undone_with_a_reason_or_told_why_not(agent, pair):
    kept, gone = pair
    here = merge(kept, gone).get_absolute_url()
    assert "35 points go back" in shown(agent.get(f"{here}undo/"))
    assert agent.post(f"{here}undo/", {"reason": ""}).status_code == 422
    assert agent.post(f"{here}undo/", {"reason": "Twins"}).url == here
    assert now(gone) == 35
    second = merge(kept, gone).get_absolute_url()
    merge(make_member(), kept)
    page = shown(agent.get(f"{second}undo/"))
    assert "cannot be undone" in page
    assert "was merged itself" in page


def test_only_those_who_may_see_and_do_it(clerk, marketer, manager, pair):
    here = merge(*pair).get_absolute_url()
    for client, list_status, add_status in (
        (clerk, 403, 403),
        (marketer, 200, 403),
        (manager, 200, 403),
    ):
        assert client.get(LIST).status_code == list_status
        assert client.get(here).status_code == list_status
        assert client.get(ADD).status_code == add_status
        assert client.post(f"{here}undo/", {"reason": "x"}).status_code == 403
    assert Merge.objects.get().is_done
    assert len(manager.get(LIST, {"member": pair[1].number}).context["table"].data) == 1


def test_a_member_signs_in_by_either_address(pair):
    kept, gone = pair
    gone.email = "other@example.com"
    gone.save()
    merge(kept, gone)
    for email in ("chan@example.com", "OTHER@example.com"):
        assert signed_up_member(email) == kept
    assert signed_up_member("nobody@example.com") is None
