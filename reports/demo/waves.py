"""The demo's surveys: one wave that is over, one that the worker is to send."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from loyalty_site.accounts.models import User
from loyalty_site.jobs.services import run_chunk
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.periods import add_months
from members.models import Member
from members.services import record_consent
from points.models import Account
from reports.demo.chance import between, happens, pick
from reports.demo.programme import MARKETER, NAME
from reports.demo.voices import FOLLOW_UPS, answers_of, score_of
from surveys.instruments import create_nps_survey
from surveys.models import Case, Invitation, Survey, Wave
from surveys.services.cases import add_note, resolve_case, take_case
from surveys.services.generated import (
    answer_as_generated,
    mark_generated_wave_sent,
    open_generated_wave,
)
from surveys.services.versions import SurveyTerms, change_survey
from surveys.services.waves import close_due_waves, open_wave

BONUS_POINTS = 50
SEND_HOUR = 10
ANSWERS_PERCENT = 46
LAST_ANSWER_AFTER_DAYS = 16
LEFT_UNTOUCHED, LEFT_IN_WORK = 3, 3
AGENT = staff_actor("agent")


@dataclass(frozen=True)
class Reply:
    """An answer that comes on a day."""

    invitation_id: int
    at: datetime


def last_month(today: date) -> date:
    """Return the first day of the month before today's."""
    return add_months(today.replace(day=1), -1)


def set_up_survey(*, at: datetime) -> Survey:
    """Make the survey and let it run monthly."""
    survey = create_nps_survey(at=at, actor=MARKETER, bonus_points=BONUS_POINTS)
    terms = SurveyTerms(
        name=survey.name,
        touchpoint=survey.touchpoint,
        bonus_points=BONUS_POINTS,
        reply_to="care@example.org",
        rhythm=Survey.Rhythm.MONTHLY,
        is_running=True,
        send_hour=SEND_HOUR,
    )
    return change_survey(survey=survey, terms=terms, at=at, actor=MARKETER)


def open_finished_wave(*, on: date, zone: ZoneInfo) -> None:
    """Open last month's wave, with its mails out, though none was sent."""
    at = datetime.combine(on, time(SEND_HOUR), tzinfo=zone)
    survey = set_up_survey(at=at - timedelta(days=2))
    wave = open_generated_wave(
        survey=survey, period=f"{on:%Y-%m}", at=at, actor=MARKETER
    )
    mark_generated_wave_sent(wave=wave, at=at + timedelta(minutes=2))


def replies_to_come(*, zone: ZoneInfo) -> dict[date, list[Reply]]:
    """Return by day who will answer the finished wave, in order of time."""
    replies: dict[date, list[Reply]] = {}
    unanswered = Invitation.objects.filter(wave__is_generated=True, answered_at=None)
    for invitation in unanswered.select_related("wave", "member").order_by("pk"):
        who = invitation.member.email
        if not happens(ANSWERS_PERCENT, "answers", who):
            continue
        # Most answer at once: two draws, the earlier one counts.
        days = min(
            between(0, LAST_ANSWER_AFTER_DAYS, n, "answers on", who) for n in (1, 2)
        )
        minutes = between(20, 12 * 60, "answers at", who)
        at = invitation.wave.opened_at + timedelta(days=days, minutes=minutes)
        replies.setdefault(at.astimezone(zone).date(), []).append(
            Reply(invitation.pk, at)
        )
    return {day: sorted(those, key=lambda r: r.at) for day, those in replies.items()}


def answer(reply: Reply) -> None:
    """Answer as the member would at that moment, with the tier they hold then."""
    invitation = Invitation.objects.select_related("member", "wave__version").get(
        pk=reply.invitation_id
    )
    member = invitation.member
    account = Account.objects.select_related("tier").get(member=member)
    score = score_of(account.tier.slug if account.tier else "", member.email)
    answer_as_generated(
        invitation=invitation,
        answers=answers_of(score, member.language, member.email),
        at=reply.at,
        programme=NAME,
    )


def follow_up_cases(*, at: datetime, agent: User | None) -> None:
    """Work on the cases of the finished wave, and leave the newest few open."""
    unresolved = Case.objects.unresolved().select_related("member")
    cases = list(unresolved.order_by("opened_at"))
    settled = len(cases) - LEFT_UNTOUCHED - LEFT_IN_WORK
    for place, case in enumerate(cases[: len(cases) - LEFT_UNTOUCHED]):
        who = case.member.email
        taken_at = case.opened_at + timedelta(hours=between(2, 30, "taken", who))
        take_case(case=case, owner=agent, actor=AGENT)
        note, resolution = pick(FOLLOW_UPS, "follow-up", who)
        add_note(case=case, text=note, key="demo", at=taken_at, actor=AGENT)
        if place < settled:
            hours = between(3, 60, "resolved", who)
            resolved_at = min(taken_at + timedelta(hours=hours), at)
            resolve_case(case=case, resolution=resolution, at=resolved_at, actor=AGENT)


def ask_for_consent(*, members: Iterable[Member], at: datetime) -> None:
    """Note that these members agreed to surveys at the till."""
    for member in members:
        record_consent(
            member=member, purpose="survey", is_granted=True, at=at, source="staff"
        )


def close_finished_wave(*, at: datetime) -> None:
    """Close what is over by then."""
    close_due_waves(at=at)


def open_running_wave(*, on: date, at: datetime) -> Wave:
    """Open this month's wave with its members chosen; the worker sends the mails."""
    survey = Survey.objects.get(slug="nps")
    wave = open_wave(
        survey=survey, period=f"{on:%Y-%m}", sends_from=at, at=at, actor=MARKETER
    )
    while wave.job_id and run_chunk(job_id=wave.job_id, at=at):
        pass
    wave.refresh_from_db()
    return wave
