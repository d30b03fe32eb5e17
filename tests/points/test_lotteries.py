"""A lottery from its promise to its winners, and what is refused on the way."""

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from loyalty_site.lib.actors import staff_actor
from points.drawing import commitment_of, digest_of
from points.errors.lotteries import (
    DrawClosed,
    DrawNotReady,
    LotteryClosesTooSoon,
    LotteryExists,
    NoLotteryTicket,
    OwnDraw,
    TicketInDraw,
    TicketNotWon,
)
from points.errors.posting import InsufficientPoints
from points.models import (
    Lottery,
    LotteryCall,
    LotteryDraw,
    LotteryList,
    LotteryTicket,
    LotteryWin,
    Redemption,
    Reward,
)
from points.selectors.lotteries import ticket_of, valid_tickets
from points.services.lotteries import (
    LotteryPlan,
    Prize,
    call_draw,
    freeze_due_lists,
    freeze_list,
    make_lottery,
    refuse_call,
    witness_draw,
)
from points.services.redemptions import fulfil_redemption, reverse_redemption
from tests.factories import CLERK, NOON, make_member, make_reward, redeem
from tests.points.books import differences, everything
from tests.points.test_merges import merge

pytestmark = pytest.mark.django_db
CLOSE = NOON + timedelta(days=7)
PRIZES = (Prize("Weekend", 1), Prize("Tea", 2))
ADA, BOB = staff_actor("ada"), staff_actor("bob")


def make_draw(*, closes_at=CLOSE):
    reward = make_reward(cost=10)
    reward.kind = Reward.Kind.LOTTERY
    reward.save()
    plan = LotteryPlan("Draw", closes_at, "the closing number", PRIZES)
    return make_lottery(reward=reward, plan=plan, at=NOON, actor=ADA)


def sell(lottery, member, **more):
    return redeem(member, Reward.objects.get(pk=lottery.reward_id), **more)


def written():
    """Whatever a step of a draw writes."""
    models = (Lottery, LotteryTicket, LotteryList, LotteryCall, LotteryDraw, LotteryWin)
    states = Redemption.objects.order_by("pk").values_list("state", flat=True)
    return everything(), [model.objects.count() for model in models], list(states)


def drawn(lottery, value="25,113.60", at=CLOSE):
    freeze_list(lottery=lottery, at=at, actor=ADA)
    call = call_draw(lottery=lottery, public_value=value, at=at, actor=ADA)
    return witness_draw(call=call, at=at, actor=BOB)


def test_from_the_promise_to_the_winners():
    lottery = make_draw()
    members = [make_member(balance=100) for _ in range(3)]
    sold = [sell(lottery, each) for each in (*members, members[0], members[1])]
    reverse_redemption(redemption=sold[2], reason="x", at=NOON, actor=CLERK)
    assert [ticket_of(each).ticket.number for each in sold] == [1, 2, 3, 4, 5]
    assert ticket_of(sold[0]).ticket.holder == ticket_of(sold[3]).ticket.holder
    assert len({ticket.holder for ticket in valid_tickets(lottery)}) == 2
    assert list(Redemption.objects.to_hand_over(NOON)) == []

    done = drawn(lottery)
    assert commitment_of(bytes.fromhex(done.seed)) == lottery.commitment
    frozen = LotteryList.objects.get()
    assert (frozen.tickets, frozen.digest) == (4, digest_of(valid_tickets(lottery)))
    wins = LotteryWin.objects.order_by("position")
    assert [win.prize.name for win in wins] == ["Weekend", "Tea", "Tea"]
    winning = {win.ticket.redemption_id for win in wins}
    assert winning < {each.pk for each in sold} - {sold[2].pk}
    assert {each.pk for each in Redemption.objects.to_hand_over(CLOSE)} == winning
    [lost] = Redemption.objects.filter(state="fulfilled")
    assert (ticket_of(lost).is_drawn, ticket_of(lost).prize) == (True, "")
    won = Redemption.objects.get(pk=min(winning))
    assert fulfil_redemption(redemption=won, at=CLOSE, actor=CLERK).state == "fulfilled"
    assert differences(CLOSE) == []


def test_tickets_are_sold_until_the_very_instant():
    lottery = make_draw()
    member = make_member(balance=100)
    sell(lottery, member, at=CLOSE - timedelta(microseconds=1))
    Reward.objects.update(ends_at=None)
    before = written()
    with pytest.raises(DrawClosed):
        sell(lottery, member, at=CLOSE)
    assert written() == before
    with pytest.raises(DrawNotReady):
        freeze_list(lottery=lottery, at=CLOSE - timedelta(microseconds=1), actor=ADA)
    assert written() == before
    assert freeze_due_lists(at=CLOSE) == 1
    assert freeze_due_lists(at=CLOSE) == 0


