"""Create surveys, write drafts, publish versions."""

from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from loyalty_site.lib.actors import Actor
from surveys.content import (
    MOST_QUESTIONS,
    Content,
    gaps_of,
    read_content,
    stored_content,
)
from surveys.errors import QuestionsNotSound, TranslationsMissing
from surveys.models import Survey, SurveyVersion, Touchpoint


@dataclass(frozen=True)
class SurveyTerms:
    """How a survey is run; `minutes`, days and hours are positive."""

    name: str
    touchpoint: Touchpoint
    bonus_points: int = 0
    minutes: int = 1
    reply_to: str = ""
    rhythm: str = Survey.Rhythm.BY_HAND
    is_running: bool = False
    send_day: int = 1
    send_hour: int = 10
    open_days: int = 21
    link_days: int = 30
    contact_gap_days: int = 90
    low_score: int = 6
    case_hours: int = 48


@transaction.atomic
def create_survey(
    *, slug: str, terms: SurveyTerms, content: Content, at: datetime, actor: Actor
) -> Survey:
    """Return the survey of that slug, made with a first draft when missing."""
    survey = Survey.objects.filter(slug=slug).first()
    if survey is not None:
        return survey
    with pghistory.context(reason="create survey", actor=str(actor)):
        survey = Survey.objects.create(
            slug=slug,
            created_at=at,
            running_since=at if terms.is_running else None,
            **vars(terms),
        )
    save_draft(survey=survey, content=content, at=at, actor=actor)
    return survey


def free_slug(name: str) -> str:
    """Return a short name made of `name` that no survey has yet."""
    base = slugify(name)[:50] or "survey"
    taken = set(Survey.objects.values_list("slug", flat=True))
    numbered = (f"{base}-{n}" for n in range(2, len(taken) + 3))
    return next(slug for slug in (base, *numbered) if slug not in taken)


@transaction.atomic
def change_survey(
    *, survey: Survey, terms: SurveyTerms, at: datetime, actor: Actor
) -> Survey:
    """Replace the terms; a survey that starts to run looks at moments after `at` only."""
    survey = Survey.objects.select_for_update().get(pk=survey.pk)
    if terms.is_running and not survey.is_running:
        survey.running_since = at
    for name, value in vars(terms).items():
        setattr(survey, name, value)
    with pghistory.context(reason="change survey", actor=str(actor)):
        survey.save()
    return survey


@transaction.atomic
def save_draft(
    *, survey: Survey, content: Content, at: datetime, actor: Actor
) -> SurveyVersion:
    """Put the content into the survey's draft, made when missing; gaps are allowed."""
    # The survey's row is locked so that two editors make one draft.
    Survey.objects.select_for_update().get(pk=survey.pk)
    draft = survey.versions.drafts().first()
    if draft is None:
        last = survey.versions.aggregate(last=Max("number"))["last"] or 0
        draft = SurveyVersion(survey=survey, number=last + 1)
    draft.content = stored_content(content)
    draft.created_at = at
    draft.created_by = str(actor)
    draft.save()
    return draft


@transaction.atomic
def publish_version(
    *, survey: Survey, content: Content, at: datetime, actor: Actor
) -> SurveyVersion:
    """Save the content as draft and freeze it; the next wave pins this version.

    Content equal to the last published version publishes nothing new. Raises
    TranslationsMissing and QuestionsNotSound; then the draft is unchanged too.
    """
    _require_sound(content)
    if gaps := gaps_of(content):
        raise TranslationsMissing(count=len(gaps))
    current = survey.versions.published().first()
    if current is not None and read_content(current.content) == content:
        survey.versions.drafts().delete()
        return current
    draft = save_draft(survey=survey, content=content, at=at, actor=actor)
    draft.published_at = at
    draft.published_by = str(actor)
    draft.save(update_fields=["published_at", "published_by"])
    return draft


def _require_sound(content: Content) -> None:
    keys = [question.key for question in content.questions]
    metrics = [q for q in content.questions if q.kind == "nps"]
    if not keys:
        raise QuestionsNotSound(_("A survey needs at least one question."))
    if len(keys) > MOST_QUESTIONS:
        raise QuestionsNotSound(
            _("A survey has at most %(most)s questions.") % {"most": MOST_QUESTIONS}
        )
    if len(set(keys)) != len(keys):
        raise QuestionsNotSound(_("Two questions have the same key."))
    if len(metrics) > 1:
        raise QuestionsNotSound(_("Ask for the recommendation once only."))
