"""Publishing freezes a version, in every language or not at all."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, transaction

from surveys.content import read_content
from surveys.errors import QuestionsNotSound, TranslationsMissing
from surveys.instruments import NPS_CONTENT, create_nps_survey
from surveys.models import Survey, SurveyVersion
from surveys.services.versions import publish_version, save_draft
from tests.factories import CLERK, NOON
from tests.surveys.world import database_state, make_survey

pytestmark = pytest.mark.django_db

SHORTER = replace(NPS_CONTENT, questions=NPS_CONTENT.questions[:2])
UNTRANSLATED = replace(NPS_CONTENT, thanks={"en": "Thanks."})


def test_the_shipped_survey_is_made_once():
    first = create_nps_survey(at=NOON, actor=CLERK)
    assert create_nps_survey(at=NOON, actor=CLERK) == first
    assert SurveyVersion.objects.count() == 1


def test_publishing_makes_the_next_version():
    survey = make_survey()
    version = publish_version(survey=survey, content=SHORTER, at=NOON, actor=CLERK)
    assert (version.number, version.published_at) == (2, NOON)
    assert read_content(version.content) == SHORTER
    assert not survey.versions.drafts().exists()


def test_publishing_the_same_words_again_makes_no_version():
    survey = make_survey()
    save_draft(survey=survey, content=NPS_CONTENT, at=NOON, actor=CLERK)
    publish_version(survey=survey, content=NPS_CONTENT, at=NOON, actor=CLERK)
    assert list(survey.versions.values_list("number", flat=True)) == [1]


def test_a_draft_may_have_gaps_and_there_is_one():
    survey = make_survey()
    save_draft(survey=survey, content=UNTRANSLATED, at=NOON, actor=CLERK)
    save_draft(survey=survey, content=SHORTER, at=NOON, actor=CLERK)
    assert read_content(survey.versions.drafts().get().content) == SHORTER


def refuses(content, error, match):
    survey = make_survey()
    before = database_state()
    with pytest.raises(error, match=match):
        publish_version(survey=survey, content=content, at=NOON, actor=CLERK)
    assert database_state() == before


def test_publishing_with_a_gap_writes_nothing():
    refuses(UNTRANSLATED, TranslationsMissing, "2 texts are missing")


def test_publishing_without_questions_writes_nothing():
    refuses(replace(NPS_CONTENT, questions=()), QuestionsNotSound, "at least one")


def test_publishing_the_score_twice_writes_nothing():
    twice = (*NPS_CONTENT.questions, replace(NPS_CONTENT.questions[0], key="again"))
    refuses(replace(NPS_CONTENT, questions=twice), QuestionsNotSound, "once only")


def test_the_database_keeps_a_published_version_as_it_is():
    version = make_survey().versions.get()
    for change in (
        lambda: SurveyVersion.objects.filter(pk=version.pk).update(content={}),
        version.delete,
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    assert SurveyVersion.objects.get().content == version.content


def test_every_change_of_a_survey_is_kept():
    survey = make_survey()
    Survey.objects.filter(pk=survey.pk).update(bonus_points=7)
    events = survey.pgh_event_model.objects.order_by("pgh_id")
    assert [event.bonus_points for event in events] == [50, 7]
