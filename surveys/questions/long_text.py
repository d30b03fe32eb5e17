"""Free text in several lines."""

from django.utils.translation import gettext_lazy as _

from surveys.questions.base import (
    LONGEST_TEXT,
    AnswerNeeded,
    Given,
    Label,
    NotAnAnswer,
    Option,
    Question,
)


class LongText:
    """What somebody says in their own words."""

    slug = "long_text"
    label = _("Text in own words")
    template = "surveys/_question_text.html"
    is_metric = False
    text_names: tuple[str, ...] = ("text",)

    def options(self, question: Question, language: str) -> list[Option]:  # noqa: ARG002 -- the protocol's arguments
        """Return nothing: there is nothing to choose."""
        return []

    def parse(self, raw: str, question: Question) -> Given | None:
        """Read the text with its line ends made the same everywhere."""
        text = raw.replace("\r\n", "\n").replace("\r", "\n").strip()
        if not text and question.is_required:
            raise AnswerNeeded
        if len(text) > LONGEST_TEXT:
            raise NotAnAnswer(
                _("Shorten the text to %(most)s characters; it has %(count)s.")
                % {"most": LONGEST_TEXT, "count": len(text)}
            )
        return Given(text=text) if text else None

    def raw(self, given: Given) -> str:
        """Return the text."""
        return given.text

    def words(self, given: Given, question: Question) -> Label:  # noqa: ARG002 -- the protocol's arguments
        """Return the text."""
        return given.text
