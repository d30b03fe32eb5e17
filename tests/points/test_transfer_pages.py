"""Transfers on pages: look first, send once, within the limit of the role."""

import pytest

from points.models import AdjustmentLimit, Transfer
from tests.factories import make_member, set_programme
from tests.points.books import everything

pytestmark = pytest.mark.django_db
LIST, ADD = "/points/transfers/", "/points/transfers/add/"


def fields(client, sender, receiver, /, **changed):
    page = client.get(ADD, {"sender": sender.number})
    return {
        "sender": sender.number,
        "receiver": receiver.number,
        "points": "50",
        "note": "",
        "key": page.context["form"]["key"].value(),
    } | changed


def shown(answer):
    return answer.content.decode()


@pytest.fixture
def sender():
    return make_member(balance=70)


@pytest.fixture
def receiver():
    return make_member(name="Wong Ho", phone="+85251234567")


@pytest.fixture
def pair(sender, receiver):
    return sender, receiver


def test_what_moves_is_shown_first_and_nothing_is_written(agent, sender, receiver):
    assert f"{ADD}?sender={sender.number}" in shown(
        agent.get(f"/members/{sender.number}/")
    )
    before = everything()
    page = shown(agent.post(ADD, fields(agent, sender, receiver)))
    assert "Transfer 50 points" in page
    assert "expire when they would have anyway" in page
    assert everything() == before
    set_programme(transfer_expiry="fresh")
    page = shown(agent.post(ADD, fields(agent, sender, receiver)))
    assert "do not expire at the receiver" in page


def test_the_receiver_is_found_by_phone_and_the_points_move_once(
    agent, sender, receiver
):
    data = fields(agent, sender, receiver, receiver="+852 5123 4567", confirmed="1")
    first, second = agent.post(ADD, data), agent.post(ADD, data)
    transfer = Transfer.objects.get()
    assert first.url == second.url == transfer.get_absolute_url()
    assert (transfer.receiver_id, transfer.actor) == (receiver.pk, "user:agent")
    page = shown(agent.get(transfer.get_absolute_url()))
    assert "Wong Ho" in page
    assert ">50<" in page
    numbers = {"member": receiver.number}
    assert len(agent.get(LIST, numbers).context["table"].data) == 1
    assert not agent.get(LIST, {"member": "NOBODY"}).context["table"].data


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"points": "0"}, "points"),
        ({"points": "71", "confirmed": "1"}, "points"),
        ({"receiver": "nobody@example.org"}, "receiver"),
        ({"sender": "NOBODY"}, "sender"),
        ({"key": "forged"}, "key"),
    ],
)
def test_wrong_input_is_answered_and_writes_nothing(agent, pair, changed, field):
    before = everything()
    answer = agent.post(ADD, fields(agent, *pair, **changed))
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert everything() == before


def test_points_are_not_given_to_their_owner(agent, sender):
    answer = agent.post(ADD, fields(agent, sender, sender, confirmed="1"))
    assert answer.context["form"].errors["receiver"]


def test_above_the_limit_of_the_role_a_colleague_has_to_do_it(
    agent, admin, sender, receiver
):
    AdjustmentLimit.objects.create(role="agent", per_adjustment=49)
    preview = shown(agent.post(ADD, fields(agent, sender, receiver)))
    assert "Ask a colleague with a higher limit" in preview
    assert "confirmed" not in preview
    data = fields(agent, sender, receiver, confirmed="1")
    before = everything()
    assert agent.post(ADD, data).status_code == 422
    assert everything() == before
    assert admin.post(ADD, data).status_code == 302


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("clerk", (403, 403)),
        ("marketer", (200, 403)),
        ("manager", (200, 403)),
        ("agent", (200, 200)),
    ],
)
def test_who_opens_what(request, role, statuses):
    client = request.getfixturevalue(role)
    assert tuple(client.get(url).status_code for url in (LIST, ADD)) == statuses
