"""Whom a wave asks, when it opens, and that it does so once."""

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty_site.jobs.models import Job
from loyalty_site.jobs.services import ask_to_cancel, run_chunk
from members.services import close_member
from surveys.errors import NothingPublished
from surveys.models import Invitation, SkippedInvite, Suppression, Survey, Wave
from surveys.selectors.audience import audience_plan
from surveys.selectors.waves import progress_of
from surveys.services import waves
from surveys.services.sending import mark_sent
from surveys.services.waves import (
    cancel_wave,
    close_due_waves,
    open_due_waves,
    open_wave,
)
from tests.factories import CLERK, LONG_AGO, NOON, make_member, set_programme
from tests.races import Meeting, at_once
from tests.surveys.world import consent, make_asked_member, make_survey, make_wave

pytestmark = pytest.mark.django_db


def reason_for(member) -> str:
    wave = make_wave(make_survey())
    assert not wave.invitations.filter(member=member).exists()
    return wave.skips.get(member=member).reason


def run_job(wave) -> Job:
    while run_chunk(job_id=wave.job_id, at=NOON):
        pass
    wave.refresh_from_db()
    return Job.objects.get(pk=wave.job_id)


def test_a_wave_asks_whoever_agreed_and_has_an_address():
    member = make_asked_member()
    invitation = make_wave(make_survey()).invitations.get()
    assert (invitation.member, invitation.state) == (member, "queued")
    assert invitation.expires_at == NOON + timedelta(days=30)


def test_without_an_address_nobody_is_asked():
    assert reason_for(make_asked_member(email="", phone="+85291234567")) == "no_email"


def test_without_a_word_about_surveys_nobody_is_asked():
    assert reason_for(make_member(email="a@example.com")) == "no_consent"


def test_the_latest_word_counts():
    member = make_asked_member()
    consent(member, is_granted=False, at=NOON)
    assert reason_for(member) == "refused"
    consent(member, is_granted=True, at=NOON + timedelta(seconds=1))
    assert make_wave(make_survey(), period="x").invitations.get().member == member


def test_an_address_that_bounced_is_left_alone_however_it_is_written():
    member = make_asked_member(email="Someone@Example.com")
    Suppression.objects.create(
        address="someone@example.com", reason="bounce", at=LONG_AGO
    )
    assert reason_for(member) == "suppressed"


def test_closed_memberships_are_not_looked_at():
    close_member(member=make_asked_member(), reason="", at=NOON, actor=CLERK)
    wave = make_wave(make_survey())
    assert (wave.members_invited, wave.members_skipped) == (0, 0)


@pytest.mark.parametrize(("days", "reason"), [(89, "recently_asked"), (91, "")])
def test_a_member_has_peace_for_90_days(days, reason):
    member = make_asked_member()
    first = make_wave(make_survey(), period="first")
    mark_sent(invitations=list(first.invitations.all()), at=NOON)
    later = make_wave(make_survey(), period="later", at=NOON + timedelta(days=days))
    skip = later.skips.filter(member=member).first()
    assert (skip.reason if skip else "") == reason


def test_somebody_left_out_hears_from_which_day_on():
    set_programme(time_zone="Asia/Hong_Kong")
    make_asked_member()
    wave = make_wave(
        make_survey(), period="first", at=datetime(2026, 6, 1, 23, tzinfo=UTC)
    )
    mark_sent(invitations=list(wave.invitations.all()), at=wave.opened_at)
    skip = make_wave(make_survey(), period="second").skips.get()
    # 23:00 UTC is the next day in Hong Kong.
    assert skip.eligible_on == date(2026, 8, 31)


def test_a_mail_that_waits_counts_as_a_contact():
    make_asked_member()
    make_wave(make_survey(), period="first")
    assert (
        make_wave(make_survey(), period="second").skips.get().reason == "recently_asked"
    )


def test_the_dry_run_is_what_the_wave_comes_to():
    for _ in range(3):
        make_asked_member()
    make_member(email="b@example.com")
    make_member(phone="+85291234568")
    survey = make_survey()
    plan = audience_plan(survey=survey, at=NOON)
    wave = make_wave(survey)
    progress = progress_of(waves=[wave])[0]
    assert (plan.invited, plan.skipped) == (wave.members_invited, progress.skips)
    assert plan.left_out == wave.members_skipped == 2


def test_a_wave_is_opened_once_per_period():
    survey = make_survey()
    asked = {"survey": survey, "period": "2026-06", "sends_from": NOON, "actor": CLERK}
    first = open_wave(at=NOON, **asked)
    assert open_wave(at=NOON + timedelta(days=1), **asked) == first
    assert Job.objects.count() == 1


