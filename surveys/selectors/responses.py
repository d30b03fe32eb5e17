"""Responses and cases as lists and pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q, QuerySet

from loyalty_site.accounts.models import User
from members.models import Member
from surveys.content import Content, read_content
from surveys.models import Answer, Case, Response
from surveys.models.responses import ResponseQuerySet
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import Given, Label, text_in
from surveys.questions.nps import DETRACTOR_TO, PROMOTER_FROM

GROUPS = {
    "promoter": Q(score__gte=PROMOTER_FROM),
    "passive": Q(score__gt=DETRACTOR_TO, score__lt=PROMOTER_FROM),
    "detractor": Q(score__lte=DETRACTOR_TO),
}
FOUND_AT_MOST = 5_000


@dataclass(frozen=True)
class AnswerLine:
    """One question with its answer in words; `answer` is None where none was given."""

    text: str
    answer: Label | None
    answered_at: datetime | None
    is_text: bool
    earlier: tuple[Label, ...] = ()


def matching(rows: ResponseQuerySet, words: str) -> ResponseQuerySet:
    """Return responses whose member or comment holds the words.

    Members and comments are looked up by their own indexes first, at most 5,000 of
    each, so that a search never reads every response.
    """
    members = Member.objects.filter(search_text__contains=words.lower())
    comments = Answer.objects.filter(text__icontains=words).exclude(text="")
    return rows.filter(
        Q(member__in=members.order_by().values("pk")[:FOUND_AT_MOST])
        | Q(pk__in=comments.order_by().values("response")[:FOUND_AT_MOST])
    )


def with_comments(rows: QuerySet[Response]) -> QuerySet[Response]:
    """Return the rows with member, wave and comments loaded; see `comment_of`."""
    comments = Answer.objects.exclude(text="").order_by("id")
    return rows.select_related("member", "wave", "survey", "case").prefetch_related(
        Prefetch("answers", queryset=comments, to_attr="comments")
    )


def comment_of(response: Response) -> str:
    """Return the first text answer of a response loaded by `with_comments`."""
    comments: list[Answer] = getattr(response, "comments", [])
    return comments[0].text if comments else ""


def answer_lines(*, response: Response, language: str) -> list[AnswerLine]:
    """Return every question of the version with its answer, and what it was before."""
    content = read_content(response.version.content)
    answers = {each.question: each for each in response.answers.all()}
    history = _earlier(response, content)
    return [
        AnswerLine(
            text=answers[q.key].text_shown
            if q.key in answers
            else text_in(q.text, language),
            answer=QUESTION_KINDS[q.kind].words(given_of(answers[q.key]), q)
            if q.key in answers
            else None,
            answered_at=answers[q.key].answered_at if q.key in answers else None,
            is_text=q.kind == "long_text",
            earlier=tuple(history.get(q.key, ())),
        )
        for q in content.questions
    ]


def given_of(answer: Answer) -> Given:
    """Return a stored answer as the kinds of questions read it."""
    return Given(answer.value, answer.is_no_experience, answer.text)


def _earlier(response: Response, content: Content) -> dict[str, list[Label]]:
    """Return by question what was answered before the latest answer, oldest first."""
    # pghistory adds the model of the events.
    events = Answer.pgh_event_model.objects.filter(  # type: ignore[attr-defined]
        response_id=response.pk, pgh_label__in=("insert", "update")
    ).order_by("pgh_id")
    earlier: dict[str, list[Label]] = {}
    for event in events:
        if question := content.question(event.question):
            given = Given(event.value, event.is_no_experience, event.text)
            words = QUESTION_KINDS[question.kind].words(given, question)
            earlier.setdefault(question.key, []).append(words)
    return {key: _without_last(said) for key, said in earlier.items()}


def _without_last(said: list[Label]) -> list[Label]:
    before = said[:-1]
    return [each for each in before if each != said[-1]]


def possible_owners() -> QuerySet[User]:
    """Return the staff who may work on cases."""
    backend = "django.contrib.auth.backends.ModelBackend"
    owners: QuerySet[User] = User.objects.with_perm(
        "surveys.change_case", backend=backend
    )
    return owners.filter(is_staff=True).order_by("full_name", "username")


def cases_with_comments(rows: QuerySet[Case]) -> QuerySet[Case]:
    """Return the rows with member, owner, survey and comments loaded."""
    comments = Answer.objects.exclude(text="").order_by("id")
    return rows.select_related("member", "owner", "response__survey").prefetch_related(
        Prefetch("response__answers", queryset=comments, to_attr="comments")
    )
