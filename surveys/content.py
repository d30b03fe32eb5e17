"""The content of a survey version: its words in every language, and its questions."""

import re
from dataclasses import asdict, dataclass
from typing import Any

from surveys.questions import QUESTION_KINDS
from surveys.questions.base import LANGUAGES, Question, Texts

MOST_QUESTIONS = 30
TEXT_NAMES = ("title", "intro", "privacy", "thanks")
_PIPE = re.compile(r"\{programme\}")
_CHINESE = re.compile(r"[\u3400-\u9fff]")


@dataclass(frozen=True)
class Content:
    """What a member reads: heading and mail subject, why, privacy, questions, thanks."""

    title: Texts
    intro: Texts
    privacy: Texts
    thanks: Texts
    questions: tuple[Question, ...]

    @property
    def metric(self) -> Question | None:
        """The question whose value is the score, if there is one."""
        metrics = (q for q in self.questions if QUESTION_KINDS[q.kind].is_metric)
        return next(metrics, None)

    def question(self, key: str) -> Question | None:
        """Return the question with that key."""
        return next((q for q in self.questions if q.key == key), None)


@dataclass(frozen=True)
class Gap:
    """A text that is missing; `question` is None for the texts around the questions."""

    question: int | None
    name: str
    language: str


def read_content(stored: dict[str, Any]) -> Content:
    """Read the JSON of a version."""
    return Content(
        **{name: stored.get(name, {}) for name in TEXT_NAMES},
        questions=tuple(Question(**each) for each in stored["questions"]),
    )


def stored_content(content: Content) -> dict[str, Any]:
    """Return the JSON that `read_content` reads."""
    return asdict(content)


def gaps_of(content: Content) -> list[Gap]:
    """Return every text that a language lacks; publishing needs an empty list."""
    around = [
        Gap(None, name, language)
        for name in TEXT_NAMES
        for language in LANGUAGES
        if not getattr(content, name).get(language, "").strip()
    ]
    inside = [
        Gap(number, name, language)
        for number, question in enumerate(content.questions, start=1)
        for name in QUESTION_KINDS[question.kind].text_names
        for language in LANGUAGES
        if not getattr(question, name).get(language, "").strip()
    ]
    return around + inside


def piped(text: str, *, programme: str) -> str:
    """Return the text with `{programme}` replaced by the programme's name.

    Between Latin and Chinese letters comes a space.
    """
    return _PIPE.sub(lambda found: _spaced(found, programme), text)


def _spaced(found: re.Match[str], programme: str) -> str:
    """Keep Latin letters and Chinese ones apart, whatever the programme is called."""
    text, start, end = found.string, *found.span()
    before = start > 0 and _is_latin_beside_chinese(programme[:1], text[start - 1])
    after = end < len(text) and _is_latin_beside_chinese(programme[-1:], text[end])
    return f"{' ' * before}{programme}{' ' * after}"


def _is_latin_beside_chinese(latin: str, chinese: str) -> bool:
    return latin.isascii() and latin.isalnum() and bool(_CHINESE.match(chinese))
