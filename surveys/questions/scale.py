"""A scale of n points with labelled ends, and "no experience" beside it."""

from django.utils.translation import gettext, gettext_lazy as _

from surveys.questions.base import (
    NO_EXPERIENCE,
    Given,
    Label,
    Option,
    Question,
    read_scale,
    text_in,
)


class Scale:
    """1 to n; "no experience" is a code of its own, outside every base."""

    slug = "scale"
    label = _("Rating on a scale")
    template = "surveys/_question_scale.html"
    is_metric = False
    text_names: tuple[str, ...] = ("text", "low", "high")

    def options(self, question: Question, language: str) -> list[Option]:
        """Return 1 to n in this order, then "no experience"."""
        ends = {1: question.low, question.points: question.high}
        numbers = [
            Option(str(value), str(value), text_in(ends.get(value, {}), language))
            for value in range(1, question.points + 1)
        ]
        if not question.has_no_experience:
            return numbers
        return [*numbers, Option(NO_EXPERIENCE, _("I have no experience of this."))]

    def parse(self, raw: str, question: Question) -> Given | None:
        """Read 1 to n, or "no experience"."""
        return read_scale(raw, question, 1, question.points)

    def raw(self, given: Given) -> str:
        """Return the number or the code."""
        return NO_EXPERIENCE if given.is_no_experience else str(given.value)

    def words(self, given: Given, question: Question) -> Label:
        """Return the number and the length of the scale."""
        if given.is_no_experience:
            return gettext("No experience")
        return gettext("%(value)s of %(points)s") % {
            "value": given.value,
            "points": question.points,
        }
