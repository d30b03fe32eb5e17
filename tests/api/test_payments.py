from points.models import PaymentTerms, PointsPayment
from tests.factories import make_member


def body(**changes):
    return {
        "source": "till-7",
        "source_id": "r-1",
        "purchase_amount": "20.00",
        "currency": "HKD",
    } | changes


def test_a_till_quotes_pays_and_takes_back(till):
    PaymentTerms.objects.create(is_active=True, most_percent=50)
    member = make_member(balance=700)
    path = f"/members/{member.number}/payments"
    asked = {"purchase_amount": "20.00", "currency": "HKD"}
    quote = till.post(f"{path}/quote", asked).json()
    assert (quote["points"], quote["amount"], quote["available"]) == (700, "7.00", 700)

    refused = till.post(path, body(amount="8.00"))
    assert (refused.status_code, refused.json()["code"]) == (409, "insufficient_points")
    assert not PointsPayment.objects.exists()
    paid = till.post(path, body(amount="8.00", allow_partial=True)).json()
    assert (paid["points"], paid["amount"], paid["available"]) == (700, "7.00", 0)

    back = till.post(f"/payments/{paid['id']}/reverse", {"reason": "cancelled"})
    assert (back.status_code, back.json()["available"]) == (200, 700)
    again = till.post(f"/payments/{paid['id']}/reverse", {"reason": "cancelled"})
    assert (again.status_code, again.json()["code"]) == (409, "payment_reversed")


def test_paying_is_off_until_somebody_says_how(till):
    member = make_member(balance=700)
    answer = till.post(f"/members/{member.number}/payments", body())
    assert (answer.status_code, answer.json()["code"]) == (409, "paying_is_off")
