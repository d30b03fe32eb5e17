"""The API of points: purchases, quotes, balances."""

from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    READ_PROBLEMS,
    IdempotencyKey,
    Instant,
)
from points.amounts import amount_text
from points.api.purchases import router as purchases
from points.api.reading import member_of, read_purchase
from points.api.schemas import (
    BalanceOut,
    ExpiringOut,
    NewPurchaseIn,
    PurchaseOut,
    QuotedPurchaseIn,
    QuoteOut,
    SharedOut,
    quote_steps,
)
from points.errors.posting import UnknownMember
from points.selectors.households import Means, means_of
from points.selectors.quotes import quote_purchase
from points.selectors.traces import explain
from points.services.purchases import post_within

accounts = Router(tags=["Points"])


@purchases.post(
    "",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: PurchaseOut, 201: PurchaseOut, **PROBLEMS},
    summary="Post a purchase",
    operation_id="post_purchase",
)
def post_one(
    request: ApiRequest, body: NewPurchaseIn, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Post a paid purchase; the points follow from the rules.

    A (source, source_id) that was posted before moves nothing: it answers 200 and
    `is_new: false`, or 409 when member, amount or time differ.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def post() -> Answer:
        member, purchase = read_purchase(body, source_id=body.source_id)
        posted = post_within(purchase=purchase, at=now, actor=request.auth.actor)
        answer = PurchaseOut(
            id=posted.public_id,
            member=member.number,
            source=body.source,
            source_id=body.source_id,
            amount=amount_text(purchase.amount_minor, body.currency),
            currency=body.currency,
            occurred_at=body.occurred_at,
            points=posted.points,
            is_new=posted.is_new,
        )
        status = 201 if posted.is_new else 200
        return Answer(status, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=post)


@purchases.post(
    "/quote",
    auth=BearerKey(ApiKey.Scope.PURCHASES_WRITE),
    response={200: QuoteOut, **PROBLEMS},
    summary="Quote a purchase",
    operation_id="quote_purchase",
)
def quote_one(request: ApiRequest, body: QuotedPurchaseIn) -> QuoteOut:
    """Say what the purchase would earn and why; nothing is written or reserved."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    member, purchase = read_purchase(body, source_id="quote")
    quote = quote_purchase(purchase=purchase, at=now)
    why = explain(quote.trace)
    if why is None:
        raise UnknownMember(reference=member.number)
    return QuoteOut(
        member=member.number,
        points=quote.points,
        effective_at=quote.effective_at,
        expires_at=quote.expires_at,
        tier=why.tier_name or None,
        tier_factor=why.tier_factor or None,
        exact=why.exact,
        rounding=why.rounding,
        steps=quote_steps(why.steps),
    )


@accounts.get(
    "/{number}/balance",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: BalanceOut, **READ_PROBLEMS},
    summary="Read a balance",
    operation_id="read_balance",
)
def get_balance(
    request: ApiRequest, number: str, at: Annotated[Instant | None, Query()] = None
) -> BalanceOut:
    """Say what the member can spend now, or at another instant.

    At a past instant it is what had happened by then; at a coming one what will be left
    if nothing more happens. In an address `+` is written `%2B`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    member = member_of(number=number)
    at = at or now
    means = means_of(member_id=member.pk, at=at, now=now)
    balance = means.own
    return BalanceOut(
        member=member.number,
        at=at,
        available=balance.available,
        pending=balance.pending,
        held=balance.held,
        debt=balance.debt,
        expiring=[
            ExpiringOut(at=each.at, points=each.points) for each in balance.expiring
        ],
        household=_shared(means),
    )


def _shared(means: Means) -> SharedOut | None:
    household = means.household
    if household is None:
        return None
    return SharedOut(
        id=household.public_id, name=household.name, available=means.available
    )
