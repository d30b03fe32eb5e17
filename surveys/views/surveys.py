"""Surveys for staff: the list, one of them, its words, its terms, a preview."""

from dataclasses import dataclass

from csp.decorators import csp_replace, csp_update
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from loyalty_site.accounts.access import staff_permission_required
from loyalty_site.lib.actors import staff_actor
from loyalty_site.lib.formats import language
from loyalty_site.lib.htmx import render_page
from points.selectors.programme import current_programme
from surveys.content import Content, read_content
from surveys.content_form import ContentForm
from surveys.editing import edited
from surveys.forms import SurveyForm
from surveys.instruments import NPS_CONTENT
from surveys.models import Survey
from surveys.questions import QUESTION_KINDS
from surveys.selectors.surveys import editable_content, survey_rows, waves_of
from surveys.services.versions import (
    change_survey,
    create_survey,
    free_slug,
    publish_version,
    save_draft,
)
from surveys.tables import SurveyTable, WaveTable
from surveys.views.answer import step_context
from surveys.views.personal import asked_language, page, speak


@dataclass(frozen=True)
class QuestionLine:
    """A question as the survey's page lists it."""

    text: str
    kind: object
    is_required: bool


@require_GET
@staff_permission_required("surveys.view_survey")
def survey_list(request: HttpRequest) -> HttpResponse:
    """List the surveys with their latest wave."""
    rows = survey_rows(surveys=Survey.objects.visible_to(request.user))
    table = SurveyTable(rows)
    return render_page(
        request, "surveys/survey_list.html", {"table": table, "rows": rows}
    )


@require_GET
@csp_update({"frame-src": ["'self'"]})  # type: ignore[arg-type]  # typed for views without arguments
@staff_permission_required("surveys.view_survey")
def survey_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the questions as on a phone, and how the waves went."""
    survey = _survey(request, slug)
    published = survey.versions.published().first()
    content = read_content(published.content) if published else None
    draft = survey.versions.drafts().first()
    context = {
        "survey": survey,
        "published": published,
        "draft": draft,
        "questions": _lines(content) if content else [],
        "waves": WaveTable(waves_of(survey=survey)),
    }
    return render_page(request, "surveys/survey_detail.html", context)


@require_http_methods(["GET", "POST"])
@staff_permission_required("surveys.change_survey")
def survey_add(request: HttpRequest) -> HttpResponse:
    """Make a survey from the recommendation instrument, as a draft."""
    form = SurveyForm(request.POST or None)
    if form.is_valid():
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        survey = create_survey(
            slug=free_slug(form.terms.name),
            terms=form.terms,
            content=NPS_CONTENT,
            at=now,
            actor=staff_actor(request.user.get_username()),
        )
        messages.success(
            request, _("The survey is a draft. Check its words, then publish.")
        )
        return redirect("surveys:survey-edit", survey.slug)
    return render_page(request, "surveys/survey_form.html", {"form": form})


@require_http_methods(["GET", "POST"])
@staff_permission_required("surveys.change_survey")
def survey_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """Change how the survey is run."""
    survey = _survey(request, slug)
    form = SurveyForm(request.POST or None, instance=survey)
    if form.is_valid():
        now = timezone.now()  # noqa: TID251 -- a view reads the clock
        actor = staff_actor(request.user.get_username())
        change_survey(survey=survey, terms=form.terms, at=now, actor=actor)
        messages.success(request, _("The settings are saved."))
        return redirect("surveys:survey-detail", slug)
    context = {"form": form, "survey": _survey(request, slug)}
    return render_page(request, "surveys/survey_form.html", context)


@require_http_methods(["GET", "POST"])
@staff_permission_required("surveys.change_survey")
def survey_edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the words of the next version; publishing needs every language."""
    survey = _survey(request, slug)
    form = ContentForm(request.POST or None, content=editable_content(survey=survey))
    if form.is_valid():
        with form.domain_errors():
            return _act(request, survey, form.new_content)
    context = {
        "survey": survey,
        "form": form,
        "kinds": QUESTION_KINDS.values(),
        "has_draft": survey.versions.drafts().exists(),
    }
    return render_page(request, "surveys/survey_edit.html", context)


@require_GET
@csp_replace({"frame-ancestors": ["'self'"]})  # type: ignore[arg-type]  # typed for views without arguments
@xframe_options_sameorigin
@staff_permission_required("surveys.view_survey")
def survey_preview(request: HttpRequest, slug: str, step: int) -> HttpResponse:
    """Show a step as a member sees it; nothing can be sent."""
    survey = _survey(request, slug)
    content = editable_content(survey=survey)
    if not 1 <= step <= len(content.questions):
        raise Http404
    with translation.override(language()):
        words = step_context(
            content,
            step=step,
            language=speak(request, language()),
            programme=current_programme().name,
        )
        context = words | {
            "is_preview": True,
            "survey": survey,
            "minutes": survey.minutes,
            "points": survey.bonus_points,
            "reply_to": survey.reply_to,
            "asked_language": asked_language(request),
        }
        return page(request, "surveys/answer_step.html", context)


def _survey(request: HttpRequest, slug: str) -> Survey:
    return get_object_or_404(Survey.objects.visible_to(request.user), slug=slug)


def _act(request: HttpRequest, survey: Survey, content: Content) -> HttpResponse:
    """Publish, or save the draft with the change that the pressed button asks for."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    actor = staff_actor(request.user.get_username())
    action = request.POST.get("action", "save")
    if action == "publish":
        version = publish_version(survey=survey, content=content, at=now, actor=actor)
        messages.success(
            request,
            _("Version %(number)s is published. The next wave uses it.")
            % {"number": version.number},
        )
        return redirect("surveys:survey-detail", survey.slug)
    save_draft(survey=survey, content=edited(content, action), at=now, actor=actor)
    messages.success(request, _("The draft is saved."))
    return redirect("surveys:survey-edit", survey.slug)


def _lines(content: Content) -> list[QuestionLine]:
    programme = current_programme().name
    return [
        QuestionLine(
            text=step_context(
                content, step=step, language=language(), programme=programme
            )["question_text"],
            kind=QUESTION_KINDS[question.kind].label,
            is_required=question.is_required,
        )
        for step, question in enumerate(content.questions, start=1)
    ]
