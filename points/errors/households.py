"""Refusals of households: each says what is in the way."""

from django.utils.translation import gettext_lazy as _, ngettext_lazy

from loyalty_site.lib.errors import DomainError


class HouseholdsAreOff(DomainError):
    """The programme has no households."""

    code = "households_are_off"

    def __init__(self) -> None:
        super().__init__(
            _("This programme has no households. The settings of the programme say so.")
        )


class HouseholdFull(DomainError):
    """As many members as the programme allows are in it."""

    code = "household_full"
    field = "member"

    def __init__(self, *, limit: int) -> None:
        super().__init__(
            ngettext_lazy(
                "A household has at most %(limit)s member.",
                "A household has at most %(limit)s members.",
                limit,
            )
            % {"limit": limit}
        )


class InAnotherHousehold(DomainError):
    """Nobody is in two households at a time."""

    code = "in_another_household"
    field = "member"

    def __init__(self, *, name: str) -> None:
        super().__init__(
            _("The member is in the household %(name)s and has to leave it first.")
            % {"name": name}
        )


class UnknownHousehold(DomainError):
    """No household is known by that id."""

    code = "unknown_household"
    field = "household"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("No household is known by this id."))


class NotInHousehold(DomainError):
    """The member is not in that household, or not any more."""

    code = "not_in_household"
    field = "member"
    status = 404

    def __init__(self) -> None:
        super().__init__(_("The member is not in this household."))


class LeaverHolds(DomainError):
    """Points of who leaves are set aside."""

    code = "leaver_holds_points"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Points of this member are set aside for a redemption. Confirm or "
                "release it first, then the member can leave the household."
            )
        )


class HouseholdChanged(DomainError):
    """Somebody came into the household while this waited."""

    code = "household_changed"

    def __init__(self) -> None:
        super().__init__(
            _("The household changed a moment ago. Look again and repeat it.")
        )
