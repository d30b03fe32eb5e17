"""The command that sends a wave from the shell."""

import pytest
from django.core.management import CommandError, call_command

from surveys.models import Survey, Wave
from tests.surveys.world import database_state, make_asked_member, make_survey

pytestmark = pytest.mark.django_db


def test_it_says_whom_it_would_ask_and_writes_nothing(capsys):
    make_survey()
    make_asked_member()
    make_asked_member(email="", phone="+85291234567")
    before = database_state()
    call_command("send_survey", "nps", "--dry-run")
    said = capsys.readouterr().out
    assert "1 members would get the mail." in said
    assert "1 left out: No e-mail address" in said
    assert database_state() == before


def test_the_same_period_is_sent_once():
    make_survey()
    for _ in range(2):
        call_command("send_survey", "nps", "--period", "2026-06")
    assert Wave.objects.get().period == "2026-06"


def test_an_unknown_survey_is_named():
    with pytest.raises(CommandError, match="no survey called “x”"):
        call_command("send_survey", "x")


def test_a_survey_without_a_version_is_refused():
    survey = make_survey()
    Survey.objects.create(
        slug="bare",
        name="Bare",
        touchpoint=survey.touchpoint,
        created_at=survey.created_at,
    )
    with pytest.raises(CommandError, match="Publish a version"):
        call_command("send_survey", "bare")
