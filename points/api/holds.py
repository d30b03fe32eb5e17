"""The API of holds: set points aside, then confirm or release them."""

from collections.abc import Callable
from datetime import datetime, timedelta
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
from points.api.hold_schemas import ConfirmedHold, HoldOut, NewHold, NoBody
from points.api.reading import member_of
from points.errors.rewards import UnknownHold, UnknownReward
from points.models import Hold, Redemption, Reward
from points.selectors.households import spendable_by
from points.selectors.programme import current_rulebook
from points.services.confirming import confirm_hold
from points.services.holds import HoldWish, place_hold, release_hold

member_holds = Router(tags=["Holds"])
holds = Router(tags=["Holds"])


@member_holds.post(
    "/{number}/holds",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={201: HoldOut, **PROBLEMS},
    summary="Hold points",
    operation_id="hold_points",
)
def post_hold(
    request: ApiRequest, number: str, body: NewHold, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Set points aside for a reward or a payment, until they are confirmed or released.

    Nobody else can spend them, nor take the piece. After `minutes`, or when the first of
    the points expires if that is sooner, they are free again by themselves.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def place() -> Answer:
        hold = place_hold(
            member=Member.objects.get(pk=member_of(number=number).pk),
            wish=_wish(body),
            key=f"api:{caller.api_key_id}:{idempotency_key}",
            at=now,
            actor=caller.actor,
        )
        return Answer(201, hold_out(hold, now).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=place)


@holds.get(
    "/{hold_id}",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: HoldOut, **READ_PROBLEMS},
    summary="Read a hold",
    operation_id="read_hold",
)
def read_hold(request: ApiRequest, hold_id: UUID) -> HoldOut:
    """Say where a hold stands: held, confirmed, released or expired."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    return hold_out(_hold(hold_id), now)


@holds.post(
    "/{hold_id}/confirm",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: HoldOut, **PROBLEMS},
    summary="Confirm a hold",
    operation_id="confirm_hold",
)
def post_confirmation(
    request: ApiRequest,
    hold_id: UUID,
    body: ConfirmedHold,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Spend the points that are held, or fewer; what is left over is free again.

    Refused once the hold is over, or was confirmed or released: nothing is written.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def confirm(hold: Hold) -> Hold:
        return confirm_hold(
            hold=hold, points=body.points, at=now, actor=request.auth.actor
        )

    return _settled(request, hold_id, idempotency_key, now, confirm)


@holds.post(
    "/{hold_id}/release",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={200: HoldOut, **PROBLEMS},
    summary="Release a hold",
    operation_id="release_hold",
)
def post_release(
    request: ApiRequest, hold_id: UUID, body: NoBody, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Free the points and the piece at once."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def release(hold: Hold) -> Hold:
        return release_hold(hold=hold, at=now, actor=request.auth.actor)

    return _settled(request, hold_id, idempotency_key, now, release)


def _settled(  # noqa: PLR0917 -- the two doors above
    request: ApiRequest,
    hold_id: UUID,
    key: str,
    at: datetime,
    settle: Callable[[Hold], Hold],
) -> HttpResponse:
    def work() -> Answer:
        settled = settle(_hold(hold_id))
        return Answer(200, hold_out(settled, at).model_dump(mode="json"))

    return answer_once(request, key=key, at=at, work=work)


def _hold(hold_id: UUID) -> Hold:
    found = Hold.objects.filter(public_id=hold_id).first()
    if found is None:
        raise UnknownHold
    return found


def _wish(body: NewHold) -> HoldWish:
    lasts = timedelta(minutes=body.minutes)
    if body.payment is None:
        asked = Reward.objects.filter(public_id=body.reward or UUID(int=0))
        reward = asked.first()
        if reward is None:
            raise UnknownReward
        return HoldWish(lasts, reward=reward)
    currency = programme_currency(body.payment.currency)
    return HoldWish(
        lasts,
        points=body.payment.points,
        source=body.payment.source,
        source_id=body.payment.source_id,
        value_minor=minor_of(body.payment.amount, currency, field="payment.amount"),
    )


def hold_out(hold: Hold, at: datetime) -> HoldOut:
    """Return a hold as it is at that instant."""
    currency = current_rulebook().currency
    redemption = Redemption.objects.filter(entry=hold.entry_id or 0).first()
    return HoldOut(
        id=hold.public_id,
        member=hold.account.member.number,
        state=hold.state_at(at),
        points=hold.points,
        spent=-hold.entry.points if hold.entry else None,
        reward=hold.reward.public_id if hold.reward else None,
        source=hold.source or None,
        source_id=hold.source_id or None,
        money=amount_text(hold.money_minor, currency),
        value=amount_text(hold.value_minor, currency),
        currency=currency,
        expires_at=hold.expires_at,
        code=redemption.code if redemption else None,
        needs_approval=hold.needs_approval,
        available=spendable_by(hold.account_id, at=at),
    )
