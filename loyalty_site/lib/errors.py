"""The one base of refusals that a person can act on."""

from django.utils.functional import Promise


class DomainError(Exception):
    """A refusal: a sentence fit for a form, a stable code, and the field it is about.

    Raising it inside a service rolls the whole write back: nothing is half-written.
    """

    code = "refused"
    field: str | None = None
    status = 409

    def __init__(self, sentence: str | Promise, *, field: str | None = None) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
        if field is not None:
            self.field = field
