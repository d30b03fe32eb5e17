"""Members, what they agreed to, and the segments they are in."""

from members.models.people import (
    CONSENT_SOURCES,
    Consent,
    Identifier,
    Member,
    MemberQuerySet,
)
from members.models.segments import Segment, SegmentQuerySet, SegmentStay

__all__ = [
    "CONSENT_SOURCES",
    "Consent",
    "Identifier",
    "Member",
    "MemberQuerySet",
    "Segment",
    "SegmentQuerySet",
    "SegmentStay",
]
