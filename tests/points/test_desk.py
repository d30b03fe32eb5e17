"""The fulfilment desk: what waits, what is late, who approves, what is printed."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from loyalty_site.lib.actors import member_actor, staff_actor
from loyalty_site.lib.forms import new_form_key
from points.errors.rewards import (
    HoldExpired,
    HoldSettled,
    NeedsApproval,
    OutOfStock,
    OwnRedemption,
)
from points.models import Hold, Redemption, RewardStock, Store
from points.services.asking import redeem_or_ask
from points.services.confirming import approve_hold, confirm_hold
from points.services.holds import refuse_hold
from points.services.redemptions import fulfil_redemption, redeem_reward
from tests.factories import CLERK, NOON, make_member, make_reward, next_number, redeem
from tests.points.books import available, differences, everything

pytestmark = pytest.mark.django_db
ASKER, BOSS = staff_actor("counter"), staff_actor("boss")
DESK = "/redemptions/desk/"
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon():
    with time_machine.travel(NOON, tick=False):
        yield


def precious(**stock):
    reward = make_reward(cost=30, **stock)
    reward.needs_approval = True
    reward.save()
    return reward


def ask(member, reward, *, actor=ASKER, key=""):
    return redeem_or_ask(
        member=member,
        reward=reward,
        key=key or f"k-{next_number()}",
        at=NOON,
        actor=actor,
        store="hk-1",
    )


def codes(client, **asked):
    return [row.code for row in client.get(DESK, asked).context["table"].data]


# The desk -------------------------------------------------------------------


def test_what_waits_is_listed_oldest_first_and_what_is_done_is_not(clerk):
    member, reward = make_member(balance=500), make_reward()
    new = redeem(member, reward, at=NOON - DAY / 2)
    old = redeem(member, reward, at=NOON - 3 * DAY)
    done = redeem(member, reward, at=NOON - 4 * DAY)
    fulfil_redemption(redemption=done, at=NOON, actor=CLERK)
    over = redeem(member, reward, at=NOON - 5 * DAY)
    Redemption.objects.filter(pk=over.pk).update(valid_until=NOON)

    assert codes(clerk) == [old.code, new.code]
    assert codes(clerk, age="today") == [new.code]
    assert codes(clerk, age="late") == []
    reward.fulfil_days = 3
    reward.save()
    assert codes(clerk, age="late") == [old.code]
    assert clerk.get(DESK).content.decode().count("pill-danger") == 1


@pytest.mark.parametrize(
    ("days", "waits", "is_late"),
    [(None, 90 * DAY, False), (3, 3 * DAY, True), (3, 3 * DAY - DAY / 24, False)],
)
def test_late_is_what_waits_as_long_as_the_reward_says(days, waits, is_late):
    reward = make_reward()
    reward.fulfil_days = days
    redemption = redeem(make_member(balance=30), reward)
    late = Redemption.objects.filter(reward__fulfil_days=days).late(NOON + waits)
    reward.save()
    assert redemption.is_late(NOON + waits) == is_late
    assert late.exists() == is_late


def test_by_store_and_kind(clerk):
    Store.objects.create(code="hk-1", name="Central")
    member, reward, ticket = make_member(balance=90), make_reward(), make_reward()
    ticket.kind = "experience"
    ticket.save()
    here = redeem_reward(
        member=member, reward=reward, key="a", at=NOON, actor=CLERK, store="hk-1"
    )
    other = redeem(member, ticket)
    assert codes(clerk, store="hk-1") == [here.code]
    assert codes(clerk, kind="experience") == [other.code]
    assert len(codes(clerk, kind="nonsense", store="x")) == 2


def test_a_scanned_code_opens_the_page_where_one_key_hands_over(clerk):
    redemption = redeem(make_member(balance=30), make_reward())
    typed = redemption.code.lower().replace("-", " ")
    page = clerk.get(DESK, {"code": typed})
    assert page.url == redemption.get_absolute_url()
    assert "autofocus" in clerk.get(page.url).content.decode()
    assert "code is unknown" in clerk.get(DESK, {"code": "NOPE"}).content.decode()


def test_a_voucher_is_printed_with_its_code(clerk, visitor):
    redemption = redeem(make_member(balance=30), make_reward())
    url = f"{redemption.get_absolute_url()}print/"
    page = clerk.get(url).content.decode()
    assert redemption.code in page
    drawn = clerk.get(f"{redemption.get_absolute_url()}code.svg")
    assert drawn["Content-Type"] == "image/svg+xml"
    # No camera reads a Micro QR code, which has fewer than 21 modules and the margin.
    modules = int(re.search(rb'viewBox="0 0 (\d+)', drawn.content)[1])
    assert modules >= 21 + 4
    assert visitor.get(url).status_code == 302
    fulfil_redemption(redemption=redemption, at=NOON, actor=CLERK)
    assert "not valid any more" in clerk.get(url).content.decode()


# Approval -------------------------------------------------------------------


def test_asked_for_it_is_held_and_a_second_person_lets_the_member_have_it():
    member, reward = make_member(balance=100), precious(pieces=1)
    hold = ask(member, reward, key="k")
    assert ask(member, reward, key="k").pk == hold.pk
    assert (available(member), Redemption.objects.count()) == (70, 0)

    redemption = approve_hold(hold=hold, at=NOON, actor=BOSS)

    assert (redemption.state, redemption.store) == ("confirmed", "hk-1")
    assert (available(member), redemption.points) == (70, 30)
    assert Hold.objects.get().approved_by == str(BOSS)
    assert RewardStock.objects.get().pieces == 0
    assert differences() == []


def test_nobody_approves_what_they_asked_for_and_nobody_goes_around_it():
    member, reward = make_member(balance=100), precious(pieces=2)
    hold = ask(member, reward)
    before = everything()
    with pytest.raises(OwnRedemption):
        approve_hold(hold=hold, at=NOON, actor=ASKER)
    with pytest.raises(NeedsApproval):
        confirm_hold(hold=hold, at=NOON, actor=BOSS)
    with pytest.raises(NeedsApproval):
        redeem(member, reward)
    reward.needs_approval = False  # an old copy of the row
    with pytest.raises(NeedsApproval):
        ask(member, reward)
    assert everything() == before
    assert Hold.objects.get().approved_by == ""


def test_verify_names_what_was_approved_by_who_asked():
    hold = ask(make_member(balance=100), precious())
    approve_hold(hold=hold, at=NOON, actor=BOSS)
    Hold.objects.update(approved_by=str(ASKER))
    assert f"hold {hold.pk}" in " ".join(differences())


@pytest.mark.parametrize(("actor", "state"), [(BOSS, "refused"), (ASKER, "released")])
def test_refused_or_taken_back_the_points_and_the_piece_are_free(actor, state):
    member, reward = make_member(balance=100), precious(pieces=1)
    hold = ask(member, reward)
    refuse_hold(hold=hold, reason="No", at=NOON, actor=actor)
    hold.refresh_from_db()
    assert (hold.state, hold.note, available(member)) == (state, "No", 100)
    assert RewardStock.objects.get().pieces == 1
    before = everything()
    with pytest.raises(HoldSettled):
        approve_hold(hold=hold, at=NOON, actor=BOSS)
    with pytest.raises(HoldSettled):
        refuse_hold(hold=hold, reason="again", at=NOON, actor=actor)
    assert everything() == before
    assert differences() == []


def test_a_request_holds_the_last_piece_until_its_time_is_over():
    member, reward = make_member(balance=100), precious(pieces=1)
    hold = ask(member, reward)
    with pytest.raises(OutOfStock):
        ask(make_member(balance=100), reward)
    later = NOON + 7 * DAY
    assert available(member, later) == 100
    with pytest.raises(HoldExpired):
        approve_hold(hold=hold, at=later, actor=BOSS)
    assert not Redemption.objects.exists()


def test_it_goes_from_the_counter_to_the_manager_and_to_the_desk(clerk, manager):
    member, reward = make_member(balance=100), precious()
    url = reverse("points:counter-redeem", args=[member.number, reward.public_id])
    sent = {"key": new_form_key(NOON)}
    asked = [clerk.post(url, sent).url for _ in range(2)]
    hold = Hold.objects.get()
    assert asked == [hold.get_absolute_url()] * 2
    approve = f"{asked[0]}approve/"
    assert clerk.post(approve).status_code == 403
    assert "Take the request back" in clerk.get(asked[0]).content.decode()
    rows = manager.get("/redemptions/approvals/").context["table"].data
    assert [row.pk for row in rows] == [hold.pk]
    assert "Refuse it" in manager.get(asked[0]).content.decode()

    answer = manager.post(approve)

    redemption = Redemption.objects.get()
    assert answer.url == redemption.get_absolute_url()
    assert manager.post(approve).url == hold.get_absolute_url()
    assert codes(clerk) == [redemption.code]
    assert Redemption.objects.count() == 1


def test_who_may_not_decide_refuses_nothing(agent, marketer, visitor):
    hold = ask(make_member(balance=100), precious(), actor=member_actor("M1"))
    page = hold.get_absolute_url()
    for client in (agent, marketer):
        assert client.post(page, {"reason": "No"}).status_code == 200
        assert client.post(f"{page}approve/").status_code == 403
    assert visitor.post(page, {"reason": "No"}).status_code == 302
    hold.refresh_from_db()
    assert hold.state == Hold.State.HELD
