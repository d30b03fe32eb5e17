"""The form of a member: looking writes nothing, each sent step is saved."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from points.selectors.balances import balance_of
from points.selectors.programme import current_programme
from surveys.content import Content, piped
from surveys.errors import StepUnknown
from surveys.forms import StepForm
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import NO_EXPERIENCE, text_in
from surveys.selectors.links import OpenForm, form_behind
from surveys.services.answers import Submission, record_answer
from surveys.views.personal import asked_language, page, personal_page, speak


@personal_page
def answer_start(request: HttpRequest, token: str) -> HttpResponse:
    """Show who asks, why, and the first question; a score in the address is chosen."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    opened = form_behind(token=token, at=now)
    if request.method == "POST":
        return _save(request, token, opened, step=1)
    if opened.resume_step > 1 and "score" not in request.GET:
        return redirect(_step_url(request, token, opened.resume_step))
    return _show(request, token, opened, step=1)


@personal_page
def answer_step(request: HttpRequest, token: str, step: int) -> HttpResponse:
    """Show or save one question."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    opened = form_behind(token=token, at=now)
    if not 1 <= step <= len(opened.content.questions):
        raise StepUnknown
    if request.method == "POST":
        return _save(request, token, opened, step=step)
    return _show(request, token, opened, step=step)


@personal_page
def answer_thanks(request: HttpRequest, token: str) -> HttpResponse:
    """Thank, and say what was earned."""
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    opened = form_behind(token=token, at=now)
    if opened.response is None or not opened.is_complete:
        return redirect("surveys:answer-start", token)
    language = speak(request, opened.language)
    context = {
        "thanks": piped(
            text_in(opened.content.thanks, language), programme=current_programme().name
        ),
        "points": opened.response.points_given,
        "balance": balance_of(member_id=opened.invitation.member_id, at=now).available,
        "change_until": opened.change_until,
        "change_url": _step_url(request, token, 1),
    }
    return page(request, "surveys/answer_thanks.html", context)


def _save(
    request: HttpRequest, token: str, opened: OpenForm, *, step: int
) -> HttpResponse:
    language = speak(request, opened.language)
    question = opened.content.questions[step - 1]
    form = StepForm(request.POST, question=question, language=language)
    if not form.is_valid():
        return _show(request, token, opened, step=step, form=form)
    now = timezone.now()  # noqa: TID251 -- a view reads the clock
    recorded = record_answer(
        invitation_id=opened.invitation.pk,
        submission=Submission(step, form.given, language, form.is_trapped),
        at=now,
        programme=current_programme().name,
    )
    if recorded.next_step is None:
        thanks = reverse("surveys:answer-thanks", args=[token])
        return redirect(thanks + asked_language(request))
    return redirect(_step_url(request, token, recorded.next_step))


def _show(
    request: HttpRequest,
    token: str,
    opened: OpenForm,
    *,
    step: int,
    form: StepForm | None = None,
) -> HttpResponse:
    language = speak(request, opened.language)
    words = step_context(
        opened.content,
        step=step,
        language=language,
        programme=current_programme().name,
    )
    context = words | {
        "form": form,
        "chosen": _chosen(request, opened, step, form),
        "action": _step_url(request, token, step),
        "back_url": _step_url(request, token, step - 1) if step > 1 else "",
        "lang": request.POST.get("lang") or request.GET.get("lang") or "",
        "minutes": opened.invitation.survey.minutes,
        "points": 0 if opened.is_complete else opened.invitation.survey.bonus_points,
        "reply_to": opened.invitation.survey.reply_to,
        "change_until": opened.change_until,
    }
    status = 422 if form is not None else 200
    return page(request, "surveys/answer_step.html", context, status=status)


def step_context(
    content: Content, *, step: int, language: str, programme: str
) -> dict[str, Any]:
    """Return what the page of one question shows, the same for form and preview."""
    question = content.questions[step - 1]
    kind = QUESTION_KINDS[question.kind]
    options = kind.options(question, language)
    texts = {
        "title": content.title,
        "intro": content.intro,
        "privacy": content.privacy,
        "question_text": question.text,
    }
    return {
        "step": step,
        "steps_total": len(content.questions),
        "question_template": kind.template,
        "scale": [each for each in options if each.value != NO_EXPERIENCE],
        "beside_scale": [each for each in options if each.value == NO_EXPERIENCE],
        "low": text_in(question.low, language),
        "high": text_in(question.high, language),
        "is_optional": not question.is_required,
    } | {
        name: piped(text_in(words, language), programme=programme)
        for name, words in texts.items()
    }


def _chosen(
    request: HttpRequest, opened: OpenForm, step: int, form: StepForm | None
) -> str:
    """Return what the page shows as chosen: sent, then asked for, then saved."""
    if form is not None:
        return str(form.data.get("answer", ""))
    question = opened.content.questions[step - 1]
    if question == opened.content.metric and "score" in request.GET:
        return request.GET["score"]
    given = opened.given.get(question.key)
    return QUESTION_KINDS[question.kind].raw(given) if given is not None else ""


def _step_url(request: HttpRequest, token: str, step: int) -> str:
    url = reverse("surveys:answer-step", args=[token, step])
    return url + asked_language(request)
