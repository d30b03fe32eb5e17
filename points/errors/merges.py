"""Refusals of merges: each says what is in the way."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _, ngettext_lazy

from loyalty_site.lib import formats
from loyalty_site.lib.errors import DomainError


class MergeRefused(DomainError):
    """A merge that cannot be; `field` is the member to look at."""

    field = "gone"


class MergeWithItself(MergeRefused):
    """One membership cannot go into itself."""

    code = "merge_with_itself"

    def __init__(self) -> None:
        super().__init__(_("This is the same membership. Choose another one."))


class MergeOfClosed(MergeRefused):
    """A membership that has ended cannot be merged."""

    code = "merge_of_closed"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _("The membership %(number)s is closed, so it cannot be merged.")
            % {"number": number}
        )


class PointsAreHeld(MergeRefused):
    """Redemptions under way hold points of the membership."""

    code = "points_are_held"

    def __init__(self, *, number: str) -> None:
        super().__init__(
            _(
                "Points of %(number)s are set aside for a redemption. Confirm or "
                "release it first."
            )
            % {"number": number}
        )


class DifferentHouseholds(MergeRefused):
    """The two are in two households, and one membership is in one."""

    code = "different_households"

    def __init__(self) -> None:
        super().__init__(
            _(
                "The two memberships are in different households. Let one of them leave "
                "its household first."
            )
        )


class MergeThere(MergeRefused):
    """Somebody asked for a merge of this membership already."""

    code = "merge_there"

    def __init__(self) -> None:
        super().__init__(
            _("A merge of this membership is waiting for approval already.")
        )


class MergedMeanwhile(DomainError):
    """What was to be changed belongs to another membership since a moment ago."""

    code = "merged_meanwhile"

    def __init__(self) -> None:
        super().__init__(
            _("The membership was merged a moment ago. Look again and repeat it.")
        )


class OwnMerge(DomainError):
    """Somebody wants to approve what they asked for."""

    code = "own_merge"

    def __init__(self) -> None:
        super().__init__(_("You asked for this yourself, so another person decides."))


class MergeDecided(DomainError):
    """The merge is in another state by now."""

    code = "merge_decided"

    def __init__(self, *, state: str | Promise) -> None:
        super().__init__(
            _("Somebody was faster. The merge is now: %(state)s.") % {"state": state}
        )


class CannotUndo(DomainError):
    """What moved cannot be moved back."""

    code = "cannot_undo_merge"


def used_since(points: int) -> str:
    """Say that points that moved are not there any more."""
    return ngettext_lazy(
        "%(points)s of the points that moved has been used since.",
        "%(points)s of the points that moved have been used since.",
        points,
    ) % {"points": formats.number(points)}


DEBT_MOVED = _("A debt moved along, and points settled it.")
CAME_BACK = _("A purchase that moved has been refunded or voided since.")
GIVEN_BACK = _("A redemption that moved has been taken back since.")
HELD = _("Points of the membership that stayed are set aside for a redemption.")
ENDED = _("The membership that stayed is closed or was merged itself.")
