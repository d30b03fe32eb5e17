"""Refusals of the surveys app."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _, ngettext_lazy

from loyalty_site.lib.errors import DomainError


class LinkUnknown(DomainError):
    """No invitation has this link, or its time is over."""

    code = "link_unknown"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This link does not lead to a survey, or no longer does."))


class AnswersFinal(DomainError):
    """The response was completed and its time for changes is over."""

    code = "answers_final"

    def __init__(self, *, completed_at: datetime) -> None:
        super().__init__(_("You have answered this survey. Thank you."))
        self.completed_at = completed_at


class StepUnknown(DomainError):
    """The survey has no step of that number."""

    code = "step_unknown"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("This survey has no such step."))


class NothingPublished(DomainError):
    """A wave needs a published version."""

    code = "nothing_published"

    def __init__(self) -> None:
        super().__init__(_("Publish a version of the survey first."))


class TranslationsMissing(DomainError):
    """A version is published in every language or not at all."""

    code = "translations_missing"
    status = 422

    def __init__(self, *, count: int) -> None:
        super().__init__(
            ngettext_lazy(
                "%(count)s text is missing. Write it in every language first.",
                "%(count)s texts are missing. Write them in every language first.",
                count,
            )
            % {"count": count}
        )
        self.count = count


class QuestionsNotSound(DomainError):
    """The list of questions cannot be asked like this."""

    code = "questions_not_sound"
    status = 422


class WaveNotOpen(DomainError):
    """The wave has closed or was cancelled."""

    code = "wave_not_open"

    def __init__(self) -> None:
        super().__init__(_("This wave has closed."))


class CaseResolved(DomainError):
    """A resolved case is changed only after it was opened again."""

    code = "case_resolved"

    def __init__(self) -> None:
        super().__init__(_("This case is resolved. Open it again to change it."))
