"""Pages of draws: promised, called by one, witnessed by another, checked by anybody."""

from datetime import timedelta
from hashlib import sha256

import pytest
from django.test import Client

from points.models import Lottery, LotteryCall, LotteryDraw, LotteryPrize, Reward
from points.services.lotteries import LotteryPlan, Prize, freeze_list, make_lottery
from tests.factories import CLERK, make_member, make_reward, redeem
from tests.points.imports.files import right_now

pytestmark = pytest.mark.django_db
PROMISE = {
    "name": "Spring",
    "closes_at": "2099-01-01T00:00",
    "public_source": "the closing number",
    "prizes": "1; Weekend in Kyoto\n\n20\uff1bTea",
}


@pytest.fixture
def reward():
    made = make_reward(cost=10)
    made.kind = Reward.Kind.LOTTERY
    made.save()
    return made


@pytest.fixture
def lottery(reward):
    """A draw whose sales closed an hour ago, with a ticket of a member sold before."""
    now = right_now()
    plan = LotteryPlan("Spring", now - timedelta(hours=1), "x", [Prize("Tea", 1)])
    made = make_lottery(
        reward=reward, plan=plan, at=now - timedelta(days=2), actor=CLERK
    )
    member = make_member(name="Ada", balance=100, at=now - timedelta(days=3))
    redeem(member, reward, at=now - timedelta(days=1))
    return made


def test_a_draw_is_promised_with_its_prizes(marketer, reward):
    assert "no draw yet" in marketer.get("/draws/").content.decode()
    page = f"{reward.get_absolute_url()}draw/"
    for wrong in ("", "Tea", "0; Tea", "x; Tea", "20000; Tea"):
        answer = marketer.post(page, PROMISE | {"prizes": wrong})
        assert answer.context["form"].errors["prizes"]
    assert not Lottery.objects.exists()
    marketer.post(page, PROMISE)
    prizes = LotteryPrize.objects.values_list("place", "name", "pieces")
    assert list(prizes) == [(1, "Weekend in Kyoto", 1), (2, "Tea", 20)]
    shown = Client().get(Lottery.objects.get().get_public_url()).content.decode()
    assert Lottery.objects.get().commitment in shown
    assert bytes(Lottery.objects.get().secret.seed).hex() not in shown
    # It has one, for good.
    assert marketer.post(page, PROMISE).status_code == 404


def test_one_calls_another_witnesses_and_everybody_can_look(marketer, manager, lottery):
    here = lottery.get_absolute_url()
    public = lottery.get_public_url()
    assert Client().get(f"{public}tickets.csv").status_code == 404
    marketer.post(f"{here}freeze/")
    listed = Client().get(f"{public}tickets.csv").content
    assert sha256(listed).hexdigest() == lottery.list.digest
    marketer.post(here, {"public_value": "25,113.60"})
    assert marketer.post(f"{here}witness/").status_code == 403
    manager.post(f"{here}refuse/")
    manager.post(here, {"public_value": "25,113.61"})
    manager.post(f"{here}witness/")
    assert not LotteryDraw.objects.exists()
    manager.post(f"{here}refuse/")
    marketer.post(here, {"public_value": "25,113.62"})
    manager.post(f"{here}witness/")
    assert LotteryDraw.objects.get().public_value == "25,113.62"
    states = LotteryCall.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["refused", "refused", "drawn"]

    assert "Ada" in manager.get(here).content.decode()
    shown = Client().get(public).content.decode()
    assert LotteryDraw.objects.get().seed in shown
    assert "Tea: ticket 1" in shown
    assert "Ada" not in shown
    redemption = lottery.wins.get().ticket.redemption
    page = manager.get(redemption.get_absolute_url()).content.decode()
    assert "Ticket 1 won: Tea." in page


@pytest.mark.parametrize(
    "role", ["clerk", "agent", "marketer", "manager", "auditor", "admin"]
)
def test_who_may_do_what_with_a_draw(role, request, lottery):
    client = request.getfixturevalue(role)
    freeze_list(lottery=lottery, at=right_now(), actor=CLERK)
    here = lottery.get_absolute_url()
    assert client.get(here).status_code == 200
    client.post(here, {"public_value": "1"})
    may_call = role in {"marketer", "manager", "admin"}
    assert LotteryCall.objects.exists() == may_call
    spare = make_reward()
    spare.kind = Reward.Kind.LOTTERY
    spare.save()
    answer = client.get(f"{spare.get_absolute_url()}draw/")
    assert (answer.status_code == 200) == (role in {"marketer", "admin"})
    may_witness = role in {"manager", "admin"}
    assert (client.post(f"{here}witness/").status_code != 403) == may_witness
    assert not LotteryDraw.objects.exists()
