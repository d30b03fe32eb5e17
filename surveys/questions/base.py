"""What every kind of question shares: its words, its options, what an answer is."""

from dataclasses import dataclass, field
from typing import Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError

LANGUAGES = ("en", "zh-hans", "zh-hant")
DEFAULT_LANGUAGE = "en"
LONGEST_QUESTION = 400
LONGEST_TEXT = 2000

NO_EXPERIENCE = "na"
MOST_DIGITS = 2

Texts = dict[str, str]
Label = str | Promise


class NotAnAnswer(DomainError):
    """What was sent does not answer the question."""

    code = "not_an_answer"
    field = "answer"
    status = 422


class AnswerNeeded(NotAnAnswer):
    """A question that cannot be left out was left out."""

    code = "answer_needed"

    def __init__(self) -> None:
        super().__init__(_("Choose an answer to go on."))


@dataclass(frozen=True)
class Question:
    """One question as it is stored in a version.

    `low` and `high` label the ends of a scale; `points` is its length.
    """

    key: str
    kind: str
    text: Texts
    low: Texts = field(default_factory=dict)
    high: Texts = field(default_factory=dict)
    points: int = 5
    is_required: bool = False
    has_no_experience: bool = False


@dataclass(frozen=True)
class Option:
    """One radio button: what it sends, what it says, what a screen reader adds."""

    value: str
    label: Label
    note: str = ""


@dataclass(frozen=True)
class Given:
    """An answer read into values; `value` is empty for text and for no experience."""

    value: int | None = None
    is_no_experience: bool = False
    text: str = ""


class QuestionKind(Protocol):
    """A kind of question: pure functions of the question and what was sent."""

    @property
    def slug(self) -> str:
        """The name stored in versions."""

    @property
    def label(self) -> Label:
        """The name that staff read."""

    @property
    def template(self) -> str:
        """The template that draws its control."""

    @property
    def is_metric(self) -> bool:
        """Whether the value is the score of the response."""

    @property
    def text_names(self) -> tuple[str, ...]:
        """The fields of `Question` that need every language."""

    def options(self, question: Question, language: str) -> list[Option]:
        """Return the radio buttons, none for free text."""

    def parse(self, raw: str, question: Question) -> Given | None:
        """Read what was sent; None is "left out". Raises NotAnAnswer."""

    def raw(self, given: Given) -> str:
        """Return what `parse` would read as this answer."""

    def words(self, given: Given, question: Question) -> Label:
        """Return the answer as staff read it."""


def text_in(texts: Texts, language: str) -> str:
    """Return the text in that language, else in English, else in any."""
    return (
        texts.get(language)
        or texts.get(DEFAULT_LANGUAGE)
        or next(filter(None, texts.values()), "")
    )


def read_scale(raw: str, question: Question, lowest: int, highest: int) -> Given | None:
    """Read a whole number of a scale, ends included, or "no experience"."""
    raw = raw.strip()
    if not raw:
        if question.is_required:
            raise AnswerNeeded
        return None
    if raw == NO_EXPERIENCE and question.has_no_experience:
        return Given(is_no_experience=True)
    # ASCII digits only: what a browser sends, and nothing that int() would stretch.
    if (
        raw.isascii()
        and raw.isdigit()
        and len(raw) <= MOST_DIGITS
        and lowest <= int(raw) <= highest
    ):
        return Given(value=int(raw))
    raise NotAnAnswer(_("Choose one of the answers shown."))
