"""Builders of surveys, waves and answers, through the services."""

from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from members.models import Consent, Member
from members.services import record_consent
from surveys.instruments import create_nps_survey
from surveys.models import Invitation, Survey, Wave
from surveys.questions.base import Given
from surveys.services.answers import Recorded, Submission, record_answer
from surveys.services.sending import mark_sent
from surveys.services.waves import new_wave, queue_members
from surveys.tokens import ANSWER, token_for
from tests.factories import CLERK, LONG_AGO, NOON, make_member, next_number

LATER = NOON + timedelta(minutes=10)


def make_survey(**changes: Any) -> Survey:
    """Make the recommendation survey, published; it pays 50 points."""
    survey = create_nps_survey(at=LONG_AGO, actor=CLERK)
    if changes:
        Survey.objects.filter(pk=survey.pk).update(**changes)
        survey.refresh_from_db()
    return survey


def make_asked_member(**profile: Any) -> Member:
    """Enrol a member who has an address and agreed to surveys."""
    profile = {"email": f"member{next_number()}@example.com"} | profile
    member = make_member(**profile)
    consent(member, is_granted=True)
    return member


def consent(member: Member, *, is_granted: bool, at: datetime = LONG_AGO) -> None:
    """Record what the member said about surveys."""
    record_consent(
        member=member,
        purpose=Consent.Purpose.SURVEY,
        is_granted=is_granted,
        at=at,
        source="tests",
    )


def make_wave(survey: Survey, *, period: str = "2026-06", at: datetime = NOON) -> Wave:
    """Open a wave and choose its members at once, without a job."""
    wave, _is_new = new_wave(
        survey=survey, period=period, sends_from=at, at=at, actor=CLERK
    )
    last_id: int | None = 0
    while last_id is not None:
        last_id = queue_members(wave=wave, after=last_id, at=at).last_id
    Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPEN)
    wave.refresh_from_db()
    return wave


def make_invitation(*, is_sent: bool = True, **profile: Any) -> Invitation:
    """Invite one new member, by a mail that went out at noon."""
    member = make_asked_member(**profile)
    wave = make_wave(make_survey())
    invitation = wave.invitations.get(member=member)
    if is_sent:
        mark_sent(invitations=[invitation], at=NOON)
        invitation.refresh_from_db()
    return invitation


def answer(
    invitation: Invitation,
    step: int,
    *,
    value: int | None = None,
    text: str = "",
    at: datetime = LATER,
    **submission: Any,
) -> Recorded:
    """Send one step; without value and text the question is left out."""
    given = None if value is None and not text else Given(value=value, text=text)
    submission = {"language": "en"} | submission
    return record_answer(
        invitation_id=invitation.pk,
        submission=Submission(step=step, given=given, **submission),
        at=at,
        programme="Perennial",
    )


def answer_all(invitation: Invitation, *, score: int, at: datetime = LATER) -> Recorded:
    """Answer all four steps."""
    answer(invitation, 1, value=score, at=at)
    answer(invitation, 2, text="Because.", at=at)
    answer(invitation, 3, value=4, at=at)
    return answer(invitation, 4, value=5, at=at)


def path_of(invitation: Invitation, rest: str = "") -> str:
    """Return the path of the personal link."""
    return f"/s/{token_for(invitation.public_id, ANSWER)}/{rest}"


def database_state() -> dict[str, str]:
    """Return a digest of every row of every table, to prove that nothing was written."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        state = {}
        for table in tables:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) "
                f'FROM "{table}" t'
            )
            state[table] = cursor.fetchone()[0]
    return state
