"""Each step is saved; points and case follow once; the latest answer wins."""

from datetime import timedelta

import pytest

from points.models import Entry
from surveys.errors import AnswersFinal, LinkUnknown, StepUnknown
from surveys.models import Answer, Case, Invitation, Response
from surveys.services import answers
from surveys.services.waves import cancel_wave, close_due_waves
from tests.factories import NOON, make_rule
from tests.points.books import available, differences
from tests.races import Meeting, at_once
from tests.surveys.world import (
    LATER,
    answer,
    answer_all,
    database_state,
    make_invitation,
    make_survey,
)

pytestmark = pytest.mark.django_db


def test_each_step_is_saved_with_the_words_that_were_shown():
    invitation = make_invitation()
    recorded = answer(invitation, 1, value=9, language="zh-hans")
    saved = Answer.objects.get()
    assert recorded.next_step == 2
    assert (saved.question, saved.value) == ("recommend", 9)
    assert saved.text_shown == "您有多大可能向朋友或同事推荐 Perennial？"  # noqa: RUF001


def test_a_complete_response_is_paid_and_counted():
    invitation = make_invitation()
    assert answer_all(invitation, score=9).next_step is None
    response = Response.objects.counted().get()
    assert (response.state, response.score, response.points_given) == (
        "complete",
        9,
        50,
    )
    assert available(invitation.member, LATER) == 50
    assert Entry.objects.get().key == f"survey:{invitation.public_id}"
    assert Invitation.objects.get().state == "answered"
    assert differences(LATER) == []


def test_one_answer_of_four_is_a_break_off():
    answer(make_invitation(), 1, value=9)
    assert Response.objects.get().state == "started"
    assert not Response.objects.counted().exists()


def test_half_with_the_score_is_partial_and_counts_without_points():
    invitation = make_invitation()
    answer(invitation, 1, value=9)
    answer(invitation, 3, value=2)
    assert Response.objects.counted().get().state == "partial"
    assert available(invitation.member, LATER) == 0


def test_half_without_the_score_is_a_break_off():
    invitation = make_invitation()
    answer(invitation, 3, value=2)
    answer(invitation, 2, text="words")
    assert Response.objects.get().state == "started"


def test_the_last_step_leads_back_to_what_must_be_answered():
    invitation = make_invitation()
    assert answer(invitation, 4, value=3).next_step == 1
    assert Response.objects.get().completed_at is None
    answer(invitation, 1, value=8)
    assert answer(invitation, 4, value=3).next_step is None


def test_what_was_left_out_is_no_answer():
    invitation = make_invitation()
    answer(invitation, 1, value=9)
    answer(invitation, 2)
    answer(invitation, 3)
    answer(invitation, 4)
    assert Response.objects.get().state == "complete"
    assert Answer.objects.count() == 1


def test_within_a_day_the_latest_answer_wins_and_the_history_stays():
    invitation = make_invitation()
    answer_all(invitation, score=9)
    answer(invitation, 1, value=3, at=LATER + timedelta(hours=23, minutes=59))
    response = Response.objects.get()
    events = Answer.pgh_event_model.objects.filter(question="recommend")
    assert (response.score, response.completed_at) == (3, LATER)
    assert [event.value for event in events.order_by("pgh_id")] == [9, 3]
    assert Entry.objects.count() == 1


def refuses(invitation, error, *, at, step=1):
    before = database_state()
    with pytest.raises(error):
        answer(invitation, step, value=1, at=at)
    assert database_state() == before


def test_after_a_day_answers_are_final():
    invitation = make_invitation()
    answer_all(invitation, score=9)
    refuses(invitation, AnswersFinal, at=LATER + timedelta(hours=24))


def test_after_its_last_day_a_link_takes_nothing():
    refuses(make_invitation(), LinkUnknown, at=NOON + timedelta(days=30))


@pytest.mark.parametrize("step", [0, 5, -1])
def test_an_unknown_step_writes_nothing(step):
    refuses(make_invitation(), StepUnknown, at=LATER, step=step)


def test_a_late_answer_is_kept_and_out_of_the_waves_score():
    invitation = make_invitation()
    late = NOON + timedelta(days=21)
    close_due_waves(at=late)
    answer_all(invitation, score=2, at=late)
    assert Response.objects.counted().get().is_late
    assert not Response.objects.of_wave_score().exists()


