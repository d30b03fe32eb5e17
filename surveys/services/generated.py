"""Waves and answers of the demo: the same services, without mail, marked as made up."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from loyalty_site.lib.actors import Actor
from surveys.content import read_content
from surveys.models import Invitation, Response, Survey, Wave
from surveys.questions.base import Given
from surveys.services.answers import Submission, record_answer
from surveys.services.sending import mark_sent
from surveys.services.waves import new_wave, queue_members


@transaction.atomic
def open_generated_wave(
    *, survey: Survey, period: str, at: datetime, actor: Actor
) -> Wave:
    """Return the wave of that period with its members chosen as of `at`, mails unsent."""
    wave, is_new = new_wave(
        survey=survey,
        period=period,
        sends_from=at,
        at=at,
        actor=actor,
        is_generated=True,
    )
    if is_new:
        last_id: int | None = 0
        while last_id is not None:
            last_id = queue_members(wave=wave, after=last_id, at=at).last_id
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPEN)
        wave.refresh_from_db()
    return wave


def mark_generated_wave_sent(*, wave: Wave, at: datetime) -> int:
    """Note all its queued invitations as sent at `at`, though no mail went out."""
    return mark_sent(
        invitations=list(wave.invitations.filter(state=Invitation.State.QUEUED)), at=at
    )


@transaction.atomic
def answer_as_generated(
    *,
    invitation: Invitation,
    answers: Mapping[str, Given | None],
    at: datetime,
    programme: str = "",
) -> Response:
    """Answer by question key as a person would, step by step, marked as made up.

    Questions that `answers` does not name are left out.
    """
    content = read_content(invitation.wave.version.content)
    for step, question in enumerate(content.questions, start=1):
        submission = Submission(
            step=step,
            given=answers.get(question.key),
            language=invitation.member.language,
        )
        record_answer(
            invitation_id=invitation.pk,
            submission=submission,
            at=at,
            programme=programme,
            is_generated=True,
        )
    return Response.objects.get(invitation=invitation)
