"""The API of tiers: the ladder, and where a member stands on it."""

from uuid import UUID

from django.utils import timezone
from ninja import Router
from pydantic import BaseModel

from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.schemas import READ_PROBLEMS, Instant
from points.api.reading import member_of
from points.api.schemas import InLanguages
from points.models import Account, Tier, TierChange, TierDraft
from points.selectors.tier_progress import progress_of
from points.tiering.plan import POINTS

router = Router(tags=["Tiers"])
members = Router(tags=["Tiers"])
CHANGES_SHOWN = 100
DRAFTS_SHOWN = 50


class TierOut(BaseModel):
    """A tier; `slug` is its stable name.

    `criteria` are the counters it asks for, inclusive, money in minor units; `needs`
    says whether all or any of them must be met. `threshold` is that of the points;
    `entry_gift` are the points that a member gets once, on coming up to it.
    """

    slug: str
    names: InLanguages
    threshold: int | None
    criteria: dict[str, int]
    needs: str
    multiplier: str
    entry_gift: int
    perks: InLanguages


class TierChangeOut(BaseModel):
    """A move between tiers, by their slug; null is no tier."""

    at: Instant
    from_tier: str | None
    to_tier: str | None
    cause: str
    qualifying: int


class MemberTierOut(BaseModel):
    """The tier held since when, what the next one needs, and the latest moves.

    `qualifying` are the points that count toward a tier now; `missing` of them are
    needed for `next_tier`. `needed` is what is missing of every counter: all of it, or
    one of it where `needs` is `any`.
    """

    member: str
    tier: str | None
    since: Instant | None
    qualifying: int
    next_tier: str | None
    missing: int
    needed: dict[str, int]
    needs: str
    history: list[TierChangeOut]


@router.get(
    "",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[TierOut], **READ_PROBLEMS},
    summary="List the tiers",
    operation_id="list_tiers",
)
def list_tiers(request: ApiRequest) -> list[TierOut]:
    """List the tiers, the lowest first."""
    return [
        TierOut(
            slug=tier.slug,
            names=InLanguages(
                en=tier.name,
                zh_hans=tier.name_zh_hans or tier.name,
                zh_hant=tier.name_zh_hant or tier.name,
            ),
            threshold=tier.threshold,
            criteria=tier.criteria,
            needs=tier.needs,
            multiplier=f"{tier.multiplier.normalize():f}",
            entry_gift=tier.entry_gift,
            perks=InLanguages(
                en=tier.perks,
                zh_hans=tier.perks_zh_hans or tier.perks,
                zh_hant=tier.perks_zh_hant or tier.perks,
            ),
        )
        for tier in Tier.objects.all()
    ]


class TierMoveOut(BaseModel):
    """How many would go from one tier to another, by their slug; null is no tier."""

    from_tier: str | None
    to_tier: str | None
    is_up: bool
    count: int


class TierDraftOut(BaseModel):
    """A change of thresholds or terms that is not applied, or not yet, and who would move.

    `subject` is the tier's name, or the terms; `applies_at` is told of one that waits for the
    next period. `moves` are complete once the state is not `counting`.
    """

    id: UUID
    subject: str
    state: TierDraft.State
    saved_at: Instant
    saved_by: str
    applies_at: Instant | None
    members: int
    moves: list[TierMoveOut]


@router.get(
    "/drafts",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: list[TierDraftOut], **READ_PROBLEMS},
    summary="List the drafts of tiers",
    operation_id="list_tier_drafts",
)
def list_tier_drafts(request: ApiRequest) -> list[TierDraftOut]:
    """List what may change, the newest first, with how many members would move."""
    return [
        TierDraftOut(
            id=draft.public_id,
            subject=draft.subject,
            state=TierDraft.State(draft.state),
            saved_at=draft.saved_at,
            saved_by=draft.saved_by,
            applies_at=draft.applies_at,
            members=draft.members,
            moves=[
                TierMoveOut(
                    from_tier=slug_from or None,
                    to_tier=slug_to or None,
                    is_up=is_up,
                    count=count,
                )
                for slug_from, slug_to, is_up, count, _shown in draft.moves
            ],
        )
        for draft in TierDraft.objects.undecided()[:DRAFTS_SHOWN]
    ]


@members.get(
    "/{number}/tier",
    auth=BearerKey(ApiKey.Scope.POINTS_READ),
    response={200: MemberTierOut, **READ_PROBLEMS},
    summary="Read a member's tier",
    operation_id="read_member_tier",
)
def get_tier(request: ApiRequest, number: str) -> MemberTierOut:
    """Say which tier the member holds, how far the next one is, and how it came."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock
    member = member_of(number=number)
    account = Account.objects.select_related("tier").get(pk=member.pk)
    progress = progress_of(account, at=now)
    needed = {each.counter: each.amount for each in progress.missing}
    moves = TierChange.objects.filter(account=account).order_by("-at", "-pk")
    return MemberTierOut(
        member=member.number,
        tier=progress.tier.slug if progress.tier else None,
        since=progress.since,
        qualifying=progress.qualifying,
        next_tier=progress.following.slug if progress.following else None,
        missing=needed.get(POINTS, 0),
        needed=needed,
        needs=Tier.Needs.ALL if progress.needs_all else Tier.Needs.ANY,
        history=[
            TierChangeOut(
                at=move.at,
                from_tier=move.from_tier.slug if move.from_tier else None,
                to_tier=move.to_tier.slug if move.to_tier else None,
                cause=move.cause,
                qualifying=move.qualifying,
            )
            for move in moves.select_related("from_tier", "to_tier")[:CHANGES_SHOWN]
        ],
    )
