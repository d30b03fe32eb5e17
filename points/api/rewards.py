"""The API of rewards: what is on offer, for whom, and redeeming it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import PROBLEMS, READ_PROBLEMS, IdempotencyKey
from members.models import Member
from points.amounts import amount_text
from points.api.reading import member_of
from points.api.reward_schemas import (
    ForMember,
    LotTaken,
    NewRedemption,
    RedemptionOut,
    RewardOut,
)
from points.api.schemas import InLanguages
from points.errors.rewards import UnknownReward
from points.models import Account, Redemption, Reward
from points.selectors.breakdowns import lots_taken_by
from points.selectors.catalogue import Offer, offer_of, offers_for, pieces_of
from points.selectors.households import spendable_by
from points.selectors.programme import current_rulebook
from points.services.redemptions import redeem_reward

rewards = Router(tags=["Rewards"])
redemptions = Router(tags=["Rewards"])
MemberNumber = Annotated[str | None, Query(max_length=20)]


@redemptions.post(
    "/{number}/redemptions",
    auth=BearerKey(ApiKey.Scope.REDEMPTIONS_WRITE),
    response={201: RedemptionOut, **PROBLEMS},
    summary="Redeem a reward",
    operation_id="redeem_reward",
)
def post_redemption(
    request: ApiRequest,
    number: str,
    body: NewRedemption,
    idempotency_key: IdempotencyKey,
) -> HttpResponse:
    """Buy a reward with points; refused when points, stock, tier or limits say no."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    caller = request.auth

    def redeem() -> Answer:
        member = Member.objects.get(pk=member_of(number=number).pk)
        reward = Reward.objects.filter(public_id=body.reward).first()
        if reward is None:
            raise UnknownReward
        redemption = redeem_reward(
            member=member,
            reward=reward,
            key=f"api:{caller.api_key_id}:{idempotency_key}",
            at=now,
            actor=caller.actor,
        )
        available = spendable_by(member.pk, at=now)
        answer = redemption_out(redemption, member, available)
        return Answer(201, answer.model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=redeem)


@rewards.get(
    "",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[RewardOut], **READ_PROBLEMS},
    summary="List rewards on offer",
    operation_id="list_rewards",
)
def list_rewards(request: ApiRequest, member: MemberNumber = None) -> list[RewardOut]:
    """List what points buy now, cheapest first; `stock` is null without a limit.

    With a member's number each says whether that member can have it, and why not.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    offers: dict[int, Offer] = {}
    if member is not None:
        account, available = _customer(member, now)
        listed = offers_for(account=account, available=available, at=now)
        offers = {each.reward.pk: each for each in listed}
    return [
        _reward_out(reward, offers.get(reward.pk), member)
        for reward in Reward.objects.on_offer(now).select_related("stock")
    ]


@rewards.get(
    "/{reward_id}",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: RewardOut, **READ_PROBLEMS},
    summary="Read a reward",
    operation_id="read_reward",
)
def read_reward(
    request: ApiRequest, reward_id: UUID, member: MemberNumber = None
) -> RewardOut:
    """Say what a reward is, on offer or not; with a member's number, why not for them."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    found = Reward.objects.filter(public_id=reward_id).select_related("stock").first()
    if found is None:
        raise UnknownReward
    offer = None
    if member is not None:
        account, available = _customer(member, now)
        offer = offer_of(reward_id, account=account, available=available, at=now)
    return _reward_out(found, offer, member)


def _customer(number: str, at: datetime) -> tuple[Account, int]:
    found = member_of(number=number)
    account = Account.objects.get(pk=found.pk)
    return account, spendable_by(found.pk, at=at)


def _reward_out(reward: Reward, offer: Offer | None, number: str | None) -> RewardOut:
    currency = current_rulebook().currency
    is_limited = reward.limit_per_period is not None
    return RewardOut(
        id=reward.public_id,
        name=reward.name,
        names=InLanguages(
            en=reward.name,
            zh_hans=reward.name_zh_hans or reward.name,
            zh_hant=reward.name_zh_hant or reward.name,
        ),
        description=reward.description,
        descriptions=InLanguages(
            en=reward.description,
            zh_hans=reward.description_zh_hans or reward.description,
            zh_hant=reward.description_zh_hant or reward.description,
        ),
        kind=reward.kind,
        cost_points=reward.cost_points,
        money=amount_text(reward.money_minor, currency),
        value=amount_text(reward.value_minor, currency),
        value_percent=reward.value_percent,
        currency=currency,
        stock=pieces_of(reward),
        limit_per_member=reward.limit_per_member,
        limit_per_period=reward.limit_per_period,
        limit_period=reward.limit_period if is_limited else None,
        valid_days=reward.valid_days,
        needs_approval=reward.needs_approval,
        for_member=_for_member(offer, number or "") if offer else None,
    )


def _for_member(offer: Offer, number: str) -> ForMember:
    problem = offer.problem
    return ForMember(
        member=number,
        can_redeem=offer.is_reachable,
        cost_points=offer.cost_points,
        missing=offer.missing,
        code=problem.code if problem else None,
        reason=offer.reason or None,
        until=getattr(problem, "until", None),
    )


def redemption_out(
    redemption: Redemption, member: Member, available: int
) -> RedemptionOut:
    """Return a redemption with the lots it took from."""
    currency = current_rulebook().currency
    taken = lots_taken_by(entry_id=redemption.entry_id)
    return RedemptionOut(
        id=redemption.public_id,
        member=member.number,
        reward=redemption.reward.public_id,
        reward_name=redemption.reward.name,
        points=redemption.points,
        money=amount_text(redemption.money_minor, currency),
        value=amount_text(redemption.value_minor, currency),
        currency=currency,
        state=redemption.state,
        code=redemption.code,
        at=redemption.at,
        valid_until=redemption.valid_until,
        available=available,
        lots=[
            LotTaken(points=each.points, expires_at=each.expires_at) for each in taken
        ],
    )
