from points.models import Hold, PointsPayment, Redemption
from tests.factories import make_member, make_reward

UNKNOWN = "01939a3c-5b7e-7c1e-9a55-2f1d0c9a7b10"


def payment(points, receipt="r-1"):
    return {
        "payment": {
            "points": points,
            "source": "till-7",
            "source_id": receipt,
            "amount": "5.00",
            "currency": "HKD",
        }
    }


def test_points_are_held_confirmed_in_part_and_free_again(till):
    member = make_member(balance=100)
    placed = till.post(f"/members/{member.number}/holds", payment(80))
    assert placed.status_code == 201
    hold = placed.json()
    assert (hold["state"], hold["available"], hold["value"]) == ("held", 20, "5.00")

    done = till.post(f"/holds/{hold['id']}/confirm", {"points": 40}).json()

    assert (done["state"], done["spent"], done["available"]) == ("confirmed", 40, 60)
    assert till.get(f"/holds/{hold['id']}").json() == done
    assert PointsPayment.objects.get().amount_minor == 250
    again = till.post(f"/holds/{hold['id']}/confirm", {"points": 40})
    assert (again.status_code, again.json()["code"]) == (409, "hold_settled")


def test_a_held_reward_becomes_a_voucher(till):
    member = make_member(balance=100)
    body = {"reward": str(make_reward(cost=30).public_id), "minutes": 5}
    hold = till.post(f"/members/{member.number}/holds", body).json()
    done = till.post(f"/holds/{hold['id']}/confirm", {}).json()
    assert done["code"] == Redemption.objects.get().code


def test_a_repeated_hold_holds_once_and_is_released(till):
    member = make_member(balance=100)
    path = f"/members/{member.number}/holds"
    first, second = (till.post(path, payment(80), key="once") for _ in range(2))
    assert first.json() == second.json()
    assert Hold.objects.count() == 1

    freed = till.post(f"/holds/{first.json()['id']}/release", {}).json()
    assert (freed["state"], freed["available"]) == ("released", 100)


def test_refused_holds_write_nothing(till):
    member = make_member(balance=10)
    path = f"/members/{member.number}/holds"
    cases = [
        (payment(11), 409, "insufficient_points"),
        ({"reward": UNKNOWN}, 404, "unknown_reward"),
        ({}, 422, "not_valid"),
        (payment(5) | {"reward": UNKNOWN}, 422, "not_valid"),
        (payment(5) | {"minutes": 10081}, 422, "not_valid"),
    ]
    for body, status, code in cases:
        answer = till.post(path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code)

    assert till.post(f"/holds/{UNKNOWN}/confirm", {}).json()["code"] == "unknown_hold"
    assert not Hold.objects.exists()
