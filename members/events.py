"""What other systems are told of members: no name and no address, only who it is."""

from datetime import UTC, datetime

from django.utils.translation import gettext_lazy as _

from loyalty_site.webhooks.kinds import Data, EventKind
from members.models import Member

CREATED, UPDATED, CLOSED = "member.created", "member.updated", "member.closed"
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


EVENT_KINDS = (
    EventKind(CREATED, _("Somebody was enrolled."), _sample),
    EventKind(UPDATED, _("Name, contact or language changed."), _sample),
    EventKind(CLOSED, _("A membership was closed."), _sample),
)