def test_a_survey_without_a_version_opens_nothing():
    survey = make_survey()
    other = Survey.objects.create(
        slug="other", name="Other", touchpoint=survey.touchpoint, created_at=NOON
    )
    with pytest.raises(NothingPublished):
        open_wave(survey=other, period="x", sends_from=NOON, at=NOON, actor=CLERK)
    assert not Wave.objects.exists()


def test_the_job_chooses_in_chunks_and_opens_the_wave(monkeypatch):
    monkeypatch.setattr(waves, "CHUNK_MEMBERS", 2)
    for _ in range(5):
        make_asked_member()
    wave = open_wave(
        survey=make_survey(), period="x", sends_from=NOON, at=NOON, actor=CLERK
    )
    job = run_job(wave)
    assert (job.state, job.rows_done, job.rows_total) == ("done", 5, 5)
    assert (wave.state, wave.members_invited) == ("open", 5)


def test_a_cancelled_job_sends_nothing_more(monkeypatch):
    monkeypatch.setattr(waves, "CHUNK_MEMBERS", 1)
    for _ in range(3):
        make_asked_member()
    wave = open_wave(
        survey=make_survey(), period="x", sends_from=NOON, at=NOON, actor=CLERK
    )
    run_chunk(job_id=wave.job_id, at=NOON)
    ask_to_cancel(job=wave.job)
    run_job(wave)
    assert wave.state == "cancelled"
    assert list(wave.invitations.values_list("state", flat=True)) == ["cancelled"]


FIRST_OF_MONTH = datetime(2026, 7, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "periods"),
    [
        (FIRST_OF_MONTH - timedelta(seconds=1), []),
        (FIRST_OF_MONTH, ["2026-07"]),
        (FIRST_OF_MONTH + timedelta(days=20), ["2026-07"]),
        (datetime(2026, 7, 31, 17, tzinfo=UTC), []),
    ],
)
def test_a_monthly_survey_opens_at_its_hour_in_the_programmes_zone(at, periods):
    set_programme(time_zone="Asia/Hong_Kong")
    make_survey(rhythm="monthly", is_running=True, running_since=LONG_AGO, send_hour=10)
    open_due_waves(at=at, actor=CLERK)
    open_due_waves(at=at, actor=CLERK)
    assert list(Wave.objects.values_list("period", flat=True)) == periods


def test_a_survey_that_starts_after_its_moment_waits_for_the_next_month():
    make_survey(
        rhythm="monthly",
        is_running=True,
        running_since=FIRST_OF_MONTH + timedelta(days=9),
    )
    open_due_waves(at=FIRST_OF_MONTH + timedelta(days=10), actor=CLERK)
    assert not Wave.objects.exists()
    open_due_waves(at=datetime(2026, 8, 1, 10, tzinfo=UTC), actor=CLERK)
    assert Wave.objects.get().period == "2026-08"


def test_closing_ends_what_waits_and_leaves_what_was_sent():
    make_asked_member()
    survey = make_survey()
    wave = make_wave(survey)
    sent = wave.invitations.get()
    mark_sent(invitations=[sent], at=NOON)
    make_asked_member()
    waiting = make_wave(survey, period="b").invitations.get()
    assert close_due_waves(at=NOON + timedelta(days=21)) == 2
    assert close_due_waves(at=NOON + timedelta(days=21)) == 0
    states = dict(Invitation.objects.values_list("pk", "state"))
    assert states == {sent.pk: "sent", waiting.pk: "expired"}


def test_links_end_after_30_days():
    make_asked_member()
    wave = make_wave(make_survey())
    mark_sent(invitations=list(wave.invitations.all()), at=NOON)
    close_due_waves(at=NOON + timedelta(days=30))
    assert wave.invitations.get().state == "expired"


def test_cancelling_twice_is_the_same_as_once():
    make_asked_member()
    wave = make_wave(make_survey())
    cancel_wave(wave=wave, at=NOON)
    again = cancel_wave(wave=wave, at=NOON + timedelta(hours=1))
    assert (again.state, again.closed_at) == ("cancelled", NOON)


def two_waves_choose_at_once() -> None:
    for _ in range(40):
        make_asked_member()
    survey = make_survey()
    at_once(*[lambda p=p: make_wave(survey, period=p) for p in ("a", "b", "c", "d")])


@pytest.mark.django_db(transaction=True)
def test_two_waves_at_once_ask_nobody_twice():
    two_waves_choose_at_once()
    assert Invitation.objects.count() == 40
    assert SkippedInvite.objects.filter(reason="recently_asked").count() == 120


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_waves_ask_the_same_members(monkeypatch):
    monkeypatch.setattr(waves, "_choose_alone", lambda: None)
    Meeting(monkeypatch, clients=4).after(waves, "next_candidates")
    two_waves_choose_at_once()
    assert Invitation.objects.count() > 40
