"""The API of challenges: what runs, how far a member is, and the badges."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from ninja import Router
from pydantic import BaseModel

from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import READ_PROBLEMS, Instant
from points.api.reading import member_of
from points.api.schemas import InLanguages
from points.models import Account, Badge, Challenge, ChallengeGoal
from points.selectors.challenge_progress import badges_of, progress_of_member
from points.selectors.challenges_in_force import challenges_in_force

router = Router(tags=["Challenges"])
members = Router(tags=["Challenges"])


class GoalOut(BaseModel):
    """A counter and how far it has to come; reached counts as in.

    `kind` is one of purchases, spend, points, visits, sku, category and events. Spend and
    `smallest_purchase` are in minor units. `what` is the article, category or event.
    """

    kind: str
    target: int
    what: str
    smallest_purchase: int


class BadgeOut(BaseModel):
    """A badge; its picture is served without a key at `/rewards/pictures/<digest>/`."""

    id: UUID
    names: InLanguages
    descriptions: InLanguages
    picture: str | None


class ChallengeOut(BaseModel):
    """A challenge that runs; the end is exclusive.

    `needs` says whether all or any of the goals have to be reached, `repeat` whether once,
    or every week or month. `tier` is the lowest that takes part, null is everybody.
    """

    id: UUID
    names: InLanguages
    descriptions: InLanguages
    starts_at: Instant
    ends_at: Instant
    repeat: str
    needs: str
    goals: list[GoalOut]
    tier: str | None
    points: int
    badge: BadgeOut | None


class GoalProgressOut(GoalOut):
    """A goal and what the member has done for it so far."""

    had: int
    is_reached: bool


class ChallengeProgressOut(BaseModel):
    """How far a member is in the period of now, which begins on the day `period`.

    `reached_at` and `points_given` are those of this period, `times` counts all periods.
    """

    challenge: UUID
    names: InLanguages
    ends_at: Instant
    period: date
    needs: str
    goals: list[GoalProgressOut]
    reached_at: Instant | None
    points_given: int
    times: int


class MemberBadgeOut(BaseModel):
    """A badge that a member has, since when, and by which challenge."""

    badge: BadgeOut
    at: Instant
    challenge: UUID


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[ChallengeOut], **READ_PROBLEMS},
    summary="List challenges that run",
    operation_id="list_challenges",
)
def list_challenges(request: ApiRequest) -> list[ChallengeOut]:
    """List what members can work toward now, the first end first."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    running = sorted(challenges_in_force(at=now), key=lambda c: (c.ends_at, c.pk))
    return [_challenge_out(challenge) for challenge in running]


@members.get(
    "/{number}/challenges",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[ChallengeProgressOut], **READ_PROBLEMS},
    summary="Read how far a member is",
    operation_id="read_member_challenges",
)
def read_member_challenges(
    request: ApiRequest, number: str
) -> list[ChallengeProgressOut]:
    """Say how far a member is in each challenge that runs for them now."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    account = Account.objects.select_related("tier").get(pk=member_of(number=number).pk)
    return [
        ChallengeProgressOut(
            challenge=each.challenge.public_id,
            names=_names(each.challenge),
            ends_at=each.challenge.ends_at,
            period=each.period,
            needs=each.challenge.needs,
            goals=[
                GoalProgressOut(
                    **_goal_out(goal.goal).model_dump(),
                    had=goal.had,
                    is_reached=goal.is_reached,
                )
                for goal in each.goals
            ],
            reached_at=each.award.at if each.award else None,
            points_given=each.award.points if each.award else 0,
            times=each.times,
        )
        for each in progress_of_member(account, at=now)
    ]


@members.get(
    "/{number}/badges",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[MemberBadgeOut], **READ_PROBLEMS},
    summary="List a member's badges",
    operation_id="list_member_badges",
)
def list_member_badges(request: ApiRequest, number: str) -> list[MemberBadgeOut]:
    """List the badges of a member, the latest first."""
    return [
        MemberBadgeOut(
            badge=_badge_out(each.badge),
            at=each.at,
            challenge=each.award.challenge.public_id,
        )
        for each in badges_of(member_of(number=number).pk)
    ]


def _challenge_out(challenge: Challenge) -> ChallengeOut:
    return ChallengeOut(
        id=challenge.public_id,
        names=_names(challenge),
        descriptions=_descriptions(challenge),
        starts_at=challenge.starts_at,
        ends_at=challenge.ends_at,
        repeat=challenge.repeat,
        needs=challenge.needs,
        goals=[_goal_out(goal) for goal in challenge.goals.all()],
        tier=challenge.tier.slug if challenge.tier else None,
        points=challenge.points,
        badge=_badge_out(challenge.badge) if challenge.badge else None,
    )


def _goal_out(goal: ChallengeGoal) -> GoalOut:
    return GoalOut(
        kind=goal.kind,
        target=goal.target,
        what=goal.what,
        smallest_purchase=goal.least_minor,
    )


def _badge_out(badge: Badge) -> BadgeOut:
    return BadgeOut(
        id=badge.public_id,
        names=_names(badge),
        descriptions=_descriptions(badge),
        picture=badge.picture_digest or None,
    )


def _names(of: Challenge | Badge) -> InLanguages:
    return InLanguages(
        en=of.name,
        zh_hans=of.name_zh_hans or of.name,
        zh_hant=of.name_zh_hant or of.name,
    )


def _descriptions(of: Challenge | Badge) -> InLanguages:
    return InLanguages(
        en=of.description,
        zh_hans=of.description_zh_hans or of.description,
        zh_hant=of.description_zh_hant or of.description,
    )
