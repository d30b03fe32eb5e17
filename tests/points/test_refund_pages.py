"""Refunds on the page of a purchase: look first, send once."""

import pytest

from points.models import Purchase, Refund
from points.services.purchase_types import NewLine
from points.services.voids import void_purchases
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    make_rule,
    redeem,
)
from tests.points.books import available, everything

pytestmark = pytest.mark.django_db


@pytest.fixture
def member():
    return make_member()


@pytest.fixture
def purchase(member):
    make_rule()
    posted = make_purchase(
        member, amount_minor=3000, lines=(NewLine(2000, name="Tea"), NewLine(1000))
    )
    return Purchase.objects.get(pk=posted.purchase_id)


def url(purchase):
    return f"{purchase.get_absolute_url()}refund/"


def fields(client, purchase, **changed):
    page = client.get(url(purchase))
    return {"amount": "", "key": page.context["form"]["key"].value()} | changed


def send(client, purchase, **changed):
    return client.post(
        url(purchase), fields(client, purchase, confirmed="1", **changed)
    )


def shown(answer):
    return answer.content.decode()


def test_what_it_takes_back_is_shown_first(agent, member, purchase):
    redeem(member, make_reward(cost=25))
    before = everything()
    page = shown(agent.post(url(purchase), fields(agent, purchase)))
    assert "Refund US$30.00" in page
    assert "has spent some of these points" in page
    assert everything() == before
    assert not Refund.objects.exists()


def test_it_is_done_once_however_often_it_is_sent(agent, member, purchase):
    data = fields(agent, purchase, confirmed="1", amount="10", reason="Broken")
    answers = [agent.post(url(purchase), data) for _ in range(2)]
    assert {answer.url for answer in answers} == {purchase.get_absolute_url()}
    assert Refund.objects.get().reason == "Broken"
    assert available(member) == 20
    page = shown(agent.get(purchase.get_absolute_url()))
    assert "Refunded in part" in page
    assert "Broken" in page


def test_lines_are_refunded_one_by_one(agent, member, purchase):
    send(agent, purchase, line_1="20")
    form = agent.get(url(purchase)).context["form"]
    assert "line_1" not in form.fields
    assert "line_2" in form.fields
    send(agent, purchase)
    page = agent.get(url(purchase))
    assert "refunded already" in shown(page)
    assert available(member) == 0


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"amount": "30.01"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "-5"}, "amount"),
        ({"amount": "ten"}, "amount"),
        ({"line_2": "10.01"}, "amount"),
        ({"line_1": "x"}, "line_1"),
        ({"amount": "5", "line_1": "5"}, "amount"),
        ({"key": "forged"}, "key"),
        ({"reason": "x" * 301}, "reason"),
    ],
)
def test_wrong_input_is_answered_and_writes_nothing(agent, purchase, changed, field):
    before = everything()
    answer = send(agent, purchase, **changed)
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert everything() == before
    assert not Refund.objects.exists()


def test_of_a_voided_purchase_nothing_comes_back(agent, purchase):
    void_purchases(purchase_ids=[purchase.pk], reason="x", at=NOON, actor=CLERK)
    assert "is voided" in shown(agent.get(url(purchase)))
    assert "refund/" not in shown(agent.get(purchase.get_absolute_url()))


@pytest.mark.parametrize(
    ("role", "status"),
    [("clerk", 403), ("marketer", 403), ("auditor", 403), ("agent", 200)],
)
def test_who_refunds(request, purchase, role, status):
    client = request.getfixturevalue(role)
    assert client.get(url(purchase)).status_code == status


def test_the_entry_leads_to_its_purchase(agent, purchase):
    send(agent, purchase)
    entry = Refund.objects.get().entry
    assert purchase.get_absolute_url() in shown(agent.get(entry.get_absolute_url()))
