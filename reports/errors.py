"""Refusals of reports."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError


class ParametersRefused(DomainError):
    """A parameter of a report cannot be read."""

    code = "report_parameters_refused"
    status = 422


class NoSuchFigure(DomainError):
    """The address names no figure of the report."""

    code = "no_such_figure"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("The report has no such figure."))


class NotFilledYet(DomainError):
    """The rollups have not been filled for the first time."""

    code = "rollups_not_filled"
    status = 503

    def __init__(self) -> None:
        super().__init__(
            _("The figures are being prepared. They will be here in a few minutes.")
        )


class MonthClosed(DomainError):
    """What a point was worth in a month that was reported stays."""

    code = "month_closed"
    field = "valid_from"
    status = 422

    def __init__(self, *, earliest: date) -> None:
        super().__init__(
            _("The months before are closed. Enter %(day)s or a later day.")
            % {"day": formats.day(earliest)}
        )