def test_an_answer_begun_in_time_is_not_late():
    invitation = make_invitation()
    answer(invitation, 1, value=9)
    answer(invitation, 4, value=2, at=NOON + timedelta(days=22))
    response = Response.objects.get()
    assert (response.is_late, response.first_submit_at) == (False, LATER)


def test_an_answer_after_the_wave_was_cancelled_is_late():
    invitation = make_invitation()
    cancel_wave(wave=invitation.wave, at=NOON)
    answer(invitation, 1, value=9)
    assert Response.objects.get().is_late


def test_an_answer_to_a_mail_of_unknown_fate_shows_that_it_arrived():
    invitation = make_invitation(is_sent=False)
    Invitation.objects.update(handed_over_at=NOON)
    answer_all(invitation, score=9)
    invitation.refresh_from_db()
    assert (invitation.sent_at, invitation.state) == (NOON, "answered")


@pytest.mark.parametrize(
    ("seconds", "is_trapped", "reason"),
    [(1.9, False, "too_fast"), (600, True, "trap")],
)
def test_a_machine_is_set_aside(seconds, is_trapped, reason):
    invitation = make_invitation()
    at = NOON + timedelta(seconds=seconds)
    for step, value in enumerate((0, None, 1, 1), start=1):
        answer(
            invitation,
            step,
            value=value,
            at=at,
            is_trapped=True if step > 1 else is_trapped,
        )
    response = Response.objects.get()
    assert (response.state, response.points_given) == ("quarantined", 0)
    assert reason in {response.quarantine_reason, "too_fast"}
    assert not Response.objects.counted().exists()
    assert not Case.objects.exists()


def test_a_person_after_a_machine_begins_anew():
    invitation = make_invitation()
    answer(invitation, 1, value=0, at=NOON + timedelta(seconds=1))
    answer(invitation, 3, value=1, at=NOON + timedelta(seconds=1), is_trapped=True)
    answer(invitation, 1, value=9)
    response = Response.objects.get()
    assert (response.state, response.score, response.first_submit_at) == (
        "started",
        9,
        LATER,
    )
    assert response.answers.count() == 1


def test_a_machine_after_a_person_overwrites_nothing():
    invitation = make_invitation()
    answer_all(invitation, score=9)
    before = database_state()
    answer(invitation, 1, value=0, is_trapped=True)
    assert database_state() == before


def test_a_closed_member_is_thanked_without_points():
    invitation = make_invitation()
    type(invitation.member).objects.update(closed_at=NOON)
    answer_all(invitation, score=9)
    assert Response.objects.get().state == "complete"
    assert not Entry.objects.exists()


def test_a_survey_may_pay_nothing():
    make_survey(bonus_points=0)
    answer_all(make_invitation(), score=9)
    assert not Entry.objects.exists()


def test_a_rule_for_answered_surveys_gives_once_beside_the_survey():
    make_survey(bonus_points=0)
    params = {"event": "survey", "event_name": "", "times": "always"}
    make_rule(kind="event", points=9, **params)
    invitation = make_invitation()
    answer_all(invitation, score=9)
    answer_all(invitation, score=8)
    assert [entry.points for entry in Entry.objects.all()] == [9]


def test_the_tier_of_that_moment_is_kept():
    response_tier = answer(make_invitation(), 1, value=9).response.tier_id
    assert response_tier is None


def two_tabs() -> tuple[Invitation, object]:
    invitation = make_invitation()
    ends = at_once(*[lambda: answer_all(invitation, score=2)] * 6)
    return invitation, ends


@pytest.mark.django_db(transaction=True)
def test_two_tabs_and_double_clicks_count_once():
    invitation, ends = two_tabs()
    assert ends == {"done": 6}
    assert (Response.objects.count(), Case.objects.count()) == (1, 1)
    assert available(invitation.member, LATER) == 50
    assert Answer.objects.count() == 4
    assert differences(LATER) == []


@pytest.mark.django_db(transaction=True)
def test_without_the_lock_only_the_constraints_save_the_count(monkeypatch):
    monkeypatch.setattr(
        answers,
        "_locked",
        lambda pk: Invitation.objects.select_related(
            "survey", "wave__version", "member__account"
        ).get(pk=pk),
    )
    Meeting(monkeypatch, clients=6).after(answers, "require_answerable")
    _invitation, ends = two_tabs()
    assert ends["IntegrityError"] > 0