def test_a_refused_redemption_leaves_no_gap():
    lottery = make_draw()
    with pytest.raises(InsufficientPoints):
        sell(lottery, make_member(balance=5))
    assert ticket_of(sell(lottery, make_member(balance=10))).ticket.number == 1


def test_a_ticket_of_a_frozen_list_stays_in_it():
    lottery = make_draw()
    ticket = sell(lottery, make_member(balance=100))
    freeze_list(lottery=lottery, at=CLOSE, actor=ADA)
    before = written()
    with pytest.raises(TicketInDraw):
        reverse_redemption(redemption=ticket, reason="x", at=CLOSE, actor=CLERK)
    with pytest.raises(TicketNotWon):
        fulfil_redemption(redemption=ticket, at=CLOSE, actor=CLERK)
    assert written() == before


def test_a_draw_needs_a_frozen_list_another_person_and_happens_once():
    lottery = make_draw()
    sell(lottery, make_member(balance=100))
    value = {"lottery": lottery, "public_value": "1", "at": CLOSE}
    before = written()
    with pytest.raises(DrawNotReady):
        call_draw(**value, actor=ADA)
    assert written() == before

    freeze_list(lottery=lottery, at=CLOSE, actor=ADA)
    call = call_draw(**value, actor=ADA)
    before = written()
    with pytest.raises(DrawNotReady):
        call_draw(**value, actor=BOB)
    with pytest.raises(OwnDraw):
        witness_draw(call=call, at=CLOSE, actor=ADA)
    assert written() == before

    refuse_call(call=call, note="wrong day", at=CLOSE, actor=BOB)
    with pytest.raises(DrawNotReady):
        witness_draw(call=call, at=CLOSE, actor=BOB)
    call = call_draw(**value | {"public_value": " 25,113.60 "}, actor=ADA)
    assert witness_draw(call=call, at=CLOSE, actor=BOB).public_value == "25,113.60"
    before = written()
    for again in (
        lambda: witness_draw(call=call, at=CLOSE, actor=BOB),
        lambda: refuse_call(call=call, note="", at=CLOSE, actor=BOB),
        lambda: call_draw(**value, actor=BOB),
    ):
        with pytest.raises(DrawNotReady):
            again()
    assert written() == before


def test_a_draw_is_promised_once_in_time_and_for_tickets_only():
    lottery = make_draw()
    plan = LotteryPlan("Again", CLOSE, "x", [Prize("Tea", 1)])
    before = written()
    for reward, wanted, refusal in (
        (lottery.reward, plan, LotteryExists),
        (make_reward(), plan, NoLotteryTicket),
    ):
        with pytest.raises(refusal):
            make_lottery(reward=reward, plan=wanted, at=NOON, actor=ADA)
    with pytest.raises(LotteryClosesTooSoon):
        make_draw(closes_at=NOON)
    assert written() == before


def test_without_a_draw_a_ticket_is_not_on_offer():
    reward = make_reward()
    reward.kind = Reward.Kind.LOTTERY
    reward.save()
    assert not Reward.objects.on_offer(NOON).exists()
    with pytest.raises(DrawClosed):
        redeem(make_member(balance=100), reward)
    assert not Redemption.objects.exists()


def test_a_merge_takes_a_ticket_along_and_the_list_stays():
    lottery = make_draw()
    kept, gone = make_member(), make_member(balance=100)
    ticket = sell(lottery, gone)
    freeze_list(lottery=lottery, at=CLOSE, actor=ADA)
    merge(kept, gone, at=CLOSE)
    drawn(lottery)
    win = LotteryWin.objects.get()
    assert win.ticket.redemption_id == ticket.pk
    assert win.ticket.redemption.account_id == kept.pk
    assert differences(CLOSE) == []


def test_the_database_refuses_and_verify_names_what_was_changed_behind_it():
    lottery = make_draw()
    for _ in range(5):
        sell(lottery, make_member(balance=100))
    drawn(lottery)
    tables = ("lottery", "lotteryticket", "lotterylist", "lotterydraw", "lotterywin")
    with connection.cursor() as cursor:
        for table in tables:
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(f"DELETE FROM points_{table}")
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE points_lotteryticket SET holder = 'X' WHERE number = 5")
        named = " ".join(differences(CLOSE))
        assert f"list of lottery {lottery.public_id}" in named
        cursor.execute("UPDATE points_lotterydraw SET seed = repeat('00', 32)")
        named = " ".join(differences(CLOSE))
        assert "seed of lottery" in named
        assert "winners of lottery" in named
        cursor.execute("SET LOCAL session_replication_role = origin")
