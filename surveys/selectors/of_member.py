"""What the member's page shows of surveys: a tab and items of the timeline."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from members.models import Member
from members.panels import TimelineItem
from surveys.models import Case, Invitation, Response
from surveys.selectors.responses import comment_of, with_comments

SHOWN = 50


def surveys_panel(member: Member, at: datetime) -> Mapping[str, Any]:
    """Return the invitations of a member with their responses, and the cases."""
    invitations = (
        Invitation.objects.filter(member=member)
        .select_related("wave", "survey", "response")
        .order_by("-queued_at")[:SHOWN]
    )
    return {
        "invitations": list(invitations),
        "cases": list(Case.objects.filter(member=member).select_related("owner")),
        "skipped": member.skipped_invites.select_related("wave__survey")
        .order_by("-id")
        .first(),
        "now": at,
    }


def responses_of(
    member: Member, before: datetime | None, limit: int
) -> Sequence[TimelineItem]:
    """Return what the member answered, newest first."""
    rows = Response.objects.filter(member=member).exclude(
        state=Response.State.QUARANTINED
    )
    if before is not None:
        rows = rows.filter(first_submit_at__lt=before)
    return [
        TimelineItem(
            at=each.first_submit_at,
            kind="survey",
            icon="message-2",
            title=_("Answered “%(survey)s”") % {"survey": each.survey.name},
            text=_answer_text(each),
            url=each.get_absolute_url(),
        )
        for each in with_comments(rows).order_by("-first_submit_at")[:limit]
    ]


def invitations_of(
    member: Member, before: datetime | None, limit: int
) -> Sequence[TimelineItem]:
    """Return the survey mails the member got, newest first."""
    rows = Invitation.objects.filter(member=member, sent_at__isnull=False)
    if before is not None:
        rows = rows.filter(sent_at__lt=before)
    return [
        TimelineItem(
            at=each.sent_at,
            kind="survey-mail",
            icon="send",
            title=_("Was asked to answer “%(survey)s”") % {"survey": each.survey.name},
            url=each.wave.get_absolute_url(),
        )
        for each in rows.select_related("survey", "wave").order_by("-sent_at")[:limit]
        if each.sent_at is not None
    ]


def cases_of(
    member: Member, before: datetime | None, limit: int
) -> Sequence[TimelineItem]:
    """Return the cases of the member, newest first."""
    rows = Case.objects.filter(member=member)
    if before is not None:
        rows = rows.filter(opened_at__lt=before)
    return [
        TimelineItem(
            at=each.opened_at,
            kind="case",
            icon="heart-handshake",
            title=_("Case opened for a score of %(score)s") % {"score": each.score},
            badge=each.get_state_display(),
            url=each.get_absolute_url(),
        )
        for each in rows.order_by("-opened_at")[:limit]
    ]


def _answer_text(response: Response) -> str:
    comment = comment_of(response)
    if response.score is None:
        return comment
    score = _("Score %(score)s of 10") % {"score": response.score}
    return f"{score} · {comment}" if comment else score
