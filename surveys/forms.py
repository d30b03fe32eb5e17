"""Forms of the surveys app: a step of a survey, and what staff fill in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from loyalty_site.accounts.models import User
from loyalty_site.lib.forms import KeyedForm, RefusalsMixin
from surveys.models import Case, Survey, Wave
from surveys.questions import QUESTION_KINDS
from surveys.questions.base import Given, NotAnAnswer, Question
from surveys.services.versions import SurveyTerms

Anything = Any  # what a browser sends, and what a form takes


class StepForm(forms.Form):
    """One question; `company` is a field that people do not see and machines fill."""

    answer = forms.CharField(required=False, strip=False)
    company = forms.CharField(required=False)

    def __init__(
        self, *args: Anything, question: Question, language: str, **kwargs: Anything
    ) -> None:
        super().__init__(*args, **kwargs)
        self.question = question
        self.language = language

    def clean_answer(self) -> Given | None:
        """Read the answer as its kind of question does."""
        raw: str = self.cleaned_data["answer"]
        try:
            return QUESTION_KINDS[self.question.kind].parse(raw, self.question)
        except NotAnAnswer as refusal:
            raise forms.ValidationError(str(refusal.sentence)) from None

    @property
    def given(self) -> Given | None:
        """The answer, None where the question was left out."""
        answer: Given | None = self.cleaned_data["answer"]
        return answer

    @property
    def is_trapped(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data["company"])


class SurveyForm(RefusalsMixin, forms.ModelForm[Survey]):
    """How a survey is run."""

    class Meta:
        model = Survey
        fields = [
            "name",
            "touchpoint",
            "bonus_points",
            "minutes",
            "reply_to",
            "rhythm",
            "is_running",
            "send_day",
            "send_hour",
            "open_days",
            "link_days",
            "contact_gap_days",
            "low_score",
            "case_hours",
        ]

    def clean(self) -> dict[str, Any]:
        """Refuse links that end before their wave does."""
        cleaned = super().clean() or {}
        open_days, link_days = cleaned.get("open_days"), cleaned.get("link_days")
        if open_days and link_days and link_days < open_days:
            self.add_error(
                "link_days",
                _("A link works at least as long as its wave: %(days)s days.")
                % {"days": open_days},
            )
        return cleaned

    @property
    def terms(self) -> SurveyTerms:
        """What was filled in."""
        return SurveyTerms(**{name: self.cleaned_data[name] for name in self.fields})


class SendForm(KeyedForm):
    """Sending a wave now; one showing of the page sends one wave."""


def _styled(form: forms.Form) -> None:
    """Give the fields of a filter the look of the lists."""
    for field in form.fields.values():
        is_choice = isinstance(field, forms.ChoiceField)
        field.widget.attrs["class"] = "form-select" if is_choice else "form-control"


class ResponseFilter(forms.Form):
    """What the list of responses is narrowed to; unknown values narrow nothing."""

    q = forms.CharField(
        label=_("Member or comment"), required=False, max_length=100, strip=True
    )
    group = forms.ChoiceField(
        label=_("Score"),
        required=False,
        choices=[
            ("", _("All scores")),
            ("promoter", _("Promoters, 9 and 10")),
            ("passive", _("Passives, 7 and 8")),
            ("detractor", _("Detractors, 0 to 6")),
        ],
    )
    wave = forms.ModelChoiceField(
        label=_("Wave"),
        required=False,
        queryset=Wave.objects.none(),
        to_field_name="public_id",
        empty_label=_("All waves"),
    )
    state = forms.ChoiceField(
        label=_("Counts"),
        required=False,
        choices=[
            ("", _("Counted answers")),
            ("started", _("Broken off")),
            ("quarantined", _("Looks like a machine")),
        ],
    )

    def __init__(self, *args: Anything, waves: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["wave"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- declared above
        field.queryset = waves
        _styled(self)

    def chosen(self, name: str) -> Anything:
        """Return a valid choice, else None."""
        self.is_valid()
        return self.cleaned_data.get(name) or None

    @property
    def is_narrow(self) -> bool:
        """Whether anything is filled in that narrows the list."""
        return any(self.chosen(name) for name in self.fields)


class CaseFilter(forms.Form):
    """Which cases are listed."""

    show = forms.ChoiceField(
        label=_("Show"),
        required=False,
        choices=[
            ("", _("To work on")),
            ("mine", _("Mine")),
            ("overdue", _("Overdue")),
            ("resolved", _("Resolved")),
            ("all", _("All")),
        ],
    )

    def __init__(self, *args: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        _styled(self)


class OwnerForm(RefusalsMixin, forms.ModelForm[Case]):
    """Who looks after a case."""

    class Meta:
        model = Case
        fields = ["owner"]

    def __init__(self, *args: Anything, owners: Anything, **kwargs: Anything) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["owner"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 -- of the model
        field.queryset = owners
        field.empty_label = str(_("Nobody yet"))

    @property
    def owner(self) -> User | None:
        """The person chosen."""
        owner: User | None = self.cleaned_data["owner"]
        return owner


class NoteForm(KeyedForm):
    """What was done or learnt about a case."""

    text = forms.CharField(
        label=_("Note"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


class ResolveForm(RefusalsMixin, forms.Form):
    """How a case ended."""

    resolution = forms.CharField(
        label=_("What came of it"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
