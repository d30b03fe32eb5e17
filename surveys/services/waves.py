"""Open waves, choose their members in chunks, close them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial

from celery import current_app
from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loyalty_site.jobs.kinds import JobKind, Step
from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import start_job
from loyalty_site.lib.actors import Actor
from loyalty_site.lib.ids import new_public_id
from loyalty_site.lib.periods import day_of
from members.models import Member
from points.selectors.programme import current_programme
from surveys.errors import NothingPublished
from surveys.models import Invitation, SkippedInvite, Survey, SurveyVersion, Wave
from surveys.selectors.audience import ASK, Candidate, next_candidates
from surveys.tokens import ANSWER, UNSUBSCRIBE, hash_of, token_for

CHUNK_MEMBERS = 5_000
QUEUE_WAVE = "surveys.queue_wave"
# One number among the advisory locks of this database: waves choose one at a time.
QUEUE_LOCK = 7_305_001


@dataclass(frozen=True)
class Queued:
    """What one chunk of members came to; `last_id` is None when it was the last."""

    last_id: int | None
    invited: int
    skipped: int


@transaction.atomic
def open_wave(
    *, survey: Survey, period: str, sends_from: datetime, at: datetime, actor: Actor
) -> Wave:
    """Return the wave of that period, opened when missing, and start choosing members.

    The second call for a period, at the same time or later, returns the first one's
    wave. Raises NothingPublished.
    """
    wave, is_new = new_wave(
        survey=survey, period=period, sends_from=sends_from, at=at, actor=actor
    )
    if is_new:
        wave.job = start_job(
            kind=QUEUE_WAVE,
            title=_("Choose members for %(survey)s, %(period)s")
            % {"survey": survey.name, "period": wave.label},
            params={"wave": wave.pk},
            at=at,
            actor=actor,
        )
        wave.save(update_fields=["job"])
    return wave


def new_wave(
    *,
    survey: Survey,
    period: str,
    sends_from: datetime,
    at: datetime,
    actor: Actor,
    is_generated: bool = False,
) -> tuple[Wave, bool]:
    """Return the wave of that period and whether it is new; chooses nobody."""
    version: SurveyVersion | None = survey.versions.published().first()
    if version is None:
        raise NothingPublished
    return Wave.objects.get_or_create(
        survey=survey,
        period=period,
        defaults={
            "version": version,
            "opened_at": at,
            "opened_by": str(actor),
            "sends_from": sends_from,
            "closes_at": sends_from + timedelta(days=survey.open_days),
            "is_generated": is_generated,
        },
    )


def open_due_waves(*, at: datetime, actor: Actor) -> list[Wave]:
    """Open this month's wave of each monthly survey whose moment has come.

    A moment before the survey started to run opens nothing; one that was missed while
    nothing ran is made up for within its month.
    """
    zone = current_programme().zone
    today = day_of(at, zone)
    opened = []
    for survey in Survey.objects.monthly():
        day = date(today.year, today.month, survey.send_day)
        moment = datetime.combine(day, time(survey.send_hour), tzinfo=zone)
        started = survey.running_since or survey.created_at
        period = f"{today:%Y-%m}"
        is_known = survey.waves.filter(period=period).exists()
        if started <= moment <= at and not is_known and _is_published(survey):
            opened.append(
                open_wave(
                    survey=survey, period=period, sends_from=moment, at=at, actor=actor
                )
            )
    return opened


def _is_published(survey: Survey) -> bool:
    return survey.versions.published().exists()


def queue_invitations(job: Job, at: datetime) -> Step:
    """Choose the next chunk of members; runs inside the transaction of the job."""
    wave = Wave.objects.select_related("survey").get(pk=job.params["wave"])
    if wave.state != Wave.State.QUEUEING:
        return Step(cursor=job.cursor, rows=0, is_last=True)
    queued = queue_members(wave=wave, after=job.cursor or 0, at=at)
    is_last = queued.last_id is None
    if is_last:
        Wave.objects.filter(pk=wave.pk).update(state=Wave.State.OPEN)
    ask_for_sending()
    return Step(
        cursor=queued.last_id or job.cursor,
        rows=queued.invited + queued.skipped,
        is_last=is_last,
        rows_total=Member.objects.active().count() if job.cursor is None else None,
        result_url=wave.get_absolute_url(),
    )


def stop_queueing(job: Job, at: datetime) -> None:
    """Cancel the wave of a cancelled job; a failed one can still go on."""
    if job.is_cancel_asked:
        wave = Wave.objects.get(pk=job.params["wave"])
        cancel_wave(wave=wave, at=at)


@transaction.atomic
def queue_members(*, wave: Wave, after: int, at: datetime) -> Queued:
    """Invite or skip the next members by id, each with a reason; once per wave.

    Waves choose one after the other, so that two of them never ask the same member
    within the gap between contacts.
    """
    _choose_alone()
    candidates = next_candidates(
        survey=wave.survey,
        after=after,
        limit=CHUNK_MEMBERS,
        at=at,
        zone=current_programme().zone,
    )
    asked = [each for each in candidates if each.reason == ASK]
    skipped = [each for each in candidates if each.reason != ASK]
    Invitation.objects.bulk_create(_invitation(wave, each, at) for each in asked)
    SkippedInvite.objects.bulk_create(
        SkippedInvite(
            wave=wave,
            member_id=each.member_id,
            reason=each.reason,
            eligible_on=each.eligible_on,
        )
        for each in skipped
    )
    Wave.objects.filter(pk=wave.pk).update(
        members_invited=F("members_invited") + len(asked),
        members_skipped=F("members_skipped") + len(skipped),
    )
    is_last = len(candidates) < CHUNK_MEMBERS
    last_id = None if is_last else candidates[-1].member_id
    return Queued(last_id, len(asked), len(skipped))


def _choose_alone() -> None:
    """Wait until no other wave is choosing; the end of the transaction lets go."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [QUEUE_LOCK])


