"""The API of confirming purchases."""

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
from points.services.confirmations import confirm_purchase

router = Router(tags=["Purchases"])


class ConfirmationIn(Input):
    """What made the purchase final; members of staff read it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"reason": "Delivered"}]}
    )

    reason: Annotated[str, one_line(300)] = ""


class ConfirmationOut(BaseModel):
    """When the points of the purchase can be spent; both dates are null without points."""

    id: UUID
    points: int
    effective_at: Instant | None
    expires_at: Instant | None


@router.post(
    "/{uuid:public_id}/confirm",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: ConfirmationOut, **PROBLEMS},
    summary="Confirm a purchase",
    operation_id="confirm_purchase",
)
def post_confirmation(
    request: ApiRequest,
    public_id: UUID,
    body: ConfirmationIn,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Say that the purchase is final, for example delivered: its points begin to count.

    Confirming again, or where nothing waits, changes nothing. Once the points are
    cancelled the answer is 409 `confirmation_too_late`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def confirm() -> Answer:
        purchase = Purchase.objects.filter(public_id=public_id).first()
        if purchase is None:
            raise UnknownPurchase
        lot = confirm_purchase(
            purchase=purchase,
            reason=body.reason,
            at=now,
            actor=request.auth.actor,
        )
        answer = ConfirmationOut(
            id=public_id,
            points=lot.points if lot else 0,
            effective_at=lot.effective_at if lot else None,
            expires_at=lot.expires_at if lot else None,
        )
        return Answer(200, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=confirm)
