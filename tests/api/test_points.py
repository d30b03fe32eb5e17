from datetime import timedelta

from points.models import Entry, Redemption, RewardStock
from tests.factories import LONG_AGO, NOON, make_member, make_reward, set_programme


def test_a_balance_now_and_at_any_instant(till):
    set_programme(expiry_months=12)
    member = make_member(balance=70, at=NOON - timedelta(days=30))

    def available(**query):
        return till.get(f"/members/{member.number}/balance", **query).json()[
            "available"
        ]

    assert available() == 70
    assert available(at="2026-05-01T00:00:00Z") == 0
    assert available(at="2027-05-16T20:00:00+08:00") == 0
    assert available(at="2027-05-16T19:59:59+08:00") == 70


def test_a_balance_lists_every_coming_expiry(till):
    set_programme(expiry_months=12)
    member = make_member(balance=70, at=NOON)
    shown = till.get(f"/members/{member.number}/balance").json()

    assert shown["expiring"] == [{"at": "2027-06-15T12:00:00+00:00", "points": 70}]
    assert shown["at"] == "2026-06-15T12:00:00+00:00"


def test_a_plus_sign_that_was_not_escaped_is_explained(till):
    member = make_member()
    answer = till.client.get(
        f"/api/v1/members/{member.number}/balance?at=2026-06-15T12:00:00+08:00",
        headers=till.headers(),
    )

    assert (answer.status_code, answer.json()["field"]) == (422, "at")
    assert "%2B" in answer.json()["detail"]


def test_a_redemption_names_code_and_lots(till):
    member = make_member(balance=100)
    reward = make_reward(cost=30, pieces=1)
    answer = till.post(
        f"/members/{member.number}/redemptions", {"reward": str(reward.public_id)}
    )

    assert answer.status_code == 201
    shown = answer.json()
    assert (shown["points"], shown["available"], shown["state"]) == (
        30,
        70,
        "confirmed",
    )
    assert shown["lots"] == [{"points": 30, "expires_at": None}]
    assert Redemption.objects.get().code == shown["code"]
    assert RewardStock.objects.get().pieces == 0


def test_a_repeated_redemption_buys_once(till):
    member = make_member(balance=100)
    body = {"reward": str(make_reward(cost=30).public_id)}
    path = f"/members/{member.number}/redemptions"
    first, second = (till.post(path, body, key="once") for _ in range(2))

    assert second.json() == first.json()
    assert second["Idempotency-Replayed"] == "true"
    assert Redemption.objects.count() == 1


def test_two_tills_with_the_same_key_are_two_redemptions(till, make_till):
    member = make_member(balance=100)
    body = {"reward": str(make_reward(cost=30).public_id)}
    other = make_till("redemptions:write")
    for each in (till, other):
        answer = each.post(f"/members/{member.number}/redemptions", body, key="once")
        assert answer.status_code == 201

    assert Redemption.objects.count() == 2


def test_refused_redemptions_write_nothing(till):
    member = make_member(balance=10)
    path = f"/members/{member.number}/redemptions"
    cases = [
        (make_reward(cost=30), "insufficient_points"),
        (make_reward(cost=5, pieces=0), "out_of_stock"),
    ]
    for reward, code in cases:
        answer = till.post(path, {"reward": str(reward.public_id)})
        assert (answer.status_code, answer.json()["code"]) == (409, code)

    unknown = till.post(path, {"reward": "01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "unknown_reward")
    assert not Redemption.objects.exists()
    assert Entry.objects.exclude(occurred_at=LONG_AGO).count() == 0


def test_rewards_on_offer_with_names_and_stock(till):
    make_reward(cost=30, pieces=4)
    hot = make_reward(cost=10)
    hot.description, hot.description_zh_hans = "Hot.", "热饮。"
    hot.save()
    paused = make_reward(cost=20)
    paused.is_active = False
    paused.save()
    shown = till.get("/rewards").json()

    assert [(each["cost_points"], each["stock"]) for each in shown] == [
        (10, None),
        (30, 4),
    ]
    assert shown[0]["names"]["zh_hant"] == shown[0]["name"]
    assert shown[0]["descriptions"] == {
        "en": "Hot.",
        "zh_hans": "热饮。",
        "zh_hant": "Hot.",
    }


def test_a_reward_says_why_a_member_cannot_have_it(till):
    member = make_member(balance=25)
    reward = make_reward(cost=30, pieces=1)
    query = {"member": member.number}

    listed = till.get("/rewards", **query).json()[0]["for_member"]
    single = till.get(f"/rewards/{reward.public_id}", **query).json()["for_member"]

    assert listed == single
    assert (single["code"], single["missing"]) == ("insufficient_points", 5)
    assert till.get(f"/rewards/{reward.public_id}").json()["for_member"] is None
    assert till.get("/rewards", member="M2").status_code == 404
