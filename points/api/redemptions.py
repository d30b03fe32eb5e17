"""The API of redemptions: list, look a code up, use it, take it back."""

from collections.abc import Callable
from datetime import datetime
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
from points.amounts import amount_text
from points.api.reading import member_of
from points.api.redemption_schemas import (
    NothingElse,
    RedemptionPage,
    RedemptionShown,
    TakenBack,
    UsedCode,
)
from points.errors.rewards import CodeNotGiven, UnknownRedemption
from points.filters import with_code
from points.models import Redemption
from points.models.redemptions import RedemptionQuerySet
from points.selectors.catalogue import pool_of
from points.selectors.programme import current_rulebook
from points.services.redemptions import fulfil_redemption, reverse_redemption

router = Router(tags=["Redemptions"])
Settle = Callable[[Redemption], Redemption]


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: RedemptionPage, **READ_PROBLEMS},
    summary="List redemptions",
    operation_id="list_redemptions",
)
def list_redemptions(
    request: ApiRequest,
    page: Query[PageQuery],
    *,
    member: Annotated[str, Query(max_length=20)] = "",
    state: Annotated[Redemption.State | None, Query()] = None,
) -> RedemptionPage:
    """List redemptions, of a member or of all, the newest first.

    `confirmed` are those to be handed over, without vouchers that have ended.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    rows = _to_show()
    if member:
        rows = rows.filter(account=member_of(number=member).pk)
    if state == Redemption.State.CONFIRMED:
        rows = rows.to_hand_over(now)
    elif state is not None:
        rows = rows.filter(state=state)
    items, following = page_of(
        request,
        page,
        rows,
        order_by="-at",
        show=lambda found: [shown_redemption(each, now) for each in found],
    )
    return RedemptionPage(items=items, next=following)


@router.get(
    "/lookup",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: RedemptionShown, **READ_PROBLEMS, 409: PROBLEMS[409]},
    summary="Look a code up",
    operation_id="look_code_up",
)
def look_up(
    request: ApiRequest, code: Annotated[str, Query(max_length=40)]
) -> RedemptionShown:
    """Say whose a voucher's code is, and whether it can be used; nothing is written.

    A code of a pool that nobody redeemed is 409 `code_not_given`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    return shown_redemption(_with_code(code), now)


@router.post(
    "/use",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: RedemptionShown, **PROBLEMS},
    summary="Use a code",
    operation_id="use_code",
)
def post_use(
    request: ApiRequest, body: UsedCode, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Take a voucher in by its code, or hand its reward over: once.

    The second time is 409 `redemption_settled`, after its end 409 `voucher_expired`.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def use() -> Answer:
        used = fulfil_redemption(
            redemption=_with_code(body.code), at=now, actor=request.auth.actor
        )
        return _answer(used, now)

    return answer_once(request, key=idempotency_key, at=now, work=use)


@router.get(
    "/{uuid:public_id}",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: RedemptionShown, **READ_PROBLEMS},
    summary="Read a redemption",
    operation_id="read_redemption",
)
def read_redemption(request: ApiRequest, public_id: UUID) -> RedemptionShown:
    """Say where a redemption stands."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    return shown_redemption(_redemption(public_id), now)


@router.post(
    "/{uuid:public_id}/fulfil",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: RedemptionShown, **PROBLEMS},
    summary="Hand a reward over",
    operation_id="fulfil_redemption",
)
def post_fulfilment(
    request: ApiRequest,
    public_id: UUID,
    body: NothingElse,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Say that the reward was handed over or sent: once."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def fulfil(redemption: Redemption) -> Redemption:
        return fulfil_redemption(
            redemption=redemption, at=now, actor=request.auth.actor
        )

    return _settled(request, public_id, idempotency_key, now, fulfil)


@router.post(
    "/{uuid:public_id}/cancel",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: RedemptionShown, **PROBLEMS},
    summary="Cancel a redemption",
    operation_id="cancel_redemption",
)
def post_cancellation(
    request: ApiRequest,
    public_id: UUID,
    body: TakenBack,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Give the points back, with the expiry they had; only before it was handed over."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def cancel(redemption: Redemption) -> Redemption:
        return reverse_redemption(
            redemption=redemption,
            reason=body.reason,
            at=now,
            actor=request.auth.actor,
            only_from=Redemption.State.CONFIRMED,
        )

    return _settled(request, public_id, idempotency_key, now, cancel)


@router.post(
    "/{uuid:public_id}/reverse",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: RedemptionShown, **PROBLEMS},
    summary="Reverse a redemption",
    operation_id="reverse_redemption",
)
def post_reversal(
    request: ApiRequest,
    public_id: UUID,
    body: TakenBack,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Give the points back of what was handed over and came back."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def reverse(redemption: Redemption) -> Redemption:
        return reverse_redemption(
            redemption=redemption,
            reason=body.reason,
            at=now,
            actor=request.auth.actor,
            only_from=Redemption.State.FULFILLED,
        )

    return _settled(request, public_id, idempotency_key, now, reverse)


def _settled(  # noqa: PLR0917 -- the three doors above
    request: ApiRequest, public_id: UUID, key: str, at: datetime, settle: Settle
) -> HttpResponse:
    def work() -> Answer:
        return _answer(settle(_redemption(public_id)), at)

    return answer_once(request, key=key, at=at, work=work)


def _answer(settled: Redemption, at: datetime) -> Answer:
    fresh = _to_show().get(pk=settled.pk)
    return Answer(200, shown_redemption(fresh, at).model_dump(mode="json"))


def _to_show() -> RedemptionQuerySet:
    return Redemption.objects.select_related("reward", "account__member")


def _redemption(public_id: UUID) -> Redemption:
    found = _to_show().filter(public_id=public_id).first()
    if found is None:
        raise UnknownRedemption
    return found


def _with_code(code: str) -> Redemption:
    """Return what the code is of; raises CodeNotGiven for one that waits in a pool."""
    found: Redemption | None = with_code(_to_show(), code).first()
    if found is None:
        raise CodeNotGiven if pool_of(code) else UnknownRedemption
    return found


def shown_redemption(redemption: Redemption, at: datetime) -> RedemptionShown:
    """Return a redemption as it stands at that instant."""
    currency = current_rulebook().currency
    return RedemptionShown(
        id=redemption.public_id,
        member=redemption.account.member.number,
        reward=redemption.reward.public_id,
        reward_name=redemption.reward.name,
        points=redemption.points,
        money=amount_text(redemption.money_minor, currency),
        value=amount_text(redemption.value_minor, currency),
        currency=currency,
        state=Redemption.State(redemption.state_at(at)),
        code=redemption.code,
        store=redemption.store,
        at=redemption.at,
        valid_until=redemption.valid_until,
        settled_at=redemption.settled_at,
        is_late=redemption.is_late(at),
    )
