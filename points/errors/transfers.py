"""Refusals of transfers: each says what is wrong and what would be right."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class SameMember(DomainError):
    """Points are given to their owner."""

    code = "same_member"
    field = "receiver"

    def __init__(self) -> None:
        super().__init__(_("These are points of the same member. Choose another one."))


class AboveOwnLimit(DomainError):
    """More than the person's roles allow."""

    code = "above_own_limit"
    field = "points"

    def __init__(self) -> None:
        super().__init__(
            _("This is more than you may move. Ask a colleague with a higher limit.")
        )
