"""Refusals of the members app."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class AlreadyEnrolled(DomainError):
    """Another open membership has the same e-mail, phone or identifier."""

    code = "already_enrolled"

    def __init__(self, *, field: str, number: str) -> None:
        super().__init__(
            _("Member %(number)s already has this value.") % {"number": number},
            field=field,
        )
        self.number = number


class FilterRefused(DomainError):
    """A filter of the members' list cannot be read."""

    code = "filter_refused"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("A filter of the list could not be read. Set it again."))


class MemberClosed(DomainError):
    """The membership is closed."""

    code = "member_closed"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("The membership %(number)s is closed.") % {"number": number},
            field="member",
        )


class SegmentArchived(DomainError):
    """Nobody can be added to the segment any more."""

    code = "segment_archived"
    status = 409

    def __init__(self, *, name: str) -> None:
        super().__init__(
            _("The segment %(name)s is archived.") % {"name": name}, field="segment"
        )


class SegmentExists(DomainError):
    """Another segment has the short name."""

    code = "segment_exists"

    def __init__(self, *, slug: str) -> None:
        super().__init__(
            _("There is a segment “%(slug)s” already.") % {"slug": slug}, field="slug"
        )


class UnknownSegment(DomainError):
    """No segment has the short name."""

    code = "unknown_segment"
    status = 404

    def __init__(self, *, slug: str) -> None:
        super().__init__(
            _("No segment is called “%(slug)s”.") % {"slug": slug}, field="segment"
        )


class NothingToReach(DomainError):
    """A new member needs at least one way to be found again."""

    code = "nothing_to_find_by"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _("Give a name, an e-mail, a phone or a card number."), field="full_name"
        )