def _invitation(wave: Wave, candidate: Candidate, at: datetime) -> Invitation:
    public_id = new_public_id()
    return Invitation(
        public_id=public_id,
        survey_id=wave.survey_id,
        wave=wave,
        member_id=candidate.member_id,
        period=wave.period,
        tier_id=candidate.tier_id,
        token_hash=hash_of(token_for(public_id, ANSWER)),
        unsubscribe_hash=hash_of(token_for(public_id, UNSUBSCRIBE)),
        queued_at=at,
        due_at=max(wave.sends_from, at),
        expires_at=max(wave.sends_from, at) + timedelta(days=wave.survey.link_days),
    )


@transaction.atomic
def cancel_wave(*, wave: Wave, at: datetime) -> Wave:
    """Send nothing more; what was sent can still be answered, and counts as late."""
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.state in {Wave.State.QUEUEING, Wave.State.OPEN}:
        wave.state = Wave.State.CANCELLED
        wave.closed_at = at
        wave.save(update_fields=["state", "closed_at"])
        wave.invitations.filter(state=Invitation.State.QUEUED).update(
            state=Invitation.State.CANCELLED, lease_until=None
        )
    return wave


def close_due_waves(*, at: datetime) -> int:
    """Close the waves whose last day is over, and return how many there were."""
    closed = 0
    for wave in Wave.objects.due_to_close(at):
        with transaction.atomic():
            closed += Wave.objects.filter(pk=wave.pk, closed_at=None).update(
                state=Wave.State.CLOSED, closed_at=at
            )
            wave.invitations.filter(state=Invitation.State.QUEUED).update(
                state=Invitation.State.EXPIRED, lease_until=None
            )
    Invitation.objects.filter(state=Invitation.State.SENT, expires_at__lte=at).update(
        state=Invitation.State.EXPIRED
    )
    return closed


def ask_for_sending() -> None:
    """Tell a worker to look for due invitations once this transaction has committed.

    A broker that is away only delays: beat makes the workers look every 30 seconds.
    """
    # By name: the task module imports these services.
    look = partial(current_app.send_task, "surveys.send_due_invitations")
    transaction.on_commit(look, robust=True)


QUEUE_WAVE_KIND = JobKind(QUEUE_WAVE, queue_invitations, stop_queueing)
