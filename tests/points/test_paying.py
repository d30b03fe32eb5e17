"""Points pay a part of a purchase: in whole steps, rounded up, never by surprise."""

import pytest
from django.urls import reverse

from points.errors.posting import InsufficientPoints, KeyReused
from points.errors.rewards import (
    PaidAlready,
    PayingIsOff,
    PaymentReversed,
    PaymentTooLarge,
    PaymentTooSmall,
)
from points.models import PaymentTerms, PointsPayment
from points.selectors.paying import most_for, points_for
from points.services.paying import PaymentWish, pay_with_points, reverse_payment
from tests.factories import CLERK, NOON, make_member, next_number
from tests.points.books import available, differences, everything


@pytest.mark.parametrize(
    ("amount", "points"), [(0, 0), (1, 100), (100, 100), (101, 200), (1250, 1300)]
)
def test_a_step_that_is_begun_counts_whole(amount, points):
    assert points_for(PaymentTerms(step_points=100, step_minor=100), amount) == points


@pytest.mark.parametrize(
    ("purchase", "percent", "has", "most"),
    [
        (1250, 100, None, (1300, 1250)),
        (1250, 100, 1299, (1200, 1200)),
        (1250, 100, 1300, (1300, 1250)),
        (999, 50, None, (500, 499)),
        (999, 50, 99, (0, 0)),
        (0, 100, 5000, (0, 0)),
        (-100, 100, 5000, (0, 0)),
    ],
)
def test_the_most_that_points_take_off(purchase, percent, has, most):
    terms = PaymentTerms(step_points=100, step_minor=100, most_percent=percent)
    assert most_for(terms, purchase_minor=purchase, available=has) == most


def allow(**changes):
    values = {"is_active": True, "step_points": 100, "step_minor": 100} | changes
    PaymentTerms.objects.create(**values)


def pay(member, *, key="", receipt="", at=NOON, **wish):
    number = next_number()
    wish = {"purchase_minor": 2000} | wish
    return pay_with_points(
        member=member,
        wish=PaymentWish(source="till", source_id=receipt or f"r-{number}", **wish),
        key=key or f"k-{number}",
        at=at,
        actor=CLERK,
    )


@pytest.mark.django_db
class TestPaying:
    def test_points_pay_and_the_purchase_is_recorded(self):
        allow()
        member = make_member(balance=1000)
        pay(member, receipt="r-1", amount_minor=250)

        paid = PointsPayment.objects.get()
        assert (paid.points, paid.amount_minor, paid.source_id) == (300, 250, "r-1")
        assert (available(member), differences()) == (700, [])

    def test_the_same_key_pays_once(self):
        allow()
        member = make_member(balance=1000)
        first = pay(member, key="k", receipt="r-1", amount_minor=250)
        assert pay(member, key="k", receipt="r-1", amount_minor=250).pk == first.pk
        assert available(member) == 700
        with pytest.raises(KeyReused):
            pay(member, key="k", receipt="r-2", amount_minor=250)

    @pytest.mark.parametrize(
        ("wish", "refusal"),
        [
            ({"amount_minor": 1001}, InsufficientPoints),
            ({"amount_minor": 1600, "purchase_minor": 3000}, PaymentTooLarge),
            ({"amount_minor": 299}, PaymentTooSmall),
            ({"purchase_minor": 0}, PaymentTooSmall),
        ],
    )
    def test_what_cannot_be_paid_writes_nothing(self, wish, refusal):
        allow(least_points=400, most_percent=50)
        member = make_member(balance=1000)
        wish = {"purchase_minor": 10_000} | wish
        before = everything()

        with pytest.raises(refusal):
            pay(member, **wish)

        assert everything() == before
        assert not PointsPayment.objects.exists()

    @pytest.mark.parametrize(
        ("wish", "paid"),
        [
            ({"amount_minor": 1500, "allow_partial": True}, (1000, 1000)),
            (
                {"amount_minor": 1500, "purchase_minor": 800, "allow_partial": True},
                (400, 400),
            ),
            ({}, (1000, 1000)),
            ({"purchase_minor": 500}, (300, 250)),
        ],
    )
    def test_less_is_taken_only_where_that_is_allowed(self, wish, paid):
        allow(most_percent=50)
        member = make_member(balance=1099)
        made = pay(member, **({"purchase_minor": 5000} | wish))
        assert (made.points, made.amount_minor) == paid

    def test_points_pay_once_for_a_purchase_until_they_are_back(self):
        allow()
        member = make_member(balance=1000)
        paid = pay(member, receipt="r-1", amount_minor=100)
        with pytest.raises(PaidAlready):
            pay(member, receipt="r-1", amount_minor=100)

        reverse_payment(payment=paid, reason="cancelled", at=NOON, actor=CLERK)

        assert available(member) == 1000
        before = everything()
        with pytest.raises(PaymentReversed):
            reverse_payment(payment=paid, reason="again", at=NOON, actor=CLERK)
        assert everything() == before
        assert pay(member, receipt="r-1", amount_minor=100).points == 100
        assert differences() == []

    def test_nothing_is_paid_while_paying_is_off(self):
        PaymentTerms.objects.create()
        with pytest.raises(PayingIsOff):
            pay(make_member(balance=1000))

    def test_administrators_set_the_terms(self, admin, marketer):
        url = reverse("points:paying-edit")
        sent = {
            "is_active": "on",
            "step_points": "50",
            "step": "0.10",
            "least_points": "0",
            "most_percent": "30",
        }
        assert marketer.post(url, sent).status_code == 403
        assert admin.post(url, sent | {"step": "0"}).status_code == 422
        assert not PaymentTerms.objects.exists()
        for percent in ("30", "40"):
            answer = admin.post(url, sent | {"most_percent": percent})
            assert answer.status_code == 302
        terms = PaymentTerms.objects.get()
        assert (terms.step_points, terms.step_minor, terms.most_percent) == (50, 10, 40)
        assert "30" in admin.get(url).content.decode()
