"""What members agreed to: the latest word for each purpose counts."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Subquery

from members.models import Consent, Member, MemberQuerySet


@dataclass(frozen=True)
class Agreement:
    """What a member last said about a purpose; `at` is None where nothing was said."""

    purpose: str
    label: str
    is_granted: bool
    at: datetime | None
    source: str


def agreements_of(member: Member) -> list[Agreement]:
    """Return one agreement for each purpose, said or not."""
    latest = {
        each.purpose: each
        for each in Consent.objects.filter(
            member=member, channel=Consent.Channel.EMAIL
        ).order_by("at", "pk")
    }
    return [
        Agreement(
            purpose=purpose.value,
            label=str(purpose.label),
            is_granted=purpose in latest and latest[purpose].is_granted,
            at=latest[purpose].at if purpose in latest else None,
            source=latest[purpose].source if purpose in latest else "",
        )
        for purpose in Consent.Purpose
    ]


def consents_of(member: Member, *, limit: int = 50) -> list[Consent]:
    """Return what the member said, the latest first."""
    said = Consent.objects.filter(member=member).order_by("-at", "-pk")
    return list(said[:limit])


def with_consent(members: MemberQuerySet, purpose: str) -> MemberQuerySet:
    """Return members whose latest word on mails for that purpose is yes."""
    latest = (
        Consent.objects.filter(
            member=OuterRef("member"),
            purpose=purpose,
            channel=Consent.Channel.EMAIL,
        )
        .order_by("-at", "-pk")
        .values("pk")[:1]
    )
    granted = Consent.objects.filter(
        member=OuterRef("pk"), is_granted=True, pk=Subquery(latest)
    )
    return members.filter(Exists(granted))
