"""Tickets sold while the list is frozen; without the lock a ticket is left out."""

import pytest

from points.models import LotteryList, LotteryTicket
from points.services import lotteries, redemptions, tickets
from points.services.lotteries import call_draw, freeze_list, witness_draw
from tests.factories import make_member, redeem
from tests.points.books import differences
from tests.points.test_lotteries import ADA, BOB, CLOSE, make_draw
from tests.races import Meeting, at_once

pytestmark = pytest.mark.django_db(transaction=True)


def a_sale_meets_the_freeze(monkeypatch):
    """Sell one more ticket at the moment at which the list has just been read."""
    lottery = make_draw()
    redeem(make_member(balance=100), lottery.reward)
    member = make_member(balance=100)
    meeting = Meeting(monkeypatch, clients=2)
    meeting.after(lotteries, "valid_tickets")
    meeting.before(redemptions, "give_ticket")
    return at_once(
        lambda: redeem(member, lottery.reward),
        lambda: freeze_list(lottery=lottery, at=CLOSE, actor=ADA),
    )


def test_a_sale_that_meets_the_freeze_is_refused(monkeypatch):
    assert a_sale_meets_the_freeze(monkeypatch) == {"done": 1, "DrawClosed": 1}
    assert LotteryList.objects.get().tickets == LotteryTicket.objects.count() == 1
    assert differences(CLOSE) == []


def test_without_the_look_at_the_freeze_a_ticket_is_sold_and_left_out(monkeypatch):
    statement = tickets.NUMBER.replace("    AND NOT c.is_frozen\n", "")
    assert statement != tickets.NUMBER
    monkeypatch.setattr(tickets, "NUMBER", statement)
    assert a_sale_meets_the_freeze(monkeypatch) == {"done": 2}
    assert LotteryList.objects.get().tickets == LotteryTicket.objects.count() - 1
    assert differences(CLOSE)


def test_tickets_sold_at_once_have_dense_numbers_and_are_in_the_list():
    lottery = make_draw()
    members = [make_member(balance=100) for _ in range(5)]
    ends = at_once(
        *[lambda each=each: redeem(each, lottery.reward) for each in members],
        lambda: freeze_list(lottery=lottery, at=CLOSE, actor=ADA),
    )
    numbers = LotteryTicket.objects.order_by("number").values_list("number", flat=True)
    sold = len(numbers)
    assert list(numbers) == list(range(1, sold + 1))
    assert LotteryList.objects.get().tickets == sold
    assert (ends["done"], ends["DrawClosed"]) == (sold + 1, 5 - sold)


def test_a_draw_witnessed_by_many_happens_once():
    lottery = make_draw()
    freeze_list(lottery=lottery, at=CLOSE, actor=ADA)
    call = call_draw(lottery=lottery, public_value="1", at=CLOSE, actor=ADA)

    def witness():
        witness_draw(call=call, at=CLOSE, actor=BOB)

    assert at_once(*[witness] * 4) == {"done": 1, "DrawNotReady": 3}
    assert differences(CLOSE) == []
