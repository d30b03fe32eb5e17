"""Low scores open one case each; staff take, note and resolve them."""

from datetime import timedelta

import pytest

from loyalty_site.accounts.services import create_staff
from surveys.errors import CaseResolved
from surveys.models import Case
from surveys.services.cases import add_note, reopen_case, resolve_case, take_case
from tests.factories import CLERK, NOON
from tests.surveys.world import (
    LATER,
    answer,
    answer_all,
    database_state,
    make_invitation,
    make_survey,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def case() -> Case:
    answer_all(make_invitation(), score=3)
    return Case.objects.get()


@pytest.fixture
def agent_user(db):
    return create_staff(username="mei", email="mei@example.com", role="agent")


@pytest.mark.parametrize(("score", "cases"), [(0, 1), (6, 1), (7, 0), (10, 0)])
def test_6_and_below_open_a_case(score, cases):
    answer_all(make_invitation(), score=score)
    assert Case.objects.count() == cases


def test_the_limit_is_the_surveys():
    make_survey(low_score=3)
    answer_all(make_invitation(), score=4)
    assert not Case.objects.exists()


def test_a_case_is_due_after_the_hours_of_the_survey(case):
    assert (case.state, case.score, case.owner) == ("open", 3, None)
    assert case.due_at == LATER + timedelta(hours=48)


def test_a_partial_answer_opens_it_too():
    invitation = make_invitation()
    answer(invitation, 1, value=2)
    assert not Case.objects.exists()
    answer(invitation, 2, text="The queue.")
    assert Case.objects.get().score == 2


def test_a_changed_score_is_noted_on_the_case(case):
    answer(case.response.invitation, 1, value=9)
    case.refresh_from_db()
    assert (case.score, case.state) == (9, "open")
    assert case.notes.get().text == "The member changed the score from 3 to 9."


def test_taking_a_case_starts_it(case, agent_user):
    take_case(case=case, owner=agent_user, actor=CLERK)
    case.refresh_from_db()
    assert (case.owner, case.state) == (agent_user, "in_progress")


def test_a_note_sent_twice_is_there_once(case):
    for _ in range(2):
        add_note(case=case, text="Called.", key="k", at=NOON, actor=CLERK)
    assert case.notes.count() == 1


def test_resolving_twice_keeps_the_first(case):
    resolve_case(case=case, resolution="Replaced.", at=NOON, actor=CLERK)
    again = resolve_case(case=case, resolution="Other.", at=LATER, actor=CLERK)
    assert (again.resolution, again.resolved_at) == ("Replaced.", NOON)


def test_a_resolved_case_has_no_new_owner(case, agent_user):
    resolve_case(case=case, resolution="Replaced.", at=NOON, actor=CLERK)
    before = database_state()
    with pytest.raises(CaseResolved):
        take_case(case=case, owner=agent_user, actor=CLERK)
    assert database_state() == before


def test_a_case_opened_again_keeps_its_owner_and_its_history(case, agent_user):
    take_case(case=case, owner=agent_user, actor=CLERK)
    resolve_case(case=case, resolution="Replaced.", at=NOON, actor=CLERK)
    reopen_case(case=case, actor=CLERK)
    case.refresh_from_db()
    assert (case.state, case.resolution) == ("in_progress", "")
    events = Case.pgh_event_model.objects.filter(pgh_obj=case).order_by("pgh_id")
    assert "resolved" in [event.state for event in events]


def test_overdue_cases_are_found(case):
    assert not Case.objects.overdue(LATER).exists()
    assert Case.objects.overdue(LATER + timedelta(hours=48)).get() == case
