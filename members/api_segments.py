"""The API of segments: which there are, which a member is in, put in, take out."""

from datetime import UTC, datetime
from typing import Annotated

from django.http import HttpResponse
from django.utils import timezone
from ninja import Query, Router
from pydantic import BaseModel

from loyalty_site.apiaccess.idempotency import Answer, answer_once
from loyalty_site.apiaccess.keys import ApiRequest, BearerKey
from loyalty_site.apiaccess.models import ApiKey
from loyalty_site.apiaccess.paging import Page, PageQuery, page_of
from loyalty_site.apiaccess.schemas import (
    PROBLEMS,
    READ_PROBLEMS,
    IdempotencyKey,
    Instant,
)
from members.api import member_at
from members.api_changes import router
from members.errors import MemberClosed, UnknownSegment
from members.models import Member, Segment, SegmentStay
from members.segmenting import add_to_segment, remove_from_segment

__all__ = ["router", "segments"]
segments = Router(tags=["Segments"])


class SegmentOut(BaseModel):
    """A group of members; nobody can be added to an archived one."""

    slug: str
    name: str
    description: str
    is_archived: bool


class SegmentPage(Page[SegmentOut]):
    """Segments, in the order in which they were made."""


class StayOut(BaseModel):
    """A segment that a member is in, and since when."""

    segment: str
    joined_at: Instant


class MemberSegmentsOut(BaseModel):
    """The segments that a member is in now, by their short names."""

    segments: list[StayOut]


def _segment_out(segment: Segment) -> SegmentOut:
    return SegmentOut(
        slug=segment.slug,
        name=segment.name,
        description=segment.description,
        is_archived=segment.is_archived,
    )


@segments.get(
    "",
    auth=BearerKey(ApiKey.Scope.MEMBERS_READ),
    response={200: SegmentPage, **READ_PROBLEMS},
    summary="List segments",
    operation_id="list_segments",
)
def list_segments(
    request: ApiRequest,
    page: Query[PageQuery],
    is_archived: Annotated[bool | None, Query()] = None,
) -> SegmentPage:
    """List segments; `is_archived` leaves out those in use, or the archived ones."""
    rows = Segment.objects.all()
    if is_archived is not None:
        rows = rows.filter(archived_at__isnull=not is_archived)
    items, following = page_of(
        request,
        page,
        rows,
        order_by="pk",
        show=lambda found: [_segment_out(each) for each in found],
    )
    return SegmentPage(items=items, next=following)


@router.get(
    "/{number}/segments",
    auth=BearerKey(ApiKey.Scope.MEMBERS_READ),
    response={200: MemberSegmentsOut, **READ_PROBLEMS},
    summary="Read the segments of a member",
    operation_id="read_member_segments",
)
def get_segments(request: ApiRequest, number: str) -> MemberSegmentsOut:
    """Return the segments that the member is in now."""
    return _segments_out(member_at(number))


@router.put(
    "/{number}/segments/{slug}",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={200: MemberSegmentsOut, **PROBLEMS},
    summary="Put a member into a segment",
    operation_id="add_to_segment",
)
def put_segment(
    request: ApiRequest, number: str, slug: str, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Put the member into the segment from now on; who is in it already stays so.

    Refused for a closed membership and for an archived segment.
    """
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def put() -> Answer:
        member, segment = member_at(number), _segment_at(slug)
        if not member.is_open:
            raise MemberClosed(number=member.number)
        add_to_segment(
            segment=segment,
            member_ids=[member.pk],
            at=now,
            actor=request.auth.actor,
        )
        return Answer(200, _segments_out(member).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=put)


@router.delete(
    "/{number}/segments/{slug}",
    auth=BearerKey(ApiKey.Scope.MEMBERS_WRITE),
    response={200: MemberSegmentsOut, **PROBLEMS},
    summary="Take a member out of a segment",
    operation_id="remove_from_segment",
)
def delete_segment(
    request: ApiRequest, number: str, slug: str, idempotency_key: IdempotencyKey
) -> HttpResponse:
    """Take the member out of the segment from now on; who is not in it stays so."""
    now = timezone.now()  # noqa: TID251 -- a door of the API reads the clock

    def remove() -> Answer:
        member = member_at(number)
        remove_from_segment(
            segment=_segment_at(slug),
            member_ids=[member.pk],
            at=now,
            actor=request.auth.actor,
        )
        return Answer(200, _segments_out(member).model_dump(mode="json"))

    return answer_once(request, key=idempotency_key, at=now, work=remove)


def _segment_at(slug: str) -> Segment:
    is_sane = slug.isascii() and slug.isprintable()
    segment = Segment.objects.filter(slug=slug).first() if is_sane else None
    if segment is None:
        raise UnknownSegment(slug=slug)
    return segment


def _segments_out(member: Member) -> MemberSegmentsOut:
    rows = SegmentStay.objects.filter(member=member, left_at=None)
    found = rows.order_by("segment__slug").values_list("segment__slug", "joined_at")
    return MemberSegmentsOut(
        segments=[StayOut(segment=slug, joined_at=_utc(at)) for slug, at in found]
    )


def _utc(at: datetime) -> datetime:
    return at.astimezone(UTC)
