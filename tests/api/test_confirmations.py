from points.models import DateChange, Lot, Purchase
from tests.api.bodies import quote as quote_body
from tests.factories import NOON, make_member, make_purchase, set_programme
from tests.points.books import everything


def waiting_purchase():
    set_programme(confirm_days=14, expiry_months=12)
    return make_purchase(make_member(), amount_minor=3000, at=NOON)


def test_a_confirmed_purchase_answers_from_when_its_points_count(till):
    purchase = waiting_purchase()
    address = f"/purchases/{purchase.public_id}/confirm"

    answer = till.post(address, {"reason": "Delivered"}, key="confirm-1")
    again = till.post(address, {}, key="confirm-2")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(purchase.public_id),
        "points": 30,
        "effective_at": "2026-06-15T12:00:00+00:00",
        "expires_at": "2027-06-15T12:00:00+00:00",
    }
    assert again.json() == answer.json()
    assert not Lot.objects.get().is_waiting
    assert DateChange.objects.get().reason == "Delivered"


def test_too_late_is_a_conflict_and_writes_nothing(till):
    purchase = waiting_purchase()
    Lot.objects.update(effective_at=NOON, expires_at=NOON)
    before = everything()
    answer = till.post(f"/purchases/{purchase.public_id}/confirm", {}, key="confirm-1")
    assert (answer.status_code, answer.json()["code"]) == (409, "confirmation_too_late")
    assert everything() == before


def test_an_unknown_purchase_is_not_found(till):
    nowhere = "00000000-0000-4000-8000-000000000000"
    answer = till.post(f"/purchases/{nowhere}/confirm", {}, key="confirm-1")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_purchase")
    assert not Purchase.objects.exists()


def test_the_quote_has_no_dates_while_points_would_wait(till):
    member = waiting_purchase() and Purchase.objects.get().member
    quote = till.ask("/purchases/quote", quote_body(member)).json()
    assert (quote["points"], quote["effective_at"]) == (128, None)
