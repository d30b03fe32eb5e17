"""Whom a wave asks, whom it leaves out, and why: one query for plan and wave alike."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import (
    Case,
    CharField,
    Count,
    Exists,
    OuterRef,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower

from loyalty_site.lib.periods import day_of
from members.models import Consent, Member
from surveys.models import ContactLog, Invitation, SkippedInvite, Suppression, Survey

Reason = SkippedInvite.Reason
ASK = ""
# Rows with columns that the type of the model does not know.
Annotated = QuerySet[Any]


@dataclass(frozen=True)
class Candidate:
    """A member as a wave sees them; an empty reason means that they are asked."""

    member_id: int
    tier_id: int | None
    reason: str
    eligible_on: date | None


@dataclass(frozen=True)
class AudiencePlan:
    """How many members a wave would ask now, and how many not, by reason."""

    invited: int
    skipped: dict[str, int]

    @property
    def left_out(self) -> int:
        """How many open memberships would get no mail."""
        return sum(self.skipped.values())


def audience_plan(*, survey: Survey, at: datetime) -> AudiencePlan:
    """Return what a wave opened at `at` would come to; writes nothing."""
    rows = _with_reason(Member.objects.active(), survey=survey, at=at)
    counts = dict(rows.order_by().values_list("reason").annotate(n=Count("pk")))
    return AudiencePlan(invited=counts.pop(ASK, 0), skipped=counts)


def next_candidates(
    *, survey: Survey, after: int, limit: int, at: datetime, zone: ZoneInfo
) -> list[Candidate]:
    """Return the open memberships with an id above `after`, in order of id."""
    rows = _with_reason(
        Member.objects.active().filter(pk__gt=after), survey=survey, at=at
    )
    gap = timedelta(days=survey.contact_gap_days)
    columns = rows.order_by("pk").values_list(
        "pk", "account__tier_id", "reason", "asked_at"
    )
    return [
        Candidate(pk, tier, reason, _eligible_on(reason, asked_at, gap, zone))
        for pk, tier, reason, asked_at in columns[:limit]
    ]


def reasons_against(members: Iterable[Member]) -> dict[int, str]:
    """Return by member id why no survey may be mailed to them now, where so.

    The contact policy is not asked: it was, when the invitation was queued.
    """
    by_id = {member.pk: member for member in members}
    rows = _with_permission(Member.objects.filter(pk__in=by_id)).annotate(
        reason=Case(*_LASTING_REASONS, default=Value(ASK), output_field=CharField())
    )
    found = dict(rows.exclude(reason=ASK).values_list("pk", "reason"))
    closed = {pk: Reason.CLOSED for pk, each in by_id.items() if not each.is_open}
    return found | closed


def _with_permission(members: Annotated) -> Annotated:
    said = Consent.objects.filter(
        member=OuterRef("pk"),
        purpose=Consent.Purpose.SURVEY,
        channel=Consent.Channel.EMAIL,
    ).order_by("-at", "-id")
    bounced = Suppression.objects.annotate(lower=Lower("address")).filter(
        lower=Lower(OuterRef("email"))
    )
    rows: Annotated = members.annotate(
        consent=Subquery(said.values("is_granted")[:1]), is_suppressed=Exists(bounced)
    )
    return rows


def _with_reason(members: Annotated, *, survey: Survey, at: datetime) -> Annotated:
    since = at - timedelta(days=survey.contact_gap_days)
    mailed = ContactLog.objects.surveys_since(since).filter(member=OuterRef("pk"))
    waiting = Invitation.objects.filter(
        member=OuterRef("pk"), state=Invitation.State.QUEUED
    )
    asked_at = Coalesce(
        Subquery(waiting.order_by("-due_at").values("due_at")[:1]),
        Subquery(mailed.order_by("-at").values("at")[:1]),
    )
    rows: Annotated = (
        _with_permission(members)
        .annotate(asked_at=asked_at)
        .annotate(
            reason=Case(
                *_LASTING_REASONS,
                When(asked_at__isnull=False, then=Value(Reason.RECENTLY_ASKED)),
                default=Value(ASK),
                output_field=CharField(),
            )
        )
    )
    return rows


def _eligible_on(
    reason: str, asked_at: datetime | None, gap: timedelta, zone: ZoneInfo
) -> date | None:
    if reason != Reason.RECENTLY_ASKED or asked_at is None:
        return None
    return day_of(asked_at + gap, zone)


_LASTING_REASONS = (
    When(email="", then=Value(Reason.NO_EMAIL)),
    When(is_suppressed=True, then=Value(Reason.SUPPRESSED)),
    When(consent=False, then=Value(Reason.REFUSED)),
    When(consent=None, then=Value(Reason.NO_CONSENT)),
)
