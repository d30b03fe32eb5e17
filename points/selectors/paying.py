"""What points take off a purchase: arithmetic in whole steps, rounded up."""

from typing import NamedTuple

from points.models import PaymentTerms
from points.models.payment_terms import WHOLE_PERCENT


class Paid(NamedTuple):
    """Points, and the minor units that they take off."""

    points: int
    amount_minor: int


def points_for(terms: PaymentTerms, amount_minor: int) -> int:
    """Return the points that take so much off: a step that is begun counts whole."""
    steps = -(-amount_minor // terms.step_minor)
    return steps * terms.step_points


def most_for(
    terms: PaymentTerms, *, purchase_minor: int, available: int | None = None
) -> Paid:
    """Return the most that points can take off a purchase, or that `available` can.

    The largest share is rounded down to the minor unit.
    """
    amount = max(purchase_minor, 0) * terms.most_percent // WHOLE_PERCENT
    if available is not None:
        steps = max(available, 0) // terms.step_points
        amount = min(amount, steps * terms.step_minor)
    return Paid(points_for(terms, amount), amount)


def offer_to_pay(
    *, purchase_minor: int, available: int, most_points: int | None = None
) -> Paid | None:
    """Return the most that a member can pay now, with at most `most_points`.

    None while points do not pay, or where they do not come to the least of a payment.
    """
    terms = PaymentTerms.objects.filter(is_active=True).first()
    if terms is None:
        return None
    if most_points is not None:
        available = min(available, most_points)
    most = most_for(terms, purchase_minor=purchase_minor, available=available)
    least = max(terms.least_points, terms.step_points)
    return most if most.points >= least else None


def points_pay() -> bool:
    """Return whether points pay at the till."""
    return PaymentTerms.objects.filter(is_active=True).exists()


def current_terms() -> PaymentTerms:
    """Return how points pay, or what would be proposed while nobody has said."""
    return PaymentTerms.objects.first() or PaymentTerms()
