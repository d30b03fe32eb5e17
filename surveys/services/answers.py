"""Record answers: each step saved, the last one paid, everything counted once."""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from loyalty_site.lib.actors import member_actor
from loyalty_site.webhooks.services.outbox import NewEvent, tell
from points.services.bonuses import award_bonus
from points.services.own_events import record_answered_survey
from surveys import events
from surveys.content import Content, piped, read_content
from surveys.errors import StepUnknown
from surveys.models import Answer, Invitation, Response
from surveys.questions.base import Given, Question, text_in
from surveys.selectors.links import require_answerable
from surveys.services.cases import follow_score
from surveys.services.sending import mark_sent

logger = logging.getLogger(__name__)
State = Response.State
# Nobody opens a mail, reads the question and answers it in this time.
FASTEST_PERSON = timedelta(seconds=2)
TRAP = "trap"
TOO_FAST = "too_fast"


@dataclass(frozen=True)
class Submission:
    """One step (from 1) as it was sent; `given` is None where it was left out."""

    step: int
    given: Given | None
    language: str
    is_trapped: bool = False


@dataclass(frozen=True)
class Recorded:
    """What the step came to: the step to show next, or None when all is done."""

    response: Response
    next_step: int | None


@transaction.atomic
def record_answer(
    *,
    invitation_id: int,
    submission: Submission,
    at: datetime,
    programme: str = "",
    is_generated: bool = False,
) -> Recorded:
    """Save one step; the last one completes the response and pays its points, once.

    The invitation is locked, so two tabs come one after the other: the later answer
    wins, the earlier stays as history, and points and case follow once. Raises
    LinkUnknown after the link's last day, AnswersFinal a day after completion and
    StepUnknown; nothing is written then.
    """
    invitation = _locked(invitation_id)
    content = read_content(invitation.wave.version.content)
    response = Response.objects.filter(invitation=invitation).first()
    require_answerable(invitation=invitation, response=response, at=at)
    if not 1 <= submission.step <= len(content.questions):
        raise StepUnknown
    suspicion = _suspicion(invitation, response, submission, at)
    if response is None:
        response = _begun(invitation, submission, at, is_generated=is_generated)
    elif suspicion and response.state != State.QUARANTINED:
        # Somebody was believed here before: a machine does not overwrite a person.
        logger.warning("A suspicious answer to %s was dropped", response.public_id)
        return Recorded(response, _next_step(submission, content))
    elif response.state == State.QUARANTINED and not suspicion:
        _begin_again(response, at)
    question = content.questions[submission.step - 1]
    _save_answer(response, question, submission, at=at, programme=programme)
    return _carry_on(response, content, submission, suspicion=suspicion, at=at)


def _locked(invitation_id: int) -> Invitation:
    return (
        Invitation.objects.select_for_update(of=("self",))
        .select_related("survey", "wave__version", "member__account")
        .get(pk=invitation_id)
    )


def _suspicion(
    invitation: Invitation,
    response: Response | None,
    submission: Submission,
    at: datetime,
) -> str:
    delivered_at = invitation.sent_at or invitation.handed_over_at
    if submission.is_trapped:
        return TRAP
    if response is None and delivered_at and at - delivered_at < FASTEST_PERSON:
        return TOO_FAST
    return ""


def _begun(
    invitation: Invitation,
    submission: Submission,
    at: datetime,
    *,
    is_generated: bool,
) -> Response:
    wave = invitation.wave
    if invitation.sent_at is None:
        # The sender died between the server's acceptance and our commit: it arrived.
        mark_sent(invitations=[invitation], at=invitation.handed_over_at or at)
    return Response.objects.create(
        survey=invitation.survey,
        version=wave.version,
        wave=wave,
        invitation=invitation,
        member=invitation.member,
        touchpoint=invitation.survey.touchpoint,
        tier_id=invitation.member.account.tier_id,
        language=submission.language,
        first_submit_at=at,
        changed_at=at,
        is_late=at >= (wave.closed_at or wave.closes_at),
        is_generated=is_generated,
    )


def _begin_again(response: Response, at: datetime) -> None:
    """Forget what a machine answered; the history keeps it."""
    response.answers.all().delete()
    response.state = State.STARTED
    response.quarantine_reason = ""
    response.completed_at = None
    response.first_submit_at = at


def _save_answer(
    response: Response,
    question: Question,
    submission: Submission,
    *,
    at: datetime,
    programme: str,
) -> None:
    given = submission.given
    if given is None:
        response.answers.filter(question=question.key).delete()
        return
    shown = piped(text_in(question.text, submission.language), programme=programme)
    Answer.objects.update_or_create(
        response=response,
        question=question.key,
        defaults={
            "value": given.value,
            "is_no_experience": given.is_no_experience,
            "text": given.text,
            "text_shown": shown[:500],
            "answered_at": at,
        },
    )


def _carry_on(
    response: Response,
    content: Content,
    submission: Submission,
    *,
    suspicion: str,
    at: datetime,
) -> Recorded:
    answered = {each.question: each for each in response.answers.all()}
    next_step = _next_step(submission, content) or _left_out(content, answered)
    metric = content.metric
    response.score = None
    if metric is not None and metric.key in answered:
        response.score = answered[metric.key].value
    response.changed_at = at
    response.language = submission.language
    is_first_end = next_step is None and response.completed_at is None
    if is_first_end:
        response.completed_at = at
    response.state = _state(response, content, len(answered), suspicion)
    response.quarantine_reason = suspicion
    if response.state == State.COMPLETE:
        _reward(response, at)
    response.save()
    if is_first_end and response.state == State.COMPLETE:
        tell([NewEvent(events.ANSWERED, events.response_data(response))], at=at)
    if response.state in {State.PARTIAL, State.COMPLETE}:
        _note_answered(response, at)
        follow_score(response=response, at=at)
    return Recorded(response, next_step)


def _next_step(submission: Submission, content: Content) -> int | None:
    return submission.step + 1 if submission.step < len(content.questions) else None


def _left_out(content: Content, answered: dict[str, Answer]) -> int | None:
    """Return the first step that must be answered and is not."""
    numbered = enumerate(content.questions, start=1)
    missing = (step for step, q in numbered if q.is_required and q.key not in answered)
    return next(missing, None)


def _state(
    response: Response, content: Content, answer_count: int, suspicion: str
) -> str:
    """Return how much was answered. Source: survey methods, section 9."""
    if suspicion:
        return State.QUARANTINED
    if response.completed_at is not None:
        return State.COMPLETE
    has_metric = content.metric is None or response.score is not None
    is_half = 2 * answer_count >= len(content.questions)
    return State.PARTIAL if has_metric and is_half else State.STARTED


def _reward(response: Response, at: datetime) -> None:
    """Pay the points for answering: the key is the invitation's, so once."""
    member = response.member
    if not member.is_open:
        return
    record_answered_survey(
        member=member,
        source_id=str(response.invitation.public_id),
        at=at,
        actor=member_actor(member.number),
    )
    points = response.survey.bonus_points
    if response.points_given or not points:
        return
    award_bonus(
        member=member,
        points=points,
        key=f"survey:{response.invitation.public_id}",
        source="survey",
        source_id=str(response.invitation.public_id),
        reason=response.survey.name,
        at=at,
        actor=member_actor(member.number),
    )
    response.points_given = points


def _note_answered(response: Response, at: datetime) -> None:
    Invitation.objects.filter(pk=response.invitation_id, answered_at=None).update(
        state=Invitation.State.ANSWERED, answered_at=at
    )
