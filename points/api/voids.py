"""The API of voiding purchases."""

from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Router
from pydantic import BaseModel, ConfigDict

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    IdempotencyKey,
    Input,
    Instant,
    one_line,
)
from points.errors.posting import UnknownPurchase
from points.models import Purchase
from points.selectors.balances import balance_of
from points.services.voids import void_purchases

router = Router(tags=["Purchases"])


class VoidIn(Input):
    """Why the purchase never was."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Rung up twice"}]}
    )

    reason: Annotated[str, one_line(300)]


class VoidOut(BaseModel):
    """A void purchase, and what the member has left; the first void names the time."""

    id: UUID
    member: str
    voided_at: Instant
    available: int
    debt: int


@router.post(
    "/{uuid:public_id}/void",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: VoidOut, **PROBLEMS},
    summary="Void a purchase",
    operation_id="void_purchase",
)
def post_void(
    request: ApiRequest, public_id: UUID, body: VoidIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Take back what the purchase earned, and give back the points that paid for it.

    What refunds took is not taken again. Voiding once more changes nothing. The id at
    the source stays used.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def void() -> Answer:
        purchase = Purchase.objects.filter(public_id=public_id).first()
        if purchase is None:
            raise UnknownPurchase
        void_purchases(
            purchase_ids=[purchase.pk],
            reason=body.reason,
            at=now,
            actor=request.auth.actor,
        )
        purchase.refresh_from_db()
        balance = balance_of(member_id=purchase.member_id, at=now)
        answer = VoidOut(
            id=public_id,
            member=purchase.member.number,
            voided_at=purchase.voided_at or now,
            available=balance.available,
            debt=balance.debt,
        )
        return Answer(200, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=void)
