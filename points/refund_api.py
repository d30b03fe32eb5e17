"""The API of refunds."""

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from ninja import Router

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import PROBLEMS, IdempotencyKey
from loyalty_site.lib.errors import DomainError
from points.amounts import amount_text, minor_of, programme_currency
from points.models import Purchase, Refund
from points.refund_schemas import NewRefundIn, PurchaseReference, RefundOut
from points.services.refunds import LineBack, RefundWish, refund_purchase

router = Router(tags=["Refunds"])


class UnknownPurchase(DomainError):
    """No purchase is known by that reference."""

    code = "unknown_purchase"
    field = "purchase"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No purchase is known by this reference. Post it first."))


@router.post(
    "",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: RefundOut, 201: RefundOut, **PROBLEMS},
    summary="Refund a purchase",
    operation_id="refund_purchase",
)
def post_refund(
    request: ApiRequest, body: NewRefundIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Refund a purchase by line, by amount or, with neither, all that is left of it.

    The points of the money are taken back, cumulatively rounded down, so that any number
    of parts comes to exactly the whole. A (source, source_id) that was posted before
    moves nothing: it answers 200 and `is_new: false`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def post() -> Answer:
        currency = programme_currency(body.currency)
        refund, is_new = refund_purchase(
            purchase=_purchase(body.purchase),
            wish=_wish(body, currency),
            at=now,
            actor=request.auth.actor,
        )
        answer = _refund_out(refund, currency, is_new=is_new)
        status = 201 if answer.is_new else 200
        return Answer(status, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=post)


def _purchase(reference: PurchaseReference) -> Purchase:
    if reference.id is not None:
        found = Purchase.objects.filter(public_id=reference.id).first()
    else:
        found = Purchase.objects.filter(
            source=reference.source, source_id=reference.source_id, is_released=False
        ).first()
    if found is None:
        raise UnknownPurchase
    return found


def _wish(body: NewRefundIn, currency: str) -> RefundWish:
    return RefundWish(
        source=body.source,
        source_id=body.source_id,
        occurred_at=body.occurred_at,
        amount_minor=(
            None
            if body.amount is None
            else minor_of(body.amount, currency, field="amount")
        ),
        lines=tuple(
            LineBack(
                line.position,
                amount_minor=(
                    None
                    if line.amount is None
                    else minor_of(line.amount, currency, field=f"lines.{n}.amount")
                ),
                quantity=line.quantity,
            )
            for n, line in enumerate(body.lines)
        ),
        reason=body.reason,
    )


def _refund_out(refund: Refund, currency: str, *, is_new: bool) -> RefundOut:
    return RefundOut(
        id=refund.public_id,
        purchase=refund.purchase.public_id,
        source=refund.source,
        source_id=refund.source_id,
        amount=amount_text(refund.amount_minor, currency),
        currency=currency,
        occurred_at=refund.occurred_at,
        points=refund.points,
        due=refund.due,
        collected=refund.collected,
        owed=refund.owed,
        is_new=is_new,
    )
