"""Refusals about when points can be spent and when they expire."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError


class ConfirmationTooLate(DomainError):
    """The points of the purchase were cancelled before it was confirmed."""

    code = "confirmation_too_late"

    def __init__(self, *, cancelled_at: datetime) -> None:
        super().__init__(
            _("The points of this purchase were cancelled on %(at)s.")
            % {"at": formats.daytime(cancelled_at)}
        )


class ConfirmationOfVoided(DomainError):
    """A voided purchase has no points that could begin to count."""

    code = "confirmation_of_voided"

    def __init__(self) -> None:
        super().__init__(_("This purchase is voided; there is nothing to confirm."))
