"""The API of refunds."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import PageQuery, page_of
from loyalty_site.apiaccess.schemas import PROBLEMS, READ_PROBLEMS, IdempotencyKey
from points.amounts import amount_text, minor_of, programme_currency
from points.api.refund_schemas import (
    NewRefundIn,
    PurchaseReference,
    RefundOut,
    RefundPage,
    RefundShown,
)
from points.errors.posting import UnknownPurchase, UnknownRefund
from points.models import Purchase, Refund
from points.selectors.programme import current_rulebook
from points.services.refunds import LineBack, RefundWish, refund_purchase

router = Router(tags=["Refunds"])


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


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.PURCHASES_READ),
    response={200: RefundPage, **READ_PROBLEMS},
    summary="List refunds",
    operation_id="list_refunds",
)
def list_refunds(
    request: ApiRequest,
    page: Query[PageQuery],
    purchase: Annotated[UUID | None, Query()] = None,
) -> RefundPage:
    """List refunds, of a purchase or of all, the newest first."""
    rows = Refund.objects.select_related("purchase")
    if purchase is not None:
        rows = rows.filter(purchase=_purchase(PurchaseReference(id=purchase)))
    currency = current_rulebook().currency
    items, following = page_of(
        request,
        page,
        rows,
        order_by="-pk",
        show=lambda found: [_shown(each, currency) for each in found],
    )
    return RefundPage(items=items, next=following)


@router.get(
    "/{uuid:public_id}",
    auth=BearerKey(ApiKey.Scope.PURCHASES_READ),
    response={200: RefundShown, **READ_PROBLEMS},
    summary="Read a refund",
    operation_id="read_refund",
)
def get_refund(request: ApiRequest, public_id: UUID) -> RefundShown:
    """Return what came back, and the points it took."""
    rows = Refund.objects.select_related("purchase")
    refund = rows.filter(public_id=public_id).first()
    if refund is None:
        raise UnknownRefund
    return _shown(refund, current_rulebook().currency)


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
    return RefundOut(**dict(_shown(refund, currency)), is_new=is_new)


def _shown(refund: Refund, currency: str) -> RefundShown:
    return RefundShown(
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
        returned=refund.returned,
    )
