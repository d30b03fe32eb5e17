"""The question of the Net Promoter Score: 0 to 10, never left out."""

from django.utils.translation import gettext_lazy as _

from surveys.questions.base import Given, Label, Option, Question, read_scale, text_in

HIGHEST = 10
PROMOTER_FROM = 9
DETRACTOR_TO = 6


class Nps:
    """0 to 10 with labelled ends; its value is the score of the response."""

    slug = "nps"
    label = _("Recommendation, 0 to 10")
    template = "surveys/_question_scale.html"
    is_metric = True
    text_names: tuple[str, ...] = ("text", "low", "high")

    def options(self, question: Question, language: str) -> list[Option]:
        """Return 0 to 10 in this order, whatever the language."""
        ends = {0: question.low, HIGHEST: question.high}
        return [
            Option(str(value), str(value), text_in(ends.get(value, {}), language))
            for value in range(HIGHEST + 1)
        ]

    def parse(self, raw: str, question: Question) -> Given | None:
        """Read 0 to 10."""
        return read_scale(raw, question, 0, HIGHEST)

    def raw(self, given: Given) -> str:
        """Return the number."""
        return str(given.value)

    def words(self, given: Given, question: Question) -> Label:  # noqa: ARG002 -- the protocol's arguments
        """Return the number with the group it belongs to."""
        if given.value is None:
            return ""
        group = {
            "promoter": _("%(score)s, promoter"),
            "passive": _("%(score)s, passive"),
            "detractor": _("%(score)s, detractor"),
        }[group_of(given.value)]
        return group % {"score": given.value}


def group_of(score: int) -> str:
    """Return promoter (9-10), passive (7-8) or detractor (0-6)."""
    if score >= PROMOTER_FROM:
        return "promoter"
    return "detractor" if score <= DETRACTOR_TO else "passive"
