"""Refusals about tiers: each says what is wrong and what would be right."""

from django.utils.translation import gettext_lazy as _

from loyalty_site.lib.errors import DomainError


class ThresholdTaken(DomainError):
    """Two tiers cannot begin at the same threshold."""

    code = "threshold_taken"
    field = "threshold"

    def __init__(self, *, name: str, field: str = "threshold") -> None:
        super().__init__(
            _("The tier %(name)s begins there.") % {"name": name}, field=field
        )


class TiersNotComparable(DomainError):
    """Two tiers that ask for different things have no order."""

    code = "tiers_not_comparable"
    status = 422

    def __init__(self, *, name: str, other: str) -> None:
        super().__init__(
            _(
                "%(name)s and %(other)s ask for different things, so nobody can tell "
                "which is higher. Let all tiers ask for one thing in common."
            )
            % {"name": name, "other": other}
        )


class TiersOutOfOrder(DomainError):
    """A higher tier asks for less of something than a lower one."""

    code = "tiers_out_of_order"
    status = 422

    def __init__(self, *, name: str, lower: str, field: str) -> None:
        super().__init__(
            _("%(name)s is above %(lower)s and cannot ask for less here.")
            % {"name": name, "lower": lower},
            field=field,
        )


class TermsRefused(DomainError):
    """These terms of tiers do not go together."""

    code = "tier_terms_refused"
    status = 422


class AssignmentThere(DomainError):
    """A member has one tier by hand at a time."""

    code = "tier_assignment_there"
    field = "member"

    def __init__(self) -> None:
        super().__init__(
            _("This member has a tier by hand already, or one waits. End it first.")
        )


class AssignmentEndsBefore(DomainError):
    """A tier by hand ends in the future."""

    code = "tier_assignment_over"
    field = "ends_at"
    status = 422

    def __init__(self) -> None:
        super().__init__(_("This end has passed. Choose a later one."))


class AssignmentDecided(DomainError):
    """Nothing of the kind can be done in the state it is in."""

    code = "tier_assignment_decided"

    def __init__(self, *, state: str) -> None:
        super().__init__(
            _("This tier by hand is already: %(state)s.") % {"state": state}
        )


class OwnAssignment(DomainError):
    """Nobody approves what they asked for."""

    code = "own_tier_assignment"

    def __init__(self) -> None:
        super().__init__(
            _("You asked for this yourself. Another person has to approve it.")
        )


class DraftDecided(DomainError):
    """A draft is applied or discarded once, when it was counted."""

    code = "tier_draft_decided"

    def __init__(self, *, state: str) -> None:
        super().__init__(_("The state of this draft is: %(state)s.") % {"state": state})


class NoNextPeriod(DomainError):
    """Only periods of the calendar begin for everybody at once."""

    code = "tier_no_next_period"
    status = 422

    def __init__(self) -> None:
        super().__init__(
            _(
                "There is no period that begins for everybody. Apply the draft now, or to "
                "those who move up."
            )
        )
