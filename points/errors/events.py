"""Refusals about events that are no purchases."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class EventConflict(DomainError):
    """The id is known for something else."""

    code = "event_conflict"
    field = "source_id"

    def __init__(self, *, source_id: str) -> None:
        super().__init__(
            _("The event “%(id)s” is known, with another member, name or time.")
            % {"id": source_id}
        )


class EventIsOwn(DomainError):
    """The program tells of some events itself, and nobody else may."""

    code = "event_is_own"
    field = "name"
    status = 422

    def __init__(self, *, name: str) -> None:
        super().__init__(
            _("The programme notices “%(name)s” itself. Choose another name.")
            % {"name": name}
        )
