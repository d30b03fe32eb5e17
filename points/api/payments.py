"""The API of payments with points at the till."""

from datetime import datetime
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import PROBLEMS, READ_PROBLEMS, IdempotencyKey
from members.models import Member
from points.amounts import amount_text, minor_of, programme_currency
from points.api.payment_schemas import (
    NewPayment,
    PaymentOut,
    PaymentQuoteOut,
    QuotedPayment,
    ReversedPayment,
)
from points.api.reading import member_of
from points.errors.rewards import PayingIsOff, UnknownPayment
from points.models import PaymentTerms, PointsPayment
from points.selectors.households import spendable_by
from points.selectors.paying import most_for
from points.selectors.programme import current_rulebook
from points.services.paying import PaymentWish, pay_with_points, reverse_payment

member_payments = Router(tags=["Payments with points"])
payments = Router(tags=["Payments with points"])


@member_payments.post(
    "/{number}/payments/quote",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: PaymentQuoteOut, **READ_PROBLEMS, 409: PROBLEMS[409]},
    summary="Quote a payment with points",
    operation_id="quote_payment",
)
def quote(request: ApiRequest, number: str, body: QuotedPayment) -> PaymentQuoteOut:
    """Say the most that points can take off a purchase; nothing is written or held."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    currency = programme_currency(body.currency)
    terms = PaymentTerms.objects.filter(is_active=True).first()
    if terms is None:
        raise PayingIsOff
    member = member_of(number=number)
    available = spendable_by(member.pk, at=now)
    purchase = minor_of(body.purchase_amount, currency, field="purchase_amount")
    most = most_for(terms, purchase_minor=purchase, available=available)
    return PaymentQuoteOut(
        member=member.number,
        available=available,
        points=most.points,
        amount=amount_text(most.amount_minor, currency),
        currency=currency,
        step_points=terms.step_points,
        step_amount=amount_text(terms.step_minor, currency),
        least_points=terms.least_points,
        most_percent=terms.most_percent,
    )


@member_payments.post(
    "/{number}/payments",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={201: PaymentOut, **PROBLEMS},
    summary="Pay with points",
    operation_id="pay_with_points",
)
def post_payment(
    request: ApiRequest, number: str, body: NewPayment, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Take points for a part of a purchase, once per purchase.

    Too few points are refused (409) and nothing is written, unless `allow_partial`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def pay() -> Answer:
        payment = pay_with_points(
            member=Member.objects.get(pk=member_of(number=number).pk),
            wish=_wish(body),
            key=f"api:{caller.api_key_id}:{idempotency_key}",
            at=now,
            actor=caller.actor,
        )
        return Answer(201, payment_out(payment, now).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=pay)


@payments.post(
    "/{payment_id}/reverse",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: PaymentOut, **PROBLEMS},
    summary="Reverse a payment with points",
    operation_id="reverse_payment",
)
def post_reversal(
    request: ApiRequest,
    payment_id: UUID,
    body: ReversedPayment,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Give the points back, with the expiry they had: the sale was cancelled."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def reverse() -> Answer:
        found = PointsPayment.objects.filter(public_id=payment_id).first()
        if found is None:
            raise UnknownPayment
        payment = reverse_payment(
            payment=found, reason=body.reason, at=now, actor=request.auth.actor
        )
        return Answer(200, payment_out(payment, now).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=reverse)


def _wish(body: NewPayment) -> PaymentWish:
    currency = programme_currency(body.currency)
    return PaymentWish(
        source=body.source,
        source_id=body.source_id,
        purchase_minor=minor_of(
            body.purchase_amount, currency, field="purchase_amount"
        ),
        amount_minor=(
            None
            if body.amount is None
            else minor_of(body.amount, currency, field="amount")
        ),
        allow_partial=body.allow_partial,
    )


def payment_out(payment: PointsPayment, at: datetime) -> PaymentOut:
    """Return a payment, with what the member has left."""
    currency = current_rulebook().currency
    return PaymentOut(
        id=payment.public_id,
        member=payment.account.member.number,
        source=payment.source,
        source_id=payment.source_id,
        points=payment.points,
        amount=amount_text(payment.amount_minor, currency),
        currency=currency,
        at=payment.at,
        reversed_at=payment.reversed_at,
        available=spendable_by(payment.account_id, at=at),
    )
