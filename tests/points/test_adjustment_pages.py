"""Adjustments on pages: look first, send once, another person decides."""

import pytest
from django.urls import reverse

from points.models import Adjustment, AdjustmentLimit, Entry
from tests.factories import make_member
from tests.points.books import everything

pytestmark = pytest.mark.django_db
ADD = "/points/adjustments/add/"
LIST = "/points/adjustments/"


def fields(client, member, /, **changed):
    page = client.get(ADD, {"member": member.number})
    return {
        "member": member.number,
        "direction": "give",
        "points": "50",
        "reason": "goodwill",
        "note": "",
        "key": page.context["form"]["key"].value(),
    } | changed


def send(client, member, /, **changed):
    return client.post(ADD, fields(client, member, confirmed="1", **changed))


def shown(answer):
    return answer.content.decode()


def test_what_it_does_is_shown_first_and_nothing_is_written(agent):
    member = make_member(balance=70)
    before = everything()
    page = shown(agent.post(ADD, fields(agent, member, direction="take")))
    assert "Is this right?" in page
    assert "Take 50 points" in page
    assert ">20<" in page
    assert everything() == before


def test_it_is_done_once_however_often_it_is_sent(agent):
    member = make_member()
    data = fields(agent, member, confirmed="1")
    first, second = agent.post(ADD, data), agent.post(ADD, data)
    adjustment = Adjustment.objects.get()
    assert first.url == second.url == adjustment.get_absolute_url()
    assert (adjustment.points, adjustment.asked_by) == (50, "user:agent")
    assert Entry.objects.count() == 1


def test_one_can_go_back_and_change_it(agent):
    member = make_member()
    answer = agent.post(ADD, fields(agent, member, change="1", points="7"))
    assert 'value="7"' in shown(answer)
    assert not Adjustment.objects.exists()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"points": "0"}, "points"),
        ({"points": "-5"}, "points"),
        ({"points": "1.5"}, "points"),
        ({"points": "9" * 30}, "points"),
        ({"member": "NOBODY"}, "member"),
        ({"reason": "because"}, "reason"),
        ({"reason": "other"}, "note"),
        ({"direction": "swap"}, "direction"),
        ({"note": "x" * 301}, "note"),
        ({"key": "forged"}, "key"),
        ({"direction": "take"}, "points"),
    ],
)
def test_wrong_input_is_answered_and_writes_nothing(agent, changed, field):
    member = make_member()
    before = everything()
    answer = send(agent, member, **changed)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert everything() == before


def test_above_the_limit_a_manager_is_told_and_approves(agent, manager):
    member = make_member()
    preview = agent.post(ADD, fields(agent, member, points="1001"))
    assert "Ask for approval" in shown(preview)
    send(agent, member, points="1001")
    adjustment = Adjustment.objects.get()
    assert "Adjustments to approve" in shown(manager.get("/"))
    assert "Adjustments to approve" not in shown(agent.get("/"))
    page = shown(manager.get(adjustment.get_absolute_url()))
    assert "Approve +1,001" in page

    manager.post(f"{adjustment.get_absolute_url()}approve/", {"note": "fine"})

    adjustment.refresh_from_db()
    assert (adjustment.state, adjustment.decision_note) == ("posted", "fine")
    assert "Approved on" in shown(agent.get(adjustment.get_absolute_url()))


def test_a_refusal_needs_a_word(agent, manager):
    send(agent, make_member(), points="1001")
    adjustment = Adjustment.objects.get()
    url = f"{adjustment.get_absolute_url()}refuse/"
    assert manager.post(url, {"note": ""}).status_code == 422
    assert Adjustment.objects.get().is_waiting
    manager.post(url, {"note": "too much"})
    page = shown(agent.get(adjustment.get_absolute_url()))
    assert "Refused on" in page
    assert "too much" in page


def test_who_may_do_both_still_needs_a_second_person(admin, manager):
    AdjustmentLimit.objects.create(role="admin", per_adjustment=10)
    send(admin, make_member(), points="11")
    adjustment = Adjustment.objects.get()
    page = shown(admin.get(adjustment.get_absolute_url()))
    assert "another person decides" in page
    answer = admin.post(f"{adjustment.get_absolute_url()}approve/", {})
    assert answer.status_code == 422
    assert Adjustment.objects.get().is_waiting
    admin.post(f"{adjustment.get_absolute_url()}refuse/", {"note": "typing error"})
    assert Adjustment.objects.get().state == "refused"


def test_an_agent_refuses_no_request_of_others(agent, admin):
    AdjustmentLimit.objects.create(role="admin", per_adjustment=10)
    send(admin, make_member(), points="11")
    adjustment = Adjustment.objects.get()
    for verb, status in (("approve", 403), ("refuse", 404)):
        url = f"{adjustment.get_absolute_url()}{verb}/"
        assert agent.post(url, {"note": "no"}).status_code == status
    assert Adjustment.objects.get().is_waiting


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("clerk", (403, 403, 403)),
        ("marketer", (200, 403, 403)),
        ("auditor", (200, 403, 403)),
        ("manager", (200, 403, 403)),
        ("agent", (200, 200, 403)),
        ("admin", (200, 200, 200)),
    ],
)
def test_who_opens_what(request, role, statuses):
    client = request.getfixturevalue(role)
    urls = (LIST, ADD, reverse("points:limit-edit"))
    assert tuple(client.get(url).status_code for url in urls) == statuses


def test_the_list_finds_by_state_reason_and_member(agent):
    first, second = make_member(), make_member()
    send(agent, first)
    send(agent, second, points="2000", reason="missing")

    def found(**query):
        rows = agent.get(LIST, query).context["table"].data
        return [row.account_id for row in rows]

    assert found() == [second.pk, first.pk]
    assert found(state="waiting") == found(reason="missing") == [second.pk]
    assert found(member=first.number.lower()) == [first.pk]
    assert "Nothing matches" in shown(agent.get(LIST, {"state": "refused"}))


def test_the_reason_is_said_in_words_and_in_the_language_of_the_reader(agent):
    member = make_member()
    send(agent, member)
    entry = Entry.objects.get()
    for url in (entry.get_absolute_url(), member.get_absolute_url(), "/points/ledger/"):
        assert "Goodwill" in shown(agent.get(url))
    chinese = {"Accept-Language": "zh-hans"}
    assert "Goodwill" not in shown(agent.get(entry.get_absolute_url(), headers=chinese))


def test_limits_are_set_on_their_page(admin):
    url = reverse("points:limit-edit")
    data = {
        "agent_per_adjustment": "20",
        "agent_per_day": "",
        "admin_per_adjustment": "",
        "admin_per_day": "0",
    }
    assert admin.post(url, data).status_code == 302
    rows = AdjustmentLimit.objects.values_list("role", "per_adjustment", "per_day")
    assert set(rows) == {("agent", 20, None), ("admin", None, 0)}
    assert admin.post(url, data | {"agent_per_day": "-1"}).status_code == 422
    assert AdjustmentLimit.objects.get(role="agent").per_day is None
