"""Refusals of the programme's file."""

from django.utils.functional import Promise

from loyalty_site.lib.errors import DomainError


class ProgrammeFileRefused(DomainError):
    """The programme's file, or an item of it, cannot be read."""

    code = "programme_file_refused"
    field = "file"
    status = 422

    def __init__(self, *, sentence: str | Promise) -> None:
        super().__init__(sentence)
