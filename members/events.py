"""What other systems are told of members: no name and no address, only who it is."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from loyalty_site.webhooks.kinds import Data, EventKind
from members.models import Member

CREATED, UPDATED, CLOSED = "member.created", "member.updated", "member.closed"
MERGED = "member.merged"
SAMPLE_NUMBER = "M7Q2K9XW4BT"
_SAMPLE_AT = datetime(2026, 3, 1, 4, 30, tzinfo=UTC)


def member_data(member: Member) -> Data:
    """Return what is told of a member; the rest is read by the API, with its scope."""
    return {
        "number": member.number,
        "language": member.language,
        "enrolled_at": member.enrolled_at,
        "enrolled_via": member.enrolled_via,
        "closed_at": member.closed_at,
        "merged_into": member.merged_into.number if member.merged_into else None,
    }


def sample_member() -> Member:
    """Return a member who does not exist."""
    return Member(
        number=SAMPLE_NUMBER,
        language=Member.Language.ZH_HANT,
        enrolled_at=_SAMPLE_AT,
        enrolled_via="api",
    )


def _sample() -> Data:
    return member_data(sample_member())


def _merged_sample() -> Data:
    return {**_sample(), "closed_at": _SAMPLE_AT, "merged_into": "M2H8PTC5R9D"}


EVENT_KINDS = (
    EventKind(CREATED, _("Somebody was enrolled."), _sample),
    EventKind(UPDATED, _("Name, contact or language changed."), _sample),
    EventKind(CLOSED, _("A membership was closed."), _sample),
    EventKind(
        MERGED,
        _("A membership was merged into another one; use the other one from now on."),
        _merged_sample,
    ),
)
