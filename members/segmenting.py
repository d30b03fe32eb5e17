"""Every write to segments: make, change, archive, fill, empty."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from loyalty_site.lib.actors import Actor, system_actor
from loyalty_site.lib.statements import fetch
from members.errors import SegmentArchived, SegmentExists
from members.models import Member, Segment, SegmentStay

# Whoever is closed meanwhile waits for this, or is not added. Posting, which only refers
# to members, waits for nothing.
ADD = """
WITH target AS (
  SELECT id FROM members_segment WHERE id = %(segment)s AND archived_at IS NULL
  FOR SHARE
), added AS (
  SELECT id FROM members_member
  WHERE id = ANY(%(ids)s::bigint[]) AND closed_at IS NULL
  ORDER BY id FOR NO KEY UPDATE
)
INSERT INTO members_segmentstay
  (member_id, segment_id, joined_at, joined_by, left_by)
SELECT added.id, target.id, %(at)s, %(actor)s, '' FROM added, target ORDER BY added.id
ON CONFLICT (segment_id, member_id) WHERE left_at IS NULL DO NOTHING
RETURNING member_id
"""
BY_CLOSING = str(system_actor("members.closing"))
BY_MERGE = str(system_actor("members.merging"))


@dataclass(frozen=True)
class SegmentContent:
    """What a segment says of itself."""

    name: str
    name_zh_hans: str = ""
    name_zh_hant: str = ""
    description: str = ""


@transaction.atomic
def make_segment(*, slug: str, content: SegmentContent, actor: Actor) -> Segment:
    """Make a segment with nobody in it; raises SegmentExists."""
    try:
        with transaction.atomic(), pghistory.context(reason="make", actor=str(actor)):
            return Segment.objects.create(slug=slug, **vars(content))
    except IntegrityError:
        raise SegmentExists(slug=slug) from None


@transaction.atomic
def change_segment(
    *, segment: Segment, content: SegmentContent, actor: Actor
) -> Segment:
    """Change what a segment says of itself; its short name stays."""
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    with pghistory.context(reason="change", actor=str(actor)):
        for name, value in vars(content).items():
            setattr(segment, name, value)
        segment.save(update_fields=list(vars(content)))
    return segment


@transaction.atomic
def archive_segment(
    *, segment: Segment, is_archived: bool, at: datetime, actor: Actor
) -> Segment:
    """Put a segment away, or take it out again; repeating it changes nothing.

    Whoever is in it stays in it, so that rules go on until they are changed too.
    """
    segment = Segment.objects.select_for_update().get(pk=segment.pk)
    if segment.is_archived != is_archived:
        with pghistory.context(reason="archive", actor=str(actor)):
            segment.archived_at = at if is_archived else None
            segment.save(update_fields=["archived_at"])
    return segment


@transaction.atomic
def add_to_segment(
    *, segment: Segment, member_ids: Collection[int], at: datetime, actor: Actor
) -> int:
    """Add members from now on and return how many; those who are in it stay as they are.

    Closed memberships are passed over. Raises SegmentArchived.
    """
    ids = sorted(set(member_ids))
    added = fetch(
        ADD, {"segment": segment.pk, "ids": ids, "at": at, "actor": str(actor)}
    )
    if not added and Segment.objects.get(pk=segment.pk).is_archived:
        raise SegmentArchived(name=segment.local_name)
    return len(added)


@transaction.atomic
def remove_from_segment(
    *, segment: Segment, member_ids: Collection[int], at: datetime, actor: Actor
) -> int:
    """Take members out from now on and return how many were in it."""
    stays = SegmentStay.objects.filter(segment=segment, member__in=member_ids)
    return _end(stays.order_by("member_id"), at=at, by=str(actor))


def leave_all(*, member: Member, at: datetime) -> int:
    """Take a member, whom the caller has locked and closes, out of every segment."""
    return _end(SegmentStay.objects.filter(member=member), at=at, by=BY_CLOSING)


def move_stays(*, gone: Member, kept: Member, at: datetime) -> tuple[int, ...]:
    """Let the stays of `gone` be those of `kept`, under the caller's locks.

    Where both are in a segment, that of `gone` ends. Returns which stays moved.
    """
    theirs = SegmentStay.objects.filter(member=gone)
    both = SegmentStay.objects.filter(member=kept, left_at=None).values("segment")
    _end(theirs.filter(segment__in=both), at=at, by=BY_MERGE)
    moved = tuple(theirs.values_list("pk", flat=True))
    theirs.update(member=kept)
    return moved


def move_stays_back(
    *, stay_ids: Iterable[int], gone: Member, kept: Member, merged_at: datetime
) -> None:
    """Undo `move_stays`; a stay that ended since stays ended."""
    back = SegmentStay.objects.filter(pk__in=list(stay_ids), member=kept)
    ids = list(back.values_list("pk", flat=True))
    back.update(member=gone)
    by_it = SegmentStay.objects.filter(pk__in=ids, left_at=merged_at, left_by=BY_MERGE)
    by_it.update(left_at=None, left_by="")


def _end(stays: QuerySet[SegmentStay], *, at: datetime, by: str) -> int:
    open_ones = stays.filter(left_at=None).select_for_update()
    ids = list(open_ones.values_list("pk", flat=True))
    return SegmentStay.objects.filter(pk__in=ids).update(left_at=at, left_by=by)
