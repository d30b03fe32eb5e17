"""Which segments there are, and who is in them."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from loyalty_site.lib.keyset import COUNT_LIMIT, Count
from loyalty_site.lib.statements import fetch
from members.models import Member, MemberQuerySet, Segment, SegmentStay

# Each count stops at a limit, so that a segment of millions costs as little as a small one.
COUNTS = """
SELECT s.id, (
  SELECT count(*) FROM (
    SELECT FROM members_segmentstay y
    WHERE y.segment_id = s.id AND y.left_at IS NULL LIMIT %(limit)s
  ) found)
FROM members_segment s WHERE s.id = ANY(%(ids)s::bigint[])
"""


@dataclass(frozen=True)
class SegmentRow:
    """A segment, and how many members are in it."""

    segment: Segment
    members: Count


@dataclass(frozen=True)
class MemberSegments:
    """The stays of a member: those that go on, and those that ended."""

    now: list[SegmentStay]
    before: list[SegmentStay]


def segment_rows(segments: Sequence[Segment]) -> list[SegmentRow]:
    """Return the segments with their counts, which stop at a limit."""
    ids = [each.pk for each in segments]
    found = dict(fetch(COUNTS, {"ids": ids, "limit": COUNT_LIMIT + 1}))
    return [
        SegmentRow(each, Count(min(n, COUNT_LIMIT), n <= COUNT_LIMIT))
        for each in segments
        for n in [found[each.pk]]
    ]


def segments_of(member: Member) -> MemberSegments:
    """Return the segments that a member is in, and those of before, the latest first."""
    stays = member.stays.select_related("segment").order_by("-joined_at", "-pk")
    return MemberSegments(
        now=[each for each in stays if each.left_at is None],
        before=[each for each in stays if each.left_at is not None],
    )


def in_segment(members: MemberQuerySet, slug: str) -> MemberQuerySet:
    """Return those of the members who are in the segment now."""
    stays = SegmentStay.objects.filter(segment__slug=slug, left_at=None)
    return members.filter(pk__in=stays.values("member"))


def segment_names() -> dict[str, str]:
    """Return the names of all segments by their short names, those in use first."""
    segments = Segment.objects.order_by("name", "pk")
    names = {each.slug: _shown(each) for each in segments if not each.is_archived}
    return names | {each.slug: _shown(each) for each in segments if each.is_archived}


def _shown(segment: Segment) -> str:
    if segment.is_archived:
        return _("%(name)s (archived)") % {"name": segment.local_name}
    return segment.local_name
