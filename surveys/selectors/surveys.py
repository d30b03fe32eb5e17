"""Surveys as the list and their own page show them."""

from dataclasses import dataclass

from django.db.models import QuerySet

from surveys.content import Content, read_content
from surveys.models import Survey, Wave
from surveys.selectors.waves import WaveProgress, progress_of

WAVES_SHOWN = 24


@dataclass(frozen=True)
class SurveyRow:
    """A survey with the progress of its latest wave, if it had one."""

    survey: Survey
    progress: WaveProgress | None


def survey_rows(*, surveys: QuerySet[Survey]) -> list[SurveyRow]:
    """Return the surveys by name, each with its latest wave."""
    listed = list(surveys.select_related("touchpoint"))
    latest = (
        Wave.objects.filter(survey__in=listed)
        .order_by("survey_id", "-opened_at", "-id")
        .distinct("survey_id")
    )
    progress = {each.wave.survey_id: each for each in progress_of(waves=latest)}
    return [SurveyRow(survey, progress.get(survey.pk)) for survey in listed]


def waves_of(*, survey: Survey) -> list[WaveProgress]:
    """Return the progress of the survey's latest waves, the newest first."""
    return progress_of(waves=survey.waves.all()[:WAVES_SHOWN])


def recent_waves(*, surveys: QuerySet[Survey]) -> QuerySet[Wave]:
    """Return waves to choose from in a filter, the newest first."""
    return Wave.objects.filter(survey__in=surveys).select_related("survey")


def editable_content(*, survey: Survey) -> Content:
    """Return the content of the draft, else of the last published version."""
    version = survey.versions.drafts().first() or survey.versions.published().first()
    if version is None:
        return Content(title={}, intro={}, privacy={}, thanks={}, questions=())
    return read_content(version.content)
