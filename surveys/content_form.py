"""The form of a version's words: every text in three languages, side by side."""

from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.forms import RefusalsMixin
from members.models import Member
from surveys.content import TEXT_NAMES, Content, gaps_of
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import (
    LANGUAGES,
    LONGEST_QUESTION,
    Label,
    Question,
    Texts,
)

Anything = Any  # what a browser sends, and what a form takes

LABELS: dict[str, Label] = {
    "title": _("Heading and subject of the mail"),
    "intro": _("Why we ask"),
    "privacy": _("Who sees the answers"),
    "thanks": _("Thanks"),
    "text": _("Question"),
    "low": _("Low end of the scale"),
    "high": _("High end of the scale"),
}
LANGUAGE_NAMES = dict(Member.Language.choices)
SHORTEST_SCALE, LONGEST_SCALE = 2, 10


@dataclass(frozen=True)
class TextRow:
    """One text in every language: a bound field each."""

    label: Label
    fields: list[forms.BoundField]
    missing: list[str]


@dataclass(frozen=True)
class QuestionCard:
    """One question of the form."""

    number: int
    question: Question
    kind: Label
    rows: list[TextRow]
    options: list[forms.BoundField]
    is_first: bool
    is_last: bool


class ContentForm(RefusalsMixin, forms.Form):
    """The words of a version; the list of questions itself comes from the draft.

    `keys` says which questions the page showed, so that texts never land in another
    question when somebody else has changed the list meanwhile.
    """

    def __init__(self, *args: Anything, content: Content, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        self.content = content
        self.shown_keys = ",".join(q.key for q in content.questions)
        self.fields["keys"] = forms.CharField(
            widget=forms.HiddenInput, required=False, initial=self.shown_keys
        )
        for name in TEXT_NAMES:
            self._add_texts("around", name, getattr(content, name))
        for question in content.questions:
            for name in QUESTION_KINDS[question.kind].text_names:
                self._add_texts(question.key, name, getattr(question, name))
            self._add_options(question)

    def _add_texts(self, where: str, name: str, texts: Texts) -> None:
        rows = 3 if name in {"intro", "privacy"} else 2
        for language in LANGUAGES:
            self.fields[f"{where}-{name}-{language}"] = forms.CharField(
                label=f"{LABELS[name]}, {LANGUAGE_NAMES[language]}",
                required=False,
                max_length=LONGEST_QUESTION,
                initial=texts.get(language, ""),
                widget=forms.Textarea(
                    attrs={"rows": rows, "lang": language, "class": "form-control"}
                ),
            )

    def _add_options(self, question: Question) -> None:
        key = question.key
        if question.kind != "nps":
            self.fields[f"{key}-is_required"] = forms.BooleanField(
                label=_("Must be answered"),
                required=False,
                initial=question.is_required,
            )
        if question.kind == "scale":
            self.fields[f"{key}-has_no_experience"] = forms.BooleanField(
                label=_("Offers “I have no experience of this”"),
                required=False,
                initial=question.has_no_experience,
            )
            self.fields[f"{key}-points"] = forms.IntegerField(
                label=_("Points of the scale"),
                min_value=SHORTEST_SCALE,
                max_value=LONGEST_SCALE,
                initial=question.points,
                widget=forms.NumberInput(attrs={"class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        """Refuse texts for another list of questions than the draft's."""
        cleaned = super().clean() or {}
        if cleaned.get("keys") != self.shown_keys:
            raise forms.ValidationError(
                _("Somebody changed the questions meanwhile. Check and save again.")
            )
        return cleaned

    @property
    def new_content(self) -> Content:
        """The content as it was filled in."""
        return Content(
            **{name: self._texts("around", name) for name in TEXT_NAMES},
            questions=tuple(self._question(q) for q in self.content.questions),
        )

    def _question(self, question: Question) -> Question:
        names = QUESTION_KINDS[question.kind].text_names
        changes: dict[str, Any] = {n: self._texts(question.key, n) for n in names}
        for name in ("is_required", "has_no_experience", "points"):
            if f"{question.key}-{name}" in self.fields:
                changes[name] = self.cleaned_data[f"{question.key}-{name}"]
        return replace(question, **changes)

    def _texts(self, where: str, name: str) -> Texts:
        return {
            language: self.cleaned_data[f"{where}-{name}-{language}"].strip()
            for language in LANGUAGES
        }

    @property
    def around(self) -> list[TextRow]:
        """The rows of the texts around the questions."""
        return [self._row("around", name) for name in TEXT_NAMES]

    @property
    def cards(self) -> list[QuestionCard]:
        """The questions in order."""
        last = len(self.content.questions)
        return [
            QuestionCard(
                number=number,
                question=question,
                kind=QUESTION_KINDS[question.kind].label,
                rows=[
                    self._row(question.key, name)
                    for name in QUESTION_KINDS[question.kind].text_names
                ],
                options=[
                    self[name]
                    for name in self.fields
                    if name.startswith(f"{question.key}-") and name.count("-") == 1
                ],
                is_first=number == 1,
                is_last=number == last,
            )
            for number, question in enumerate(self.content.questions, start=1)
        ]

    def _row(self, where: str, name: str) -> TextRow:
        fields = [self[f"{where}-{name}-{language}"] for language in LANGUAGES]
        missing = [
            str(LANGUAGE_NAMES[language])
            for language, field in zip(LANGUAGES, fields, strict=True)
            if not str(field.value() or "").strip()
        ]
        return TextRow(LABELS[name], fields, missing)

    @property
    def gap_count(self) -> int:
        """How many texts the stored draft lacks."""
        return len(gaps_of(self.content))
