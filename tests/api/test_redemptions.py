"""Tills that look codes up, take them in, and take redemptions and purchases back."""

from datetime import timedelta

import pytest
import time_machine

from points.models import PaymentTerms, Purchase, Redemption
from points.services.codes import add_codes
from points.services.paying import PaymentWish, pay_with_points
from tests.factories import (
    CLERK,
    NOON,
    make_member,
    make_purchase,
    make_reward,
    purchase_of,
    redeem,
)
from tests.points.books import available, differences, everything


def said(answer):
    body = answer.json()
    return answer.status_code, body.get("code" if answer.status_code > 299 else "state")


@pytest.fixture
def member(db):
    return make_member(balance=100)


def test_a_code_is_looked_up_used_once_and_reversed(till, member):
    redemption = redeem(member, make_reward(cost=30, pieces=1))
    typed = redemption.code.replace("-", " ").lower()
    before = everything()
    assert till.get("/redemptions/lookup", code=typed).json()["state"] == "confirmed"
    assert everything() == before

    first = till.post("/redemptions/use", {"code": typed}, key="k")
    again = till.post("/redemptions/use", {"code": typed}, key="k")
    assert said(first) == said(again) == (200, "fulfilled")
    assert again.headers["Idempotency-Replayed"] == "true"
    second = till.post("/redemptions/use", {"code": typed})
    assert said(second) == (409, "redemption_settled")

    path = f"/redemptions/{redemption.public_id}"
    taken = {"reason": "Broken"}
    assert said(till.post(f"{path}/cancel", taken)) == (409, "redemption_settled")
    assert available(member) == 70
    assert said(till.post(f"{path}/reverse", taken)) == (200, "reversed")
    assert (available(member), differences()) == (100, [])


def test_a_cancelled_redemption_is_not_reversed_again(till, member):
    redemption = redeem(member, make_reward(cost=30))
    path = f"/redemptions/{redemption.public_id}"
    taken = {"reason": "Changed their mind"}
    assert said(till.post(f"{path}/reverse", taken)) == (409, "redemption_settled")
    assert said(till.post(f"{path}/cancel", taken)) == (200, "cancelled")
    before = everything()
    for way in ("cancel", "reverse"):
        answer = till.post(f"{path}/{way}", taken)
        assert said(answer) == (409, "redemption_settled")
    assert said(till.post(f"{path}/fulfil", {})) == (409, "redemption_settled")
    assert everything() == before


def test_codes_that_cannot_be_used_say_why_and_write_nothing(till, member):
    pool = make_reward(cost=30)
    pool.kind = "code"
    pool.save()
    add_codes(reward=pool, codes=["SUMMER-1"], at=NOON, actor=CLERK)
    over = redeem(member, make_reward(cost=30))
    Redemption.objects.update(valid_until=NOON)
    before = everything()
    for code, why in (
        ("summer 1", (409, "code_not_given")),
        ("nobody knows", (404, "unknown_redemption")),
        (over.code, (409, "voucher_expired")),
    ):
        assert said(till.post("/redemptions/use", {"code": code})) == why
    assert till.get("/redemptions/lookup", code=over.code).json()["state"] == "expired"
    assert said(till.get("/redemptions/lookup", code="summer 1")) == (
        409,
        "code_not_given",
    )
    assert everything() == before


def test_the_list_is_of_a_member_and_a_state_in_pages(till, member):
    reward = make_reward(cost=10)
    mine = [redeem(member, reward, at=NOON - timedelta(days=n)) for n in range(3)]
    redeem(make_member(balance=10), reward)
    till.post(f"/redemptions/{mine[2].public_id}/fulfil", {})
    asked = {"member": member.number, "state": "confirmed", "limit": 1}
    first = till.get("/redemptions", **asked).json()
    second = till.get("/redemptions", **asked, cursor=first["next"]).json()
    found = [each["code"] for each in first["items"] + second["items"]]
    assert (found, second["next"]) == ([mine[0].code, mine[1].code], None)
    assert len(till.get("/redemptions").json()["items"]) == 4
    assert till.get("/redemptions", state="nonsense").status_code == 422


def test_a_key_that_reads_only_settles_nothing(make_till, member):
    redemption = redeem(member, make_reward(cost=30))
    reader = make_till("points:read")
    path = f"/redemptions/{redemption.public_id}"
    assert reader.get(path).status_code == 200
    assert reader.post("/redemptions/use", {"code": redemption.code}).status_code == 403
    for way, body in (("fulfil", {}), ("cancel", {"reason": "x"})):
        assert reader.post(f"{path}/{way}", body).status_code == 403
    assert make_till("members:read").get(path).status_code == 403
    redemption.refresh_from_db()
    assert redemption.state == "confirmed"


def test_a_void_takes_back_what_was_earned_and_gives_back_what_paid(till, member):
    PaymentTerms.objects.create(is_active=True, step_points=10, step_minor=100)
    pay_with_points(
        member=member,
        wish=PaymentWish("till", "r-1", purchase_minor=5000, amount_minor=500),
        key="pay",
        at=NOON,
        actor=CLERK,
    )
    bought = make_purchase(member, source_id="r-1", amount_minor=5000)
    assert available(member) == 100 - 50 + 50
    path = f"/purchases/{bought.public_id}/void"

    voided = till.post(path, {"reason": "Rung up twice"})
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        again = till.post(path, {"reason": "Rung up twice"})

    assert (voided.status_code, voided.json()["available"]) == (200, 100)
    assert again.json() == voided.json()
    assert purchase_of(bought).voided_at == NOON
    assert (available(member), differences()) == (100, [])


def test_nothing_is_voided_without_its_id_scope_or_reason(till, make_till, member):
    bought = make_purchase(member, amount_minor=5000)
    path = f"/purchases/{bought.public_id}/void"
    unknown = "/purchases/01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10/void"
    assert said(till.post(unknown, {"reason": "x"})) == (404, "unknown_purchase")
    assert till.post(path, {}).status_code == 422
    reader = make_till("purchases:read")
    assert reader.post(path, {"reason": "x"}).status_code == 403
    assert not Purchase.objects.exclude(voided_at=None).exists()
