"""Refusals about challenges and badges."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class ChallengeMoved(DomainError):
    """The challenge stands where this cannot be done."""

    code = "challenge_moved"

    def __init__(self, *, state: str | Promise) -> None:
        super().__init__(_("This challenge is already: %(state)s.") % {"state": state})


class ChallengeFixed(DomainError):
    """What members work toward stays as it was when it started."""

    code = "challenge_fixed"

    def __init__(self) -> None:
        super().__init__(
            _("Goals, dates and award stay as they are once a challenge has started.")
        )


class ChallengeNotReady(DomainError):
    """A challenge without a goal, or with an end that is past, cannot start."""

    code = "challenge_not_ready"
